use crate::platform::ids::random_text;
use crate::platform::secrets::sha256_hex;

const CHARACTERS: usize = 43;

/// The secret in a one-time link; stored only as a hash.
pub(crate) struct LinkToken(String);

impl LinkToken {
    pub(crate) fn fresh() -> Self {
        Self(random_text(CHARACTERS))
    }

    /// Takes what a client sent; `None` where it cannot be one of ours.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let clean =
            text.len() == CHARACTERS && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        clean.then(|| Self(text.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn hash(&self) -> String {
        sha256_hex(self.0.as_bytes())
    }
}
