use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;

use super::cipher::Cipher;
use crate::platform::ids::TenantId;

/// How sealed text is written; it begins with this, then follow the version of the key and what is sealed.
const FORMAT: &str = "1";

/// Where sealed text lies; it opens nowhere else.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// Table and column, such as `airtable_changes.before`.
    pub kind: &'a str,
    /// The row in it.
    pub row: &'a str,
}

/// Sealed text does not open: it was changed, or belongs to another place or key.
#[derive(Debug, thiserror::Error)]
#[error(
    "sealed text in {0} does not open: it was changed, or belongs to another row, tenant or key"
)]
pub struct Unopened(String);

/// What a tenant's rows are sealed with; cheap to clone.
#[derive(Clone)]
pub struct TenantKey(Arc<Versions>);

struct Versions {
    tenant: TenantId,
    newest: i64,
    ciphers: Vec<(i64, Cipher)>,
}

impl TenantKey {
    /// The newest version seals, all of them open; `None` without any.
    pub(super) fn new(tenant: TenantId, ciphers: Vec<(i64, Cipher)>) -> Option<Self> {
        let newest = ciphers.iter().map(|(version, _)| *version).max()?;
        Some(Self(Arc::new(Versions {
            tenant,
            newest,
            ciphers,
        })))
    }

    /// A key of its own for a test.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(crate) fn for_test() -> Self {
        let cipher = Cipher::new(&super::cipher::random());
        Self::new(TenantId::fresh(), vec![(1, cipher)]).expect("it has a version")
    }

    /// Seals a text for its place.
    pub fn seal(&self, place: Place<'_>, plain: &str) -> String {
        let newest = self.0.newest;
        let cipher = self.cipher(newest).expect("the newest is one of them");
        let sealed = cipher.seal(&self.bound(place), plain.as_bytes());
        let mut text = format!("{FORMAT}.{newest}.");
        BASE64_STANDARD_NO_PAD.encode_string(sealed, &mut text);
        text
    }

    /// The text that was sealed for this place.
    pub fn open(&self, place: Place<'_>, sealed: &str) -> Result<String, Unopened> {
        let open = || {
            let (format, rest) = sealed.split_once('.')?;
            let (version, body) = rest.split_once('.')?;
            let cipher = self.cipher(version.parse().ok()?)?;
            let body = BASE64_STANDARD_NO_PAD.decode(body).ok()?;
            let plain = cipher.open(&self.bound(place), &body)?;
            String::from_utf8(plain).ok().filter(|_| format == FORMAT)
        };
        open().ok_or_else(|| Unopened(place.kind.to_owned()))
    }

    fn cipher(&self, version: i64) -> Option<&Cipher> {
        let found = self.0.ciphers.iter().find(|(known, _)| *known == version);
        found.map(|(_, cipher)| cipher)
    }

    /// None of the parts can hold the byte between them.
    fn bound(&self, place: Place<'_>) -> String {
        let Place { kind, row } = place;
        format!("{}\0{kind}\0{row}", self.0.tenant)
    }
}

#[cfg(test)]
mod tests {
    use super::super::cipher::random;
    use super::*;

    const PLACE: Place<'static> = Place {
        kind: "airtable_changes.before",
        row: "appOne/1",
    };

    fn key(tenant: TenantId, secret: &[u8; 32]) -> TenantKey {
        TenantKey::new(tenant, vec![(1, Cipher::new(secret))]).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_in_its_place_alone() {
        let (tenant, secret) = (TenantId::fresh(), random());
        let ours = key(tenant, &secret);
        let sealed = ours.seal(PLACE, "canary");
        assert!(!sealed.contains("canary"));
        assert_eq!(ours.open(PLACE, &sealed).unwrap(), "canary");
        let moved = [
            Place {
                row: "appOne/2",
                ..PLACE
            },
            Place {
                kind: "airtable_changes.after",
                ..PLACE
            },
        ];
        assert!(
            moved
                .iter()
                .all(|place| ours.open(*place, &sealed).is_err())
        );
        // The same secret in the hands of another tenant, and another secret.
        for other in [key(TenantId::fresh(), &secret), key(tenant, &random())] {
            assert!(other.open(PLACE, &sealed).is_err());
        }
    }

    #[test]
    fn no_bit_of_it_can_be_changed() {
        let ours = key(TenantId::fresh(), &random());
        let sealed = ours.seal(PLACE, "canary");
        for at in 0..sealed.len() {
            let mut bytes = sealed.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert!(ours.open(PLACE, &changed).is_err(), "{at}");
        }
        for torn in ["", "1", "1.1", "1.1.", "1.1.AAAA", "canary"] {
            assert!(ours.open(PLACE, torn).is_err(), "{torn:?}");
        }
        assert_ne!(sealed, ours.seal(PLACE, "canary"), "no two are alike");
    }

    #[test]
    fn an_older_version_still_opens() {
        let (tenant, old, new) = (TenantId::fresh(), random(), random());
        let sealed = key(tenant, &old).seal(PLACE, "canary");
        let versions = vec![(1, Cipher::new(&old)), (2, Cipher::new(&new))];
        let both = TenantKey::new(tenant, versions).unwrap();
        assert_eq!(both.open(PLACE, &sealed).unwrap(), "canary");
        assert!(both.seal(PLACE, "canary").starts_with("1.2."));
    }
}
