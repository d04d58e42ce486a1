use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use moka::future::Cache;
use tokio::sync::{Mutex, mpsc};

use super::actors::load_principal;
use super::error::Error;
use super::service::Identity;
use super::store;
use super::tokens::ApiKeySecret;
use crate::contracts::{Actor, AuthError, Authenticator, Credential, ScopeSet};
use crate::platform::clock::Millis;
use crate::platform::ids::{ApiKeyId, UserId};
use crate::platform::secrets::{equal, hex, sha256};

/// With the time of a load this keeps every revocation under five seconds, even when its hint was lost.
const KEPT: Duration = Duration::from_secs(4);
const MOST_KEPT: u64 = 20_000;
const MOST_REFUSED: u64 = 10_000;
const LONGEST_TOKEN: usize = 2048;
const USE_NOTED_EVERY: Millis = 60_000;
const NOTES_WAITING: usize = 1024;

/// Credentials that were proved lately, by the hash of their text.
pub(crate) struct Credentials {
    proved: Cache<[u8; 32], Arc<Proof>>,
    refused: Cache<[u8; 32], ()>,
    used: mpsc::Sender<ApiKeyId>,
    to_note: Arc<Mutex<mpsc::Receiver<ApiKeyId>>>,
}

/// What a credential proved, and until when it would.
struct Proof {
    actor: Arc<Actor>,
    valid_until: Millis,
    last_noted: AtomicI64,
}

impl Credentials {
    pub(crate) fn new() -> Self {
        let (used, to_note) = mpsc::channel(NOTES_WAITING);
        let proved = Cache::builder()
            .max_capacity(MOST_KEPT)
            .time_to_live(KEPT)
            .support_invalidation_closures()
            .build();
        let refused = Cache::builder()
            .max_capacity(MOST_REFUSED)
            .time_to_live(KEPT)
            .build();
        Self {
            proved,
            refused,
            used,
            to_note: Arc::new(Mutex::new(to_note)),
        }
    }

    pub(crate) fn forget_all(&self) {
        self.proved.invalidate_all();
        self.refused.invalidate_all();
    }

    /// Forgets what one person proved, and every refusal, because those name nobody.
    pub(crate) fn forget(&self, user: UserId) {
        let is_theirs = move |_: &[u8; 32], proof: &Arc<Proof>| proof.actor.user == user;
        if self.proved.invalidate_entries_if(is_theirs).is_err() {
            self.proved.invalidate_all();
        }
        self.refused.invalidate_all();
    }

    /// The keys whose use has to be noted, for the worker that does it.
    pub(crate) fn to_note(&self) -> Arc<Mutex<mpsc::Receiver<ApiKeyId>>> {
        self.to_note.clone()
    }

    fn accept(&self, proof: &Proof, now: Millis) -> Result<Arc<Actor>, AuthError> {
        if now >= proof.valid_until {
            return Err(AuthError::Invalid);
        }
        if let Credential::ApiKey(key) = proof.actor.credential {
            self.note_use(key, proof, now);
        }
        Ok(proof.actor.clone())
    }

    fn note_use(&self, key: ApiKeyId, proof: &Proof, now: Millis) {
        let last = proof.last_noted.load(Ordering::Relaxed);
        if now.saturating_sub(last) < USE_NOTED_EVERY {
            return;
        }
        let taken =
            proof
                .last_noted
                .compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed);
        if taken.is_ok() {
            // A full queue loses a time of use that nobody acts upon.
            let _ = self.used.try_send(key);
        }
    }
}

#[async_trait]
impl Authenticator for Identity {
    async fn authenticate(&self, token: &str) -> Result<Arc<Actor>, AuthError> {
        if token.len() > LONGEST_TOKEN {
            return Err(AuthError::Invalid);
        }
        let digest = sha256(token.as_bytes());
        let credentials = self.credentials();
        if credentials.refused.contains_key(&digest) {
            return Err(AuthError::Invalid);
        }
        let proof = match credentials.proved.get(&digest).await {
            Some(proof) => proof,
            None => {
                let prove = async { self.prove(token, &digest).await.map(Arc::new) };
                credentials
                    .proved
                    .try_get_with(digest, prove)
                    .await
                    .map_err(|error| shared(&error))?
            }
        };
        credentials.accept(&proof, self.now())
    }

    async fn local_owner(&self) -> Result<Arc<Actor>, AuthError> {
        Ok(self.find_local_owner().await.map(Arc::new)?)
    }
}

/// An error that several waiting callers get needs one owner each.
fn shared(error: &Arc<Error>) -> AuthError {
    match **error {
        Error::Database(_) | Error::Internal(_) => AuthError::Unavailable(Box::new(error.clone())),
        _ => AuthError::Invalid,
    }
}

impl Identity {
    async fn prove(&self, token: &str, digest: &[u8; 32]) -> Result<Proof, Error> {
        match ApiKeySecret::parse_id(token) {
            Some(key) => self.prove_key(key, digest).await,
            None => self.prove_session(token).await,
        }
    }

    async fn prove_key(&self, id: ApiKeyId, digest: &[u8; 32]) -> Result<Proof, Error> {
        let tx = self.platform().db.system_read().await?;
        let Some(key) = store::find_active_key(&tx, id).await? else {
            self.credentials().refused.insert(*digest, ()).await;
            return Err(Error::InvalidCredentials);
        };
        if !equal(hex(digest).as_bytes(), key.secret_hash.as_bytes()) {
            self.credentials().refused.insert(*digest, ()).await;
            return Err(Error::InvalidCredentials);
        }
        let credential = Credential::ApiKey(id);
        let principal = load_principal(&tx, key.tenant, key.user, credential, key.scopes).await?;
        let principal = principal.ok_or(Error::InvalidCredentials)?;
        Ok(Proof {
            actor: Arc::new(principal.actor),
            valid_until: key.expires_at.unwrap_or(Millis::MAX),
            last_noted: AtomicI64::new(key.last_used_at.unwrap_or(0)),
        })
    }

    async fn prove_session(&self, token: &str) -> Result<Proof, Error> {
        let claims = self
            .access_tokens()
            .verify(token)
            .ok_or(Error::SessionEnded)?;
        let tx = self.platform().db.system_read().await?;
        let session = store::find_session(&tx, claims.sid)
            .await?
            .ok_or(Error::SessionEnded)?;
        let is_same = session.user == claims.sub && session.tenant == claims.ten;
        if !is_same || !session.is_live(self.now()) {
            return Err(Error::SessionEnded);
        }
        let credential = Credential::Session(session.id);
        let principal =
            load_principal(&tx, session.tenant, session.user, credential, ScopeSet::ALL).await?;
        // Tokens count seconds: one issued in the very second of the change is held by its session alone.
        let principal = principal
            .filter(|principal| claims.iat >= principal.user.not_before.div_euclid(1000))
            .ok_or(Error::SessionEnded)?;
        let expires_at = claims.exp.saturating_mul(1000);
        Ok(Proof {
            actor: Arc::new(principal.actor),
            valid_until: expires_at.min(session.expires_at),
            last_noted: AtomicI64::new(0),
        })
    }

    async fn find_local_owner(&self) -> Result<Actor, Error> {
        let tx = self.platform().db.system_read().await?;
        let tenant = store::first_tenant(&tx).await?.ok_or(Error::NotFound)?;
        let owner = store::first_owner(&tx, tenant)
            .await?
            .ok_or(Error::NotFound)?;
        let principal =
            load_principal(&tx, tenant, owner, Credential::Local, ScopeSet::ALL).await?;
        Ok(principal.ok_or(Error::NotFound)?.actor)
    }
}
