use std::net::IpAddr;

use super::error::Error;
use super::service::Identity;
use crate::platform::limits::{RetryAfter, address_key};

/// An account may be tried this many times as often from everywhere together, so that strangers cannot lock it.
const EVERYWHERE: u32 = 10;

impl Identity {
    /// Counts a try that anybody can make without naming an account.
    pub(crate) async fn throttle_address(&self, address: Option<IpAddr>) -> Result<(), Error> {
        let platform = self.platform();
        let rate = platform.settings.limits.login_per_address;
        let address = address_key(address);
        platform
            .limits
            .check("login.address", &address, rate)
            .await
            .map_err(too_many)
    }

    /// Counts the look for an API key that is not known.
    pub(crate) async fn throttle_key(&self, address: Option<IpAddr>) -> Result<(), Error> {
        let platform = self.platform();
        let rate = platform.settings.limits.login_per_address;
        let address = address_key(address);
        platform
            .limits
            .check("key.address", &address, rate)
            .await
            .map_err(too_many)
    }

    /// Counts a try of an account's password.
    pub(crate) async fn throttle_account(
        &self,
        account: &str,
        address: Option<IpAddr>,
    ) -> Result<(), Error> {
        let limits = &self.platform().limits;
        let rate = self.platform().settings.limits.login_per_account;
        let account = account.trim().to_lowercase();
        let here = format!("{}/{account}", address_key(address));
        limits
            .check("login.account", &here, rate)
            .await
            .map_err(too_many)?;
        let everywhere = rate.saturating_mul(EVERYWHERE);
        limits
            .check("login.account_everywhere", &account, everywhere)
            .await
            .map_err(too_many)
    }
}

fn too_many(wait: RetryAfter) -> Error {
    Error::TooManyAttempts {
        retry_after: wait.seconds,
    }
}
