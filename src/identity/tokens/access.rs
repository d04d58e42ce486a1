use std::time::Duration;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};

use crate::identity::error::Error;
use crate::platform::clock::Clock;
use crate::platform::ids::{SessionId, TenantId, UserId};

const ISSUER: &str = "pyairtable";
const AUDIENCE: &str = "pyairtable-api";
const KIND: &str = "access";
const LEEWAY_SECONDS: i64 = 30;

/// What an access token says; every member is required.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Claims {
    pub(crate) exp: i64,
    pub(crate) nbf: i64,
    pub(crate) iat: i64,
    iss: String,
    aud: String,
    typ: String,
    pub(crate) sub: UserId,
    pub(crate) ten: TenantId,
    pub(crate) sid: SessionId,
}

/// Signs and checks access tokens with one key and one algorithm.
pub(crate) struct AccessTokens {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
    clock: Clock,
    lifetime: Duration,
}

impl AccessTokens {
    pub(crate) fn new(key: &[u8; 32], lifetime: Duration, clock: Clock) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&[ISSUER]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        // The library reads the system's clock; ours is checked below and can be moved by tests.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        Self {
            encoding: EncodingKey::from_secret(key),
            decoding: DecodingKey::from_secret(key),
            validation,
            clock,
            lifetime,
        }
    }

    /// Seconds that a token lives.
    pub(crate) fn lifetime(&self) -> u64 {
        self.lifetime.as_secs()
    }

    pub(crate) fn issue(
        &self,
        user: UserId,
        tenant: TenantId,
        session: SessionId,
    ) -> Result<String, Error> {
        let now = self.clock.seconds();
        let claims = Claims {
            exp: now.saturating_add_unsigned(self.lifetime.as_secs()),
            nbf: now,
            iat: now,
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            typ: KIND.to_owned(),
            sub: user,
            ten: tenant,
            sid: session,
        };
        encode(&Header::new(Algorithm::HS256), &claims, &self.encoding).map_err(Error::internal)
    }

    /// The claims of a token that is ours and of this time.
    pub(crate) fn verify(&self, token: &str) -> Option<Claims> {
        let claims = decode::<Claims>(token, &self.decoding, &self.validation)
            .ok()?
            .claims;
        let now = self.clock.seconds();
        let timely = claims.nbf <= now + LEEWAY_SECONDS && now < claims.exp;
        (claims.typ == KIND && timely).then_some(claims)
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::{Value, json};

    use super::*;

    const KEY: [u8; 32] = [3; 32];

    fn tokens(clock: &Clock) -> AccessTokens {
        AccessTokens::new(&KEY, Duration::from_secs(600), clock.clone())
    }

    fn fresh(tokens: &AccessTokens) -> String {
        tokens
            .issue(UserId::fresh(), TenantId::fresh(), SessionId::fresh())
            .unwrap()
    }

    fn forged(change: impl FnOnce(&mut Value), algorithm: Algorithm, key: &[u8]) -> String {
        let now = Clock::default().seconds();
        let mut claims = json!({
            "exp": now + 600, "nbf": now, "iat": now, "iss": ISSUER, "aud": AUDIENCE, "typ": KIND,
            "sub": UserId::fresh(), "ten": TenantId::fresh(), "sid": SessionId::fresh(),
        });
        change(&mut claims);
        encode(
            &Header::new(algorithm),
            &claims,
            &EncodingKey::from_secret(key),
        )
        .unwrap()
    }

    #[test]
    fn a_token_is_valid_for_its_lifetime() {
        let clock = Clock::default();
        let tokens = tokens(&clock);
        let token = fresh(&tokens);
        assert!(tokens.verify(&token).is_some());
        clock.advance(Duration::from_secs(599));
        assert!(tokens.verify(&token).is_some());
        clock.advance(Duration::from_secs(2));
        assert!(tokens.verify(&token).is_none());
    }

    #[test]
    fn every_other_token_is_refused() {
        let tokens = tokens(&Clock::default());
        assert!(
            tokens
                .verify(&forged(|_| {}, Algorithm::HS256, &KEY))
                .is_some()
        );
        assert!(
            tokens
                .verify(&forged(|_| {}, Algorithm::HS256, &[4; 32]))
                .is_none()
        );
        assert!(
            tokens
                .verify(&forged(|_| {}, Algorithm::HS512, &KEY))
                .is_none()
        );
        for (member, value) in [
            ("typ", "refresh"),
            ("typ", "invite"),
            ("aud", "other"),
            ("iss", "other"),
            ("sub", "x"),
            ("sid", "x"),
        ] {
            let token = forged(
                |claims| claims[member] = json!(value),
                Algorithm::HS256,
                &KEY,
            );
            assert!(tokens.verify(&token).is_none(), "{member} {value}");
        }
        for member in [
            "exp", "nbf", "iat", "iss", "aud", "sub", "typ", "ten", "sid",
        ] {
            let remove = |claims: &mut Value| drop(claims.as_object_mut().unwrap().remove(member));
            assert!(
                tokens
                    .verify(&forged(remove, Algorithm::HS256, &KEY))
                    .is_none(),
                "no {member}"
            );
        }
        let early = forged(
            |claims| claims["nbf"] = json!(i64::MAX / 4),
            Algorithm::HS256,
            &KEY,
        );
        assert!(tokens.verify(&early).is_none());
    }

    #[test]
    fn a_token_without_signature_is_refused() {
        let tokens = tokens(&Clock::default());
        let signed = fresh(&tokens);
        let claims = signed.split('.').nth(1).unwrap();
        for header in [
            r#"{"alg":"none"}"#,
            r#"{"alg":"None","typ":"JWT"}"#,
            r#"{"alg":"RS256"}"#,
        ] {
            let header = URL_SAFE_NO_PAD.encode(header);
            assert!(tokens.verify(&format!("{header}.{claims}.")).is_none());
            assert!(
                tokens
                    .verify(&format!(
                        "{header}.{claims}.{}",
                        signed.rsplit('.').next().unwrap()
                    ))
                    .is_none()
            );
        }
    }
}
