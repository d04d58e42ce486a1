use std::str::FromStr;

use crate::platform::ids::{ApiKeyId, random_text};
use crate::platform::secrets::{equal, sha256, sha256_hex};

/// What every key begins with, so that scanners recognise it.
const PREFIX: &str = "pya";
const LOOKUP: usize = 14;
const SECRET: usize = 43;
const CHECKSUM: usize = 6;
const LENGTH: usize = PREFIX.len() + LOOKUP + 1 + SECRET + CHECKSUM;

/// The text of an API key: `pya`, the key id's body, a dot, 43 random characters and a checksum.
pub(crate) struct ApiKeySecret {
    id: ApiKeyId,
    text: String,
}

impl ApiKeySecret {
    pub(crate) fn fresh() -> Self {
        let id = ApiKeyId::fresh();
        let mut text = format!("{PREFIX}{}.{}", id.body(), random_text(SECRET));
        text.push_str(&checksum(&text));
        Self { id, text }
    }

    /// The id of a well-formed key; costs no look into the database for mistyped ones.
    pub(crate) fn parse_id(text: &str) -> Option<ApiKeyId> {
        if text.len() != LENGTH || !text.is_ascii() || !text.starts_with(PREFIX) {
            return None;
        }
        let (body, sum) = text.split_at(LENGTH - CHECKSUM);
        let (lookup, _) = body[PREFIX.len()..].split_once('.')?;
        if !equal(checksum(body).as_bytes(), sum.as_bytes()) {
            return None;
        }
        ApiKeyId::from_str(&format!("{}{lookup}", ApiKeyId::PREFIX)).ok()
    }

    pub(crate) fn id(&self) -> ApiKeyId {
        self.id
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn hash(&self) -> String {
        sha256_hex(self.text.as_bytes())
    }

    /// What of a key may be shown for recognition.
    pub(crate) fn shown_prefix(id: ApiKeyId) -> String {
        format!("{PREFIX}{}", id.body())
    }
}

fn checksum(text: &str) -> String {
    const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let digest = sha256(text.as_bytes());
    let mut number = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
    let mut sum = String::with_capacity(CHECKSUM);
    for _ in 0..CHECKSUM {
        sum.push(char::from(ALPHABET[(number % 62) as usize]));
        number /= 62;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_names_its_id_and_a_typo_is_noticed() {
        let key = ApiKeySecret::fresh();
        assert_eq!(key.as_str().len(), LENGTH);
        assert_eq!(ApiKeySecret::parse_id(key.as_str()), Some(key.id()));
        assert!(
            key.as_str()
                .starts_with(&ApiKeySecret::shown_prefix(key.id()))
        );
        let mut typo = key.as_str().to_owned();
        let last = if typo.ends_with('0') { '1' } else { '0' };
        typo.pop();
        typo.push(last);
        for bad in [
            typo.as_str(),
            "",
            "pya",
            &"é".repeat(LENGTH / 2 + 1),
            &key.as_str()[1..],
        ] {
            assert_eq!(ApiKeySecret::parse_id(bad), None, "{bad}");
        }
    }
}
