//! The instance's settings: layered, complete, checked before anything starts.

mod load;

pub use load::{Effective, Fault, Faults, Inputs, KEYS, Key, Loaded, load};

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use secrecy::SecretString;

/// Everything that can be set.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `environment`: name of the second configuration file. Default `production`.
    pub environment: String,
    /// `contexts`: which compiled-in contexts run. Default: all.
    pub contexts: Vec<String>,
    /// The public listener and what it accepts.
    pub server: Server,
    /// The database.
    pub database: Database,
    /// Redis, when it is there.
    pub redis: Redis,
    /// Sign-in and keys.
    pub identity: Identity,
    /// The base engine.
    pub airtable: Airtable,
    /// The outbound HTTP client.
    pub outbound: Outbound,
    /// Rate limits.
    pub limits: Limits,
    /// Logs.
    pub log: Log,
    /// `data_dir`: database file, keys, lock. Default `./pyairtable-data`.
    pub data_dir: PathBuf,
}

/// `server.*`
#[derive(Clone, Debug)]
pub struct Server {
    /// `server.listen`: address of the public listener. Default `127.0.0.1:8080`.
    pub listen: SocketAddr,
    /// `server.metrics_listen`: address of the metrics listener; empty switches it off. Default off.
    pub metrics_listen: Option<SocketAddr>,
    /// `server.public_url`: how browsers reach this instance. Default `http://` and the listen address.
    pub public_url: Option<String>,
    /// `server.allowed_hosts`: more names accepted in `Host`, beside loopback and the public URL's.
    pub allowed_hosts: Vec<String>,
    /// `server.cors_origins`: exact origins that may call from a browser. Default none.
    pub cors_origins: Vec<String>,
    /// `server.trusted_proxies`: networks whose forwarding headers are believed. Default none.
    pub trusted_proxies: Vec<IpNet>,
    /// `server.body_limit`: largest request body in bytes. Default 10 MiB.
    pub body_limit: usize,
    /// `server.import_limit`: largest import document in bytes. Default 512 MiB.
    pub import_limit: usize,
    /// `server.request_timeout`: seconds until a request is given up. Default 60.
    pub request_timeout: Duration,
    /// `server.drain_timeout`: seconds that running requests get at a stop. Default 20.
    pub drain_timeout: Duration,
    /// `server.workers`: HTTP worker threads. Default: one a core.
    pub workers: usize,
    /// `server.docs`: serve the API explorer at `/api/docs`. Default true.
    pub docs: bool,
}

/// `database.*`
#[derive(Clone, Debug)]
pub struct Database {
    /// `database.url` (`DATABASE_URL`): `sqlite:PATH` or `postgres://…`. Default: a file in the data directory.
    pub url: Option<SecretString>,
    /// `database.migration_url`: the owner's URL where the application's login must not own tables.
    pub migration_url: Option<SecretString>,
    /// `database.app_role`: PostgreSQL role that every connection of the application takes. Default `pyairtable_app`.
    pub app_role: String,
    /// `database.max_connections`. Default 10.
    pub max_connections: u32,
    /// `database.acquire_timeout`: seconds to wait for a connection. Default 5.
    pub acquire_timeout: Duration,
    /// `database.migrate_on_start`. Default true.
    pub migrate_on_start: bool,
}

/// `redis.*`
#[derive(Clone, Debug)]
pub struct Redis {
    /// `redis.url` (`REDIS_URL`). Default none.
    pub url: Option<SecretString>,
    /// `redis.prefix`: begins the name of every key and channel. Default `pyairtable`.
    pub prefix: String,
    /// `redis.max_connections`. Default 8.
    pub max_connections: usize,
}

/// `identity.*`
#[derive(Clone, Debug)]
pub struct Identity {
    /// `identity.token_secret` (`JWT_SECRET`, at least 32 bytes): signs access tokens. Default: a key file in the data directory.
    pub token_secret: Option<SecretString>,
    /// `identity.access_ttl`: seconds an access token lives. Default 600.
    pub access_ttl: Duration,
    /// `identity.session_idle`: seconds until an unused session ends. Default 12 h.
    pub session_idle: Duration,
    /// `identity.session_absolute`: seconds until any session ends. Default 30 d.
    pub session_absolute: Duration,
    /// `identity.sample_base`: a first set-up also makes the sample base. Default true.
    pub sample_base: bool,
}

/// `airtable.*`
#[derive(Clone, Debug)]
pub struct Airtable {
    /// `airtable.memory_budget`: bytes of loaded tables before the least used leave. Default 1 GiB.
    pub memory_budget: usize,
    /// `airtable.refresh_interval`: milliseconds between looks for other instances' writes. Default 500.
    pub refresh_interval: Duration,
}

/// `outbound.*`
#[derive(Clone, Debug)]
pub struct Outbound {
    /// `outbound.allow_private`: private networks that may be called. Default none.
    pub allow_private: Vec<IpNet>,
    /// `outbound.allow_http`: host names that may be called without TLS. Default none; hosts in `allow_private` networks always may.
    pub allow_http: Vec<String>,
    /// `outbound.ports`: ports that may be called. Default 443, 80, 8443; any port in `allow_private` networks.
    pub ports: Vec<u16>,
    /// `outbound.connect_timeout`: seconds. Default 5.
    pub connect_timeout: Duration,
    /// `outbound.total_timeout`: seconds. Default 30.
    pub total_timeout: Duration,
    /// `outbound.max_body`: bytes of an answer after decompression. Default 10 MiB.
    pub max_body: usize,
}

/// `limits.*`; a rate is requests a minute, 0 means no limit.
#[derive(Clone, Debug)]
pub struct Limits {
    /// `limits.principal_per_minute`: authenticated requests of one person or key. Default 0.
    pub principal_per_minute: u32,
    /// `limits.write_per_minute`: changing requests of one person or key. Default 0.
    pub write_per_minute: u32,
    /// `limits.anonymous_per_minute`: unauthenticated requests of one address. Default 600.
    pub anonymous_per_minute: u32,
    /// `limits.login_per_account`: password checks of one account. Default 5.
    pub login_per_account: u32,
    /// `limits.login_per_address`: password checks of one address. Default 20.
    pub login_per_address: u32,
}

/// `log.*`
#[derive(Clone, Debug)]
pub struct Log {
    /// `log.format` (`LOG_FORMAT`): `json` or `text`. Default: text on a terminal, else json.
    pub format: Option<LogFormat>,
    /// `log.level` (`LOG_LEVEL`, `RUST_LOG`): a filter such as `info,pyairtable=debug`. Default `info`.
    pub level: String,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}
