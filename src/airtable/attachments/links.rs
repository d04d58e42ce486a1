use std::fmt::Write;
use std::str::FromStr;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::platform::Platform;
use crate::platform::clock::Millis;
use crate::platform::ids::{AttachmentId, BaseId, TenantId};
use crate::platform::secrets::{equal, hmac_sha256};

const MINUTE: Millis = 60_000;
const HOUR: Millis = 60 * MINUTE;
/// A link that is given out can be used for so long at least; what a client has just read is a little older.
const LEAST: Millis = 2 * HOUR + 10 * MINUTE;
/// All links made within such a period end together, so that what was rendered stays the same.
const PERIOD: Millis = 6 * HOUR;
const SIGNATURE: usize = 16;
const PURPOSE: &str = "airtable.attachment_links.v1";
const PATH: &str = "/files/";

/// Which file of an attachment a link leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::airtable) enum Variant {
    Original,
    Small,
    Large,
    Full,
}

impl Variant {
    /// Those that are made of an image, from the smallest on.
    pub(in crate::airtable) const THUMBNAILS: [Self; 3] = [Self::Small, Self::Large, Self::Full];

    pub(in crate::airtable) fn as_str(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Small => "small",
            Self::Large => "large",
            Self::Full => "full",
        }
    }
}

impl FromStr for Variant {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut all = [Self::Original].into_iter().chain(Self::THUMBNAILS);
        all.find(|variant| variant.as_str() == text).ok_or(())
    }
}

/// What a link leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::airtable) struct Target {
    pub(in crate::airtable) tenant: TenantId,
    pub(in crate::airtable) base: BaseId,
    pub(in crate::airtable) attachment: AttachmentId,
    pub(in crate::airtable) variant: Variant,
    /// In seconds since the epoch.
    pub(in crate::airtable) expires: i64,
}

/// Why a link leads nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::airtable) enum BadLink {
    Forged,
    Expired,
}

/// Signs links to files and tells those that it signed.
pub(in crate::airtable) struct Signer {
    key: [u8; 32],
    site: String,
}

impl Signer {
    pub(in crate::airtable) fn new(platform: &Platform) -> Arc<Self> {
        Arc::new(Self {
            key: platform.secrets.derive(PURPOSE),
            site: platform.settings.server.site(),
        })
    }

    fn sign(&self, target: &Target) -> String {
        let Target {
            tenant,
            base,
            attachment,
            variant,
            expires,
        } = target;
        let variant = variant.as_str();
        let text = format!("{tenant}/{base}/{attachment}/{variant}/{expires}");
        let mac = hmac_sha256(&self.key, text.as_bytes());
        BASE64_URL_SAFE_NO_PAD.encode(&mac[..SIGNATURE])
    }

    /// Whether a link was signed here and has not ended.
    pub(in crate::airtable) fn check(
        &self,
        target: &Target,
        signature: &str,
        now: Millis,
    ) -> Result<(), BadLink> {
        if !equal(self.sign(target).as_bytes(), signature.as_bytes()) {
            return Err(BadLink::Forged);
        }
        if target.expires.saturating_mul(1000) <= now {
            return Err(BadLink::Expired);
        }
        Ok(())
    }

    /// What a URL leads to that is a link of this instance.
    pub(in crate::airtable) fn read(&self, url: &str, now: Millis) -> Option<Target> {
        let path = url.strip_prefix(&self.site)?.strip_prefix(PATH)?;
        let parts: Vec<&str> = path.split('/').collect();
        let [tenant, base, attachment, variant, expires, signature, _] = parts[..] else {
            return None;
        };
        let target = Target {
            tenant: tenant.parse().ok()?,
            base: base.parse().ok()?,
            attachment: attachment.parse().ok()?,
            variant: variant.parse().ok()?,
            expires: expires.parse().ok()?,
        };
        self.check(&target, signature, now).ok().map(|()| target)
    }

    #[cfg(any(test, feature = "fuzzing"))]
    fn of(key: [u8; 32], site: &str) -> Arc<Self> {
        let site = site.to_owned();
        Arc::new(Self { key, site })
    }
}

/// Makes links to the files of one base that all end at the same time.
#[derive(Clone)]
pub(in crate::airtable) struct Links {
    signer: Arc<Signer>,
    tenant: TenantId,
    base: BaseId,
    expires_at: Millis,
}

impl Links {
    pub(in crate::airtable) fn new(
        signer: Arc<Signer>,
        (tenant, base): (TenantId, BaseId),
        now: Millis,
    ) -> Self {
        Self {
            signer,
            tenant,
            base,
            expires_at: end_of(now),
        }
    }

    /// Whether links made now would end at another time.
    pub(in crate::airtable) fn is_outdated(&self, now: Millis) -> bool {
        self.expires_at != end_of(now)
    }

    /// The same with the end that links have now.
    pub(in crate::airtable) fn renewed(&self, now: Millis) -> Self {
        Self {
            expires_at: end_of(now),
            ..self.clone()
        }
    }

    /// The link to a file of an attachment.
    pub(in crate::airtable) fn url(
        &self,
        attachment: AttachmentId,
        variant: Variant,
        filename: &str,
    ) -> String {
        let target = Target {
            tenant: self.tenant,
            base: self.base,
            attachment,
            variant,
            expires: self.expires_at / 1000,
        };
        let signature = self.signer.sign(&target);
        let mut url = format!(
            "{}{PATH}{}/{}/{attachment}/{}/{}/{signature}/",
            self.signer.site,
            self.tenant,
            self.base,
            variant.as_str(),
            target.expires,
        );
        push_encoded(&mut url, filename);
        url
    }
}

#[cfg(any(test, feature = "fuzzing"))]
impl Links {
    /// For a base of nobody's.
    pub(in crate::airtable) fn for_test() -> Self {
        let place = (TenantId::from_number(1), BaseId::from_number(2));
        Self::new(Signer::of([7; 32], "https://data.example.org"), place, 0)
    }
}

fn end_of(now: Millis) -> Millis {
    (now.div_euclid(PERIOD) + 1) * PERIOD + LEAST
}

/// Percent-encodes whatever means something in a URL.
fn push_encoded(out: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'~' | b'.') {
            out.push(char::from(byte));
        } else {
            // Writing into a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SITE: &str = "https://data.example.org";

    fn links(now: Millis) -> Links {
        let place = (TenantId::from_number(1), BaseId::from_number(2));
        Links::new(Signer::of([7; 32], SITE), place, now)
    }

    #[test]
    fn a_link_can_be_used_for_two_hours_from_any_moment_on() {
        for now in [0, 1, PERIOD - 1, PERIOD, PERIOD + 1, 1_790_000_000_123] {
            let links = links(now);
            let url = links.url(AttachmentId::from_number(3), Variant::Small, "a b/ü.png");
            assert!(url.ends_with("/a%20b%2F%C3%BC.png"), "{url}");
            assert!(!links.is_outdated(now));
            let signer = &links.signer;
            let target = signer.read(&url, now + 2 * HOUR).expect("it is still good");
            assert_eq!(target.attachment, AttachmentId::from_number(3));
            assert_eq!(target.variant, Variant::Small);
            assert!(links.is_outdated(now + PERIOD));
            assert_eq!(signer.read(&url, now + PERIOD + LEAST), None);
        }
    }

    #[test]
    fn whatever_is_changed_in_a_link_breaks_it() {
        let links = links(0);
        let url = links.url(AttachmentId::from_number(3), Variant::Original, "x");
        let signer = &links.signer;
        assert!(signer.read(&url, 0).is_some());
        for place in SITE.len()..url.len() - 2 {
            for other in ["0", "1", "a", "Z", "/"] {
                let mut forged = url.clone();
                forged.replace_range(place..=place, other);
                assert!(
                    forged == url || signer.read(&forged, 0).is_none(),
                    "{forged}"
                );
            }
        }
        let other = Signer::of([8; 32], SITE);
        assert_eq!(other.read(&url, 0), None);
    }
}
