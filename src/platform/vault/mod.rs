//! What lies sealed in the database: each tenant has a data key of its own, which the instance key seals in its turn.
//!
//! Another database, or this one with another instance key, opens nothing. A context asks for the key of a tenant
//! before its transaction, and names the place of everything it seals; what is moved to another place does not open.

mod cipher;
mod key;
mod store;

pub use key::{Place, TenantKey, Unopened};

use std::sync::Arc;

use moka::sync::Cache;
use sea_orm::DbErr;

use super::clock::Clock;
use super::db::Db;
use super::ids::TenantId;
use super::secrets::{Secrets, hex};
use cipher::Cipher;

/// Data keys that are kept in memory.
const MOST_KEPT: u64 = 10_000;
/// Version of the first data key of a tenant.
const FIRST: i64 = 1;

/// The data keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The database belongs to another instance key.
    #[error(
        "the database is sealed with the instance key {sealed_with}, but {origin} holds {ours}; \
         put the instance.key that belongs to this database into the data directory, or give it as security.key"
    )]
    OtherKey {
        /// Names the key that is wanted, without telling it.
        sealed_with: String,
        /// Names the key that is there.
        ours: String,
        /// Where that comes from.
        origin: String,
    },
    /// A data key was changed in the database.
    #[error(
        "data key {version} of tenant {tenant} cannot be opened; restore vault_keys from a backup"
    )]
    Damaged {
        /// Whose.
        tenant: TenantId,
        /// Which.
        version: i64,
    },
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
}

impl From<VaultError> for DbErr {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Database(error) => error,
            other => Self::Custom(other.to_string()),
        }
    }
}

/// The data keys of all tenants; cheap to clone.
#[derive(Clone)]
pub struct Vault {
    db: Db,
    clock: Clock,
    instance: Arc<Instance>,
    keys: Cache<TenantId, TenantKey>,
}

/// What the instance key gives: a cipher for data keys, and a name that does not tell it.
struct Instance {
    cipher: Cipher,
    name: String,
    origin: String,
}

impl Vault {
    /// The vault of a database, opened by the instance key.
    pub fn new(db: &Db, clock: &Clock, secrets: &Secrets) -> Self {
        let name = hex(&secrets.derive("vault.name.v1"));
        Self {
            db: db.clone(),
            clock: clock.clone(),
            instance: Arc::new(Instance {
                cipher: Cipher::new(&secrets.derive("vault.data_keys.v1")),
                name: name[..16].to_owned(),
                origin: secrets.origin().to_owned(),
            }),
            keys: Cache::new(MOST_KEPT),
        }
    }

    /// Whether the instance key is the one that the database is sealed with; a database that is new takes it.
    pub async fn check(&self) -> Result<(), VaultError> {
        if self.verify().await? {
            return Ok(());
        }
        store::mark(&self.db, &self.instance.name).await?;
        self.verify().await.map(drop)
    }

    /// The same without a trace; false for a database that no key has sealed.
    pub async fn verify(&self) -> Result<bool, VaultError> {
        match store::marked(&self.db).await? {
            Some(name) => self.is_ours(name).map(|()| true),
            None => Ok(false),
        }
    }

    /// The key of a tenant, made when it is first asked for; never inside a transaction, which it would wait for.
    pub async fn of(&self, tenant: TenantId) -> Result<TenantKey, VaultError> {
        if let Some(key) = self.keys.get(&tenant) {
            return Ok(key);
        }
        let key = match self.load(tenant).await? {
            Some(key) => key,
            None => self.make(tenant).await?,
        };
        self.keys.insert(tenant, key.clone());
        Ok(key)
    }

    fn is_ours(&self, name: String) -> Result<(), VaultError> {
        let Instance {
            name: ours, origin, ..
        } = &*self.instance;
        if name == *ours {
            return Ok(());
        }
        Err(VaultError::OtherKey {
            sealed_with: name,
            ours: ours.clone(),
            origin: origin.clone(),
        })
    }

    async fn load(&self, tenant: TenantId) -> Result<Option<TenantKey>, VaultError> {
        let mut versions = Vec::new();
        for row in store::keys_of(&self.db, tenant).await? {
            self.is_ours(row.wrapped_by)?;
            let version = row.version;
            let damaged = VaultError::Damaged { tenant, version };
            let key = self
                .instance
                .cipher
                .open(&place(tenant, version), &row.wrapped);
            let key = key.and_then(|key| <[u8; 32]>::try_from(key).ok());
            versions.push((version, Cipher::new(&key.ok_or(damaged)?)));
        }
        Ok(TenantKey::new(tenant, versions))
    }

    /// Another instance may make one at the same time; the first one stays.
    async fn make(&self, tenant: TenantId) -> Result<TenantKey, VaultError> {
        self.check().await?;
        let row = store::KeyRow {
            version: FIRST,
            wrapped: self
                .instance
                .cipher
                .seal(&place(tenant, FIRST), &cipher::random()),
            wrapped_by: self.instance.name.clone(),
        };
        store::insert_key(&self.db, tenant, &row, self.clock.now()).await?;
        let gone = || DbErr::RecordNotFound("the data key that was just made".to_owned());
        Ok(self.load(tenant).await?.ok_or_else(gone)?)
    }
}

fn place(tenant: TenantId, version: i64) -> String {
    format!("vault_keys\0{tenant}\0{version}")
}
