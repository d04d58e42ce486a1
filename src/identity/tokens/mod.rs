//! The forms of credentials: access tokens, refresh tokens, API keys and one-time links.

mod access;
mod api_key;
mod link;
mod refresh;

pub(crate) use access::{AccessTokens, Claims};
pub(crate) use api_key::ApiKeySecret;
pub(crate) use link::LinkToken;
pub(crate) use refresh::{RefreshToken, RefreshTokens};

use secrecy::ExposeSecret;

use crate::platform::secrets::{Secrets, hmac_sha256};
use crate::platform::settings::Settings;

/// Derives a key for one purpose from the configured secret, which instances share, or from this instance's own.
pub(crate) fn purpose_key(settings: &Settings, secrets: &Secrets, purpose: &str) -> [u8; 32] {
    match &settings.identity.token_secret {
        Some(secret) => hmac_sha256(secret.expose_secret().as_bytes(), purpose.as_bytes()),
        None => secrets.derive(purpose),
    }
}
