use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};

/// AES-256-GCM-SIV under random nonces, so that no number of messages wears a key out.
pub(super) struct Cipher(RandomizedNonceKey);

/// A fresh key.
pub(super) fn random() -> [u8; 32] {
    let mut key = [0; 32];
    getrandom::fill(&mut key).expect("the operating system provides randomness");
    key
}

impl Cipher {
    pub(super) fn new(key: &[u8; 32]) -> Self {
        Self(RandomizedNonceKey::new(&AES_256_GCM_SIV, key).expect("the key has 32 bytes"))
    }

    /// The nonce, what was sealed, and the tag that binds it to its place.
    pub(super) fn seal(&self, place: &str, plain: &[u8]) -> Vec<u8> {
        let mut body = plain.to_vec();
        let aad = Aad::from(place.as_bytes());
        let nonce = self.0.seal_in_place_append_tag(aad, &mut body);
        let nonce = nonce.expect("far less than 64 GiB is sealed at once");
        let mut sealed = Vec::with_capacity(NONCE_LEN + body.len());
        sealed.extend_from_slice(nonce.as_ref());
        sealed.extend_from_slice(&body);
        sealed
    }

    /// What was sealed for this place with this key, and nothing else.
    pub(super) fn open(&self, place: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, body) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut body = body.to_vec();
        let aad = Aad::from(place.as_bytes());
        let plain = self.0.open_in_place(nonce, aad, &mut body).ok()?.len();
        body.truncate(plain);
        Some(body)
    }
}
