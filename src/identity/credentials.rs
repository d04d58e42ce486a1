use std::net::IpAddr;
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
use super::tokens::{ApiKeySecret, Claims};
use crate::contracts::{Actor, AuthError, Authenticator, Credential, ScopeSet};
use crate::platform::clock::Millis;
use crate::platform::ids::{ApiKeyId, TenantId, UserId};
use crate::platform::limits::address_key;
use crate::platform::secrets::{equal, hex, sha256};

/// With the time of a load this keeps every revocation under five seconds, even when its hint was lost.
const KEPT: Duration = Duration::from_secs(4);
/// A key in daily use stays known over night.
const KNOWN: Duration = Duration::from_secs(86_400);
/// Limits count by the minute, so after one the address has earned its tries back.
const SUSPECTED: Duration = Duration::from_secs(60);
const MOST_KEPT: u64 = 20_000;
const MOST_REFUSED: u64 = 10_000;
const LONGEST_TOKEN: usize = 2048;
const USE_NOTED_EVERY: Millis = 60_000;
const NOTES_WAITING: usize = 1024;

/// Credentials that were proved lately, by the hash of their text.
pub(crate) struct Credentials {
    proved: Cache<[u8; 32], Arc<Proof>>,
    refused: Cache<[u8; 32], ()>,
    /// Keys that were good lately; a flood of bad ones from the same address does not hold them up.
    known: Cache<[u8; 32], ()>,
    /// Addresses that a bad key came from lately.
    suspects: Cache<String, ()>,
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
        let known = Cache::builder()
            .max_capacity(MOST_KEPT)
            .time_to_idle(KNOWN)
            .build();
        let suspects = Cache::builder()
            .max_capacity(MOST_REFUSED)
            .time_to_live(SUSPECTED)
            .build();
        Self {
            proved,
            refused,
            known,
            suspects,
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

    async fn note_key(
        &self,
        digest: &[u8; 32],
        address: Option<IpAddr>,
        proof: &Result<Proof, Error>,
    ) {
        if proof.is_ok() {
            self.known.insert(*digest, ()).await;
        } else if is_refusal(proof) {
            self.known.invalidate(digest).await;
            self.refused.insert(*digest, ()).await;
            self.suspects.insert(address_key(address), ()).await;
        }
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
    async fn authenticate(
        &self,
        token: &str,
        address: Option<IpAddr>,
    ) -> Result<Arc<Actor>, AuthError> {
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
                let prove =
                    Box::pin(async { self.prove(token, &digest, address).await.map(Arc::new) });
                credentials
                    .proved
                    .try_get_with(digest, prove)
                    .await
                    .map_err(|error| shared(&error))?
            }
        };
        credentials.accept(&proof, self.now())
    }

    async fn recall(
        &self,
        tenant: TenantId,
        user: UserId,
        credential: Credential,
    ) -> Result<Arc<Actor>, AuthError> {
        let recalled = self.recall_principal(tenant, user, credential).await;
        Ok(recalled.map(Arc::new)?)
    }

    async fn is_fresh(&self, actor: &Actor) -> Result<bool, AuthError> {
        match self.proved_recently(actor).await {
            Ok(()) => Ok(true),
            Err(Error::ReauthenticationRequired | Error::Denied(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    async fn local_owner(&self) -> Result<Arc<Actor>, AuthError> {
        Ok(self.find_local_owner().await.map(Arc::new)?)
    }
}

/// Whether the credential is bad, and not only the look for it.
fn is_refusal(proof: &Result<Proof, Error>) -> bool {
    !matches!(proof, Ok(_) | Err(Error::Database(_) | Error::Internal(_)))
}

/// An error that several waiting callers get needs one owner each.
fn shared(error: &Arc<Error>) -> AuthError {
    match **error {
        Error::Database(_) | Error::Internal(_) => AuthError::Unavailable(Box::new(error.clone())),
        Error::TooManyAttempts { retry_after } => AuthError::TooMany { retry_after },
        _ => AuthError::Invalid,
    }
}

impl Identity {
    /// What is not well formed and not signed by us fails here, before anything is asked of the database.
    async fn prove(
        &self,
        token: &str,
        digest: &[u8; 32],
        address: Option<IpAddr>,
    ) -> Result<Proof, Error> {
        if let Some(key) = ApiKeySecret::parse_id(token) {
            self.throttle_unknown(digest, address).await?;
            let proof = self.prove_key(key, digest).await;
            self.credentials().note_key(digest, address, &proof).await;
            return proof;
        }
        let claims = self.access_tokens().verify(token);
        let proof = self.prove_session(claims.ok_or(Error::SessionEnded)?).await;
        if is_refusal(&proof) {
            self.credentials().refused.insert(*digest, ()).await;
        }
        proof
    }

    /// Counts the look for a key that is not known to be good, once a bad one came from its address.
    async fn throttle_unknown(
        &self,
        digest: &[u8; 32],
        address: Option<IpAddr>,
    ) -> Result<(), Error> {
        let credentials = self.credentials();
        let is_suspect = credentials.suspects.contains_key(&address_key(address));
        // Getting a known key keeps it known.
        if !is_suspect || credentials.known.get(digest).await.is_some() {
            return Ok(());
        }
        self.throttle_key(address).await
    }

    async fn prove_key(&self, id: ApiKeyId, digest: &[u8; 32]) -> Result<Proof, Error> {
        let tx = self.platform().db.system_read().await?;
        let key = store::find_active_key(&tx, id)
            .await?
            .filter(|key| equal(hex(digest).as_bytes(), key.secret_hash.as_bytes()))
            .ok_or(Error::InvalidCredentials)?;
        let credential = Credential::ApiKey(id);
        let principal = load_principal(&tx, key.tenant, key.user, credential, key.scopes).await?;
        let principal = principal.ok_or(Error::InvalidCredentials)?;
        let actor = Actor {
            records_changes: key.records_changes,
            ..principal.actor
        };
        Ok(Proof {
            actor: Arc::new(actor),
            valid_until: key.expires_at.unwrap_or(Millis::MAX),
            last_noted: AtomicI64::new(key.last_used_at.unwrap_or(0)),
        })
    }

    async fn recall_principal(
        &self,
        tenant: TenantId,
        user: UserId,
        credential: Credential,
    ) -> Result<Actor, Error> {
        let tx = self.platform().db.system_read().await?;
        let scopes = match credential {
            Credential::ApiKey(id) => {
                let key = store::find_active_key(&tx, id).await?.filter(|key| {
                    let is_same = key.tenant == tenant && key.user == user;
                    is_same && key.expires_at.is_none_or(|end| self.now() < end)
                });
                key.ok_or(Error::InvalidCredentials)?.scopes
            }
            Credential::Session(_) | Credential::Local => ScopeSet::ALL,
        };
        let principal = load_principal(&tx, tenant, user, credential, scopes).await?;
        let principal = principal.ok_or(Error::InvalidCredentials)?;
        Ok(principal.actor)
    }

    async fn prove_session(&self, claims: Claims) -> Result<Proof, Error> {
        let tx = self.platform().db.system_read().await?;
        let session = store::find_session(tx.conn(), claims.sid)
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
