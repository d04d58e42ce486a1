use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::platform::ids::{SessionId, random_text};
use crate::platform::secrets::{equal, hmac_sha256, sha256_hex};

const SECRET: usize = 43;
const LONGEST: usize = 128;

/// Makes refresh tokens, recognises those that were once ours, and finds the successor of each.
#[derive(Clone)]
pub(crate) struct RefreshTokens {
    key: [u8; 32],
}

/// A refresh token that this instance made: session, secret and a tag that proves its origin.
pub(crate) struct RefreshToken {
    session: SessionId,
    text: String,
}

impl RefreshTokens {
    pub(crate) fn new(key: [u8; 32]) -> Self {
        Self { key }
    }

    pub(crate) fn first(&self, session: SessionId) -> RefreshToken {
        self.sealed(session, &random_text(SECRET))
    }

    /// The one successor of a token, the same however often it is asked for, so that parallel refreshes agree.
    pub(crate) fn successor(&self, token: &RefreshToken) -> RefreshToken {
        let secret = self.mac("successor", &token.text);
        self.sealed(token.session, &secret)
    }

    /// A token of ours; the tag keeps strangers who know a session id from ending the session by guessing.
    pub(crate) fn parse(&self, text: &str) -> Option<RefreshToken> {
        if text.len() > LONGEST {
            return None;
        }
        let (body, tag) = text.rsplit_once('.')?;
        let (session, _) = body.split_once('.')?;
        if !equal(self.mac("tag", body).as_bytes(), tag.as_bytes()) {
            return None;
        }
        let session = SessionId::from_str(&format!("{}{session}", SessionId::PREFIX)).ok()?;
        Some(RefreshToken {
            session,
            text: text.to_owned(),
        })
    }

    fn sealed(&self, session: SessionId, secret: &str) -> RefreshToken {
        let body = format!("{}.{secret}", session.body());
        let tag = self.mac("tag", &body);
        RefreshToken {
            session,
            text: format!("{body}.{tag}"),
        }
    }

    fn mac(&self, purpose: &str, text: &str) -> String {
        URL_SAFE_NO_PAD.encode(hmac_sha256(
            &self.key,
            format!("{purpose}:{text}").as_bytes(),
        ))
    }
}

impl RefreshToken {
    pub(crate) fn session(&self) -> SessionId {
        self.session
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn hash(&self) -> String {
        sha256_hex(self.text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_one_successor_and_only_our_own_are_recognised() {
        let tokens = RefreshTokens::new([7; 32]);
        let first = tokens.first(SessionId::fresh());
        let second = tokens.successor(&first);
        assert_eq!(second.as_str(), tokens.successor(&first).as_str());
        assert_ne!(second.as_str(), first.as_str());
        let parsed = tokens.parse(second.as_str()).unwrap();
        assert_eq!(parsed.session(), first.session());
        assert!(RefreshTokens::new([8; 32]).parse(first.as_str()).is_none());
        for bad in ["", ".", "..", "a.b.c", &first.as_str()[1..]] {
            assert!(tokens.parse(bad).is_none(), "{bad}");
        }
    }
}
