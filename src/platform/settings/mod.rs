//! The instance's settings: layered, complete, checked before anything starts.

mod load;
mod peer;

pub use load::{Effective, Fault, Faults, Inputs, KEYS, Key, Loaded, load};
pub(in crate::platform) use peer::Peer;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
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
    /// The instance key.
    pub security: Security,
    /// Sign-in and keys.
    pub identity: Identity,
    /// The event log.
    pub events: Events,
    /// The base engine.
    pub airtable: Airtable,
    /// Files of attachments.
    pub files: Files,
    /// SQL over bases.
    pub sql: Sql,
    /// Change sets and undo.
    pub saga: Saga,
    /// The tools.
    pub mcp: Mcp,
    /// Durable runs.
    pub durable: Durable,
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

impl Server {
    /// How browsers reach this instance, without a slash at the end.
    pub fn site(&self) -> String {
        match &self.public_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("http://{}", self.listen),
        }
    }
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
    /// `database.require_tls`: a server on another machine must be reached over verified TLS. Default true.
    pub require_tls: bool,
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
    /// `redis.require_tls`: a server on another machine must be reached over verified TLS. Default true.
    pub require_tls: bool,
}

/// `security.*`
#[derive(Clone, Debug)]
pub struct Security {
    /// `security.key`: the instance key in 64 hexadecimal digits. Default: `instance.key` in the data directory.
    pub key: Option<SecretString>,
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

/// `events.*`
#[derive(Clone, Debug)]
pub struct Events {
    /// `events.keep_delivered`: seconds an event is kept that every subscription has passed. Default 7 d.
    pub keep_delivered: Duration,
    /// `events.keep_dead`: seconds a dead letter waits for an operator. Default 90 d.
    pub keep_dead: Duration,
}

/// `airtable.*`
#[derive(Clone, Debug)]
pub struct Airtable {
    /// `airtable.memory_budget`: bytes of loaded tables before the least used leave. Default 1 GiB.
    pub memory_budget: usize,
    /// `airtable.refresh_interval`: milliseconds between looks for other instances' writes. Default 500.
    pub refresh_interval: Duration,
    /// `airtable.api_url`: where Airtable's Web API is. Default `https://api.airtable.com`.
    pub api_url: String,
    /// `airtable.content_url`: where files are uploaded to Airtable. Default `https://content.airtable.com`.
    pub content_url: String,
    /// `airtable.requests_per_base`: requests a second that Airtable takes for one base. Default 5.
    pub requests_per_base: usize,
    /// `airtable.requests_per_account`: requests a second that Airtable takes from all tokens of one person. Default 50.
    pub requests_per_account: usize,
    /// `airtable.records_max_age`: seconds that records of proxied bases are answered from memory. Default 30.
    pub records_max_age: Duration,
    /// `airtable.schema_max_age`: seconds that schemas of proxied bases are answered from memory. Default 3600.
    pub schema_max_age: Duration,
    /// `airtable.stale_while_down`: seconds that older answers still serve while Airtable does not answer, at most 6000; 0 means never. Default 3600.
    pub stale_while_down: Duration,
    /// `airtable.mirror_interval`: seconds between looks for changes of a copied base whose changes Airtable does not tell by itself. Default 5.
    pub mirror_interval: Duration,
    /// `airtable.mirror_comparison`: seconds between comparisons of all records of a copied base. Default 21600.
    pub mirror_comparison: Duration,
}

/// `files.*`
#[derive(Clone, Debug)]
pub struct Files {
    /// `files.folder`: where they lie. Default: `files` in the data directory.
    pub folder: Option<PathBuf>,
    /// `files.upload_limit`: largest uploaded file in bytes. Default 50 MiB.
    pub upload_limit: usize,
    /// `files.fetch_limit`: largest file in bytes that is fetched from a URL. Default 1 GiB.
    pub fetch_limit: usize,
    /// `files.fetch_timeout`: seconds to fetch a file from a URL. Default 600.
    pub fetch_timeout: Duration,
    /// `files.tenant_quota`: bytes of files that a tenant may have; 0 means no limit. Default 0.
    pub tenant_quota: usize,
}

impl Files {
    /// Files that one upload may have.
    pub const AT_ONCE: usize = 10;

    /// Where the files of an instance with this data directory lie.
    pub fn folder(&self, data_dir: &Path) -> PathBuf {
        self.folder
            .clone()
            .unwrap_or_else(|| data_dir.join("files"))
    }
}

/// `sql.*`
#[derive(Clone, Debug)]
pub struct Sql {
    /// `sql.timeout`: seconds until a statement is stopped. Default 10.
    pub timeout: Duration,
    /// `sql.memory`: bytes that the tables of a statement may take, and as many again its work. Default 256 MiB.
    pub memory: usize,
    /// `sql.rows`: most rows in one answer. Default 10,000.
    pub rows: usize,
    /// `sql.answer`: most bytes of rows in one answer. Default 8 MiB.
    pub answer: usize,
    /// `sql.cache`: bytes of tables kept for the next statements. Default 256 MiB.
    pub cache: usize,
    /// `sql.at_once`: statements that this instance works on at once. Default 4.
    pub at_once: usize,
    /// `sql.at_once_per_tenant`: of these, those of one tenant. Default 2.
    pub at_once_per_tenant: usize,
}

/// `saga.*`
#[derive(Clone, Debug)]
pub struct Saga {
    /// `saga.undo_window`: seconds during which a change can be undone. Default 30 d.
    pub undo_window: Duration,
    /// `saga.runs_per_definition`: runs of one definition that are worked on at once. Default 5; 0 means no limit.
    pub runs_per_definition: u32,
    /// `saga.runs_per_tenant`: runs of one tenant that are worked on at once. Default 20; 0 means no limit.
    pub runs_per_tenant: u32,
}

/// `mcp.*`
#[derive(Clone, Debug)]
pub struct Mcp {
    /// `mcp.confirm_above`: records a tool call may touch before a person is asked. Default 10.
    pub confirm_above: usize,
}

/// `durable.*`
#[derive(Clone, Debug)]
pub struct Durable {
    /// `durable.workers`: runs that this instance works on at once. Default 16.
    pub workers: usize,
    /// `durable.lease`: seconds until another instance takes over the runs of a dead one. Default 30.
    pub lease: Duration,
    /// `durable.poll`: milliseconds between looks for due runs when nothing wakes the workers. Default 1000.
    pub poll: Duration,
    /// `durable.drain_timeout`: seconds that steps in flight get at a stop. Default 20.
    pub drain_timeout: Duration,
}

/// `outbound.*`
#[derive(Clone, Debug)]
pub struct Outbound {
    /// `outbound.allow_private`: private networks that may be called, save this instance's own ports and stores. Default none.
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

/// `limits.*`; a rate is requests a minute unless it says otherwise, 0 means no limit.
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
    /// `limits.login_per_address`: password checks of one address, and looks for keys once an unknown one came from it. Default 20.
    pub login_per_address: u32,
    /// `limits.sync_per_base`: CSV syncs of one base in five minutes. Default 20.
    pub sync_per_base: u32,
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
