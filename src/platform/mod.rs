//! What everybody stands on: settings, database, event log, cache, secrets, outbound client, errors, ids, clock, telemetry.

pub mod breakers;
pub mod cache;
pub mod clock;
pub mod db;
pub mod durable;
pub mod events;
pub mod files;
pub mod ids;
pub mod jobs;
pub mod limits;
pub mod lineage;
pub mod outbound;
mod private;
pub mod problem;
pub mod redis;
pub mod routes;
pub mod running;
pub mod secrets;
pub mod settings;
pub mod signals;
pub(crate) mod sync;
pub mod tasks;
pub mod telemetry;
pub mod transport;
pub mod vault;

use std::sync::Arc;

/// What every context is built on; cheap to clone.
#[derive(Clone)]
pub struct Platform {
    /// The effective settings.
    pub settings: Arc<settings::Settings>,
    /// The database.
    pub db: db::Db,
    /// Keys derived from the instance key.
    pub secrets: secrets::Secrets,
    /// Data keys of the tenants.
    pub vault: vault::Vault,
    /// Redis, where one is configured.
    pub redis: Option<redis::RedisHandle>,
    /// The wall clock.
    pub clock: clock::Clock,
    /// Hints between tasks and instances.
    pub signals: signals::Signals,
    /// Whether the database was put back from a backup.
    pub lineage: lineage::Lineage,
    /// Durable runs.
    pub durable: durable::Durable,
    /// Rate limits.
    pub limits: limits::Limiter,
    /// The two-level cache.
    pub cache: cache::Cache,
    /// Files of the tenants.
    pub files: files::Files,
    /// The only way out to the network.
    pub http: outbound::Client,
}
