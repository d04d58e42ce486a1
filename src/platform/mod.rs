//! What everybody stands on: settings, database, event log, cache, secrets, outbound client, errors, ids, clock, telemetry.

pub mod cache;
pub mod clock;
pub mod db;
pub mod events;
pub mod ids;
pub mod limits;
pub mod outbound;
pub mod problem;
pub mod redis;
pub mod secrets;
pub mod settings;
pub mod signals;
pub mod tasks;
pub mod telemetry;
pub mod transport;

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
    /// Redis, where one is configured.
    pub redis: Option<redis::RedisHandle>,
    /// The wall clock.
    pub clock: clock::Clock,
    /// Hints between tasks and instances.
    pub signals: signals::Signals,
    /// Rate limits.
    pub limits: limits::Limiter,
    /// The two-level cache.
    pub cache: cache::Cache,
    /// The only way out to the network.
    pub http: outbound::Client,
}
