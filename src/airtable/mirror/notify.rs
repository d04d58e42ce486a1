use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::super::service::{Airtable, not_found};
use super::super::store;
use crate::contracts::{BaseError, BaseResult};
use crate::platform::secrets::{equal, hex, hmac_sha256};

/// Begins what Airtable writes before the signature of a notification.
const PREFIX: &str = "hmac-sha256=";

/// What Airtable sends when something changed: whose, and its signature.
pub(in crate::airtable) struct Notification<'a> {
    pub(in crate::airtable) hook: &'a str,
    pub(in crate::airtable) mac: &'a str,
    pub(in crate::airtable) body: &'a [u8],
}

impl Airtable {
    /// Where Airtable can tell this instance of changes; `None` where it cannot reach it.
    pub(super) fn hook_url(&self, hook: &str) -> Option<String> {
        let settings = &self.platform.settings;
        let url = settings.server.public_url.as_deref()?;
        // A stand-in on this machine reaches whatever this machine does.
        let is_reachable =
            url.starts_with("https://") || !settings.airtable.api_url.starts_with("https://");
        is_reachable.then(|| format!("{url}/hooks/airtable/{hook}"))
    }

    /// Lets a mirror look for changes at once, where the notification is Airtable's.
    pub(in crate::airtable) async fn notified(&self, told: &Notification<'_>) -> BaseResult<()> {
        let tx = self.platform.db.system_read().await;
        let found = store::hooked_mirror(&tx.map_err(BaseError::database)?, told.hook).await;
        let found = found.map_err(BaseError::database)?;
        let (tenant, base) = found.ok_or_else(not_found)?;
        let key = self.key(tenant).await?;
        let tx = self.platform.db.begin(tenant).await;
        let tx = tx.map_err(BaseError::database)?;
        let row = store::find_mirror(&tx, base).await;
        let row = row.map_err(BaseError::database)?.ok_or_else(not_found)?;
        let secret = row.open(&key).map_err(BaseError::database)?;
        let secret = secret.ok_or_else(not_found)?;
        if !is_signed(&secret, told) {
            return Err(not_found());
        }
        let woken = store::wake_mirror(&tx, base, self.now(), false).await;
        woken.map_err(BaseError::database)?;
        tx.commit().await.map_err(BaseError::database)?;
        metrics::counter!("airtable_mirror_notifications_total").increment(1);
        self.rounds.wake();
        Ok(())
    }
}

fn is_signed(secret: &str, told: &Notification<'_>) -> bool {
    let Some(mac) = told.mac.strip_prefix(PREFIX) else {
        return false;
    };
    let Ok(key) = BASE64_STANDARD.decode(secret) else {
        return false;
    };
    let wanted = hex(&hmac_sha256(&key, told.body));
    equal(wanted.as_bytes(), mac.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_knows_the_secret_is_believed() {
        let secret = BASE64_STANDARD.encode(b"key");
        let body = b"{}".as_slice();
        let mac = format!("{PREFIX}{}", hex(&hmac_sha256(b"key", body)));
        let told = |mac: &str, body: &[u8]| {
            let hook = "hook";
            is_signed(&secret, &Notification { hook, mac, body })
        };
        assert!(told(&mac, body));
        assert!(!told(&mac, b"{ }"));
        assert!(!told("", body));
        assert!(!told(&mac[PREFIX.len()..], body));
        assert!(!is_signed(
            "no base64!",
            &Notification {
                hook: "",
                mac: &mac,
                body
            }
        ));
    }
}
