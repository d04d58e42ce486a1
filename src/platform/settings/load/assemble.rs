use std::cell::RefCell;
use std::num::NonZero;

use super::faults::Faults;
use super::layers::Layers;
use super::parse::{self, Raw};
use crate::platform::settings::{
    Airtable, Database, Durable, Events, Files, Identity, Limits, Log, Mcp, Outbound, Peer, Redis,
    Saga, Security, Server, Settings, Sql,
};

/// Builds the settings out of the layers; with faults the result is only good for finding more of them.
pub(super) fn settings(layers: &Layers, faults: &mut Faults) -> Settings {
    let read = Reader {
        layers,
        faults: RefCell::new(faults),
    };
    let settings = Settings {
        environment: read.get("environment", parse::environment),
        contexts: read.get("contexts", parse::list),
        server: server(&read),
        database: database(&read),
        redis: Redis {
            url: read.get("redis.url", parse::redis_url),
            prefix: read.get("redis.prefix", parse::text),
            max_connections: read.get("redis.max_connections", parse::positive) as usize,
            require_tls: read.get("redis.require_tls", parse::flag),
        },
        security: Security {
            key: read.get("security.key", parse::instance_key),
        },
        identity: identity(&read),
        events: Events {
            keep_delivered: read.get("events.keep_delivered", parse::seconds),
            keep_dead: read.get("events.keep_dead", parse::seconds),
        },
        airtable: Airtable {
            memory_budget: read.get("airtable.memory_budget", parse::bytes),
            refresh_interval: read.get("airtable.refresh_interval", parse::milliseconds),
            api_url: read.get("airtable.api_url", parse::remote_url),
            content_url: read.get("airtable.content_url", parse::remote_url),
            requests_per_base: read.get("airtable.requests_per_base", parse::positive) as usize,
            requests_per_account: read.get("airtable.requests_per_account", parse::positive)
                as usize,
            records_max_age: read.get("airtable.records_max_age", parse::seconds_or_none),
            schema_max_age: read.get("airtable.schema_max_age", parse::seconds_or_none),
            mirror_interval: read.get("airtable.mirror_interval", parse::seconds),
            mirror_comparison: read.get("airtable.mirror_comparison", parse::seconds),
            stale_while_down: read.get("airtable.stale_while_down", parse::seconds_or_none),
        },
        files: Files {
            folder: read.get("files.folder", parse::optional_folder),
            upload_limit: read.get("files.upload_limit", parse::bytes),
            fetch_limit: read.get("files.fetch_limit", parse::bytes),
            fetch_timeout: read.get("files.fetch_timeout", parse::seconds),
            tenant_quota: read.get("files.tenant_quota", parse::bytes_or_none),
        },
        sql: sql(&read),
        saga: Saga {
            undo_window: read.get("saga.undo_window", parse::seconds),
            runs_per_definition: read.get("saga.runs_per_definition", parse::number),
            runs_per_tenant: read.get("saga.runs_per_tenant", parse::number),
        },
        mcp: Mcp {
            confirm_above: read.get("mcp.confirm_above", parse::number) as usize,
        },
        durable: Durable {
            workers: read.get("durable.workers", parse::number) as usize,
            lease: read.get("durable.lease", parse::seconds),
            poll: read.get("durable.poll", parse::milliseconds),
            drain_timeout: read.get("durable.drain_timeout", parse::seconds),
        },
        outbound: outbound(&read),
        limits: limits(&read),
        log: Log {
            format: read.get("log.format", parse::log_format),
            level: read.get("log.level", parse::log_level),
        },
        data_dir: read.get("data_dir", parse::folder),
    };
    contradictions(&settings, &read);
    unverified_peers(&settings, &read);
    settings
}

struct Reader<'a> {
    layers: &'a Layers,
    faults: RefCell<&'a mut Faults>,
}

impl Reader<'_> {
    /// The typed value; on a fault the default stands in so that the other keys are still checked.
    fn get<T>(&self, key: &'static str, parse: fn(&Raw) -> Result<T, String>) -> T {
        let (raw, origin) = self.layers.get(key);
        parse(raw).unwrap_or_else(|message| {
            self.faults.borrow_mut().push(key, origin, message);
            let default = super::keys::find(key).map_or("", |key| key.default);
            parse(&Raw::Text(default.to_owned())).expect("a test reads all compiled-in defaults")
        })
    }

    fn contradiction(&self, is_wrong: bool, key: &'static str, message: &str) {
        if is_wrong {
            let origin = &self.layers.get(key).1;
            self.faults.borrow_mut().push(key, origin, message);
        }
    }
}

fn server(read: &Reader<'_>) -> Server {
    let cores = || std::thread::available_parallelism().map_or(1, NonZero::get);
    let workers = read.get("server.workers", parse::number) as usize;
    Server {
        listen: read.get("server.listen", parse::address),
        metrics_listen: read.get("server.metrics_listen", parse::optional_address),
        public_url: read.get("server.public_url", parse::public_url),
        allowed_hosts: read.get("server.allowed_hosts", parse::list),
        cors_origins: read.get("server.cors_origins", parse::origins),
        trusted_proxies: read.get("server.trusted_proxies", parse::networks),
        body_limit: read.get("server.body_limit", parse::bytes),
        import_limit: read.get("server.import_limit", parse::bytes),
        request_timeout: read.get("server.request_timeout", parse::seconds),
        drain_timeout: read.get("server.drain_timeout", parse::seconds),
        workers: if workers == 0 { cores() } else { workers },
        docs: read.get("server.docs", parse::flag),
    }
}

fn database(read: &Reader<'_>) -> Database {
    Database {
        url: read.get("database.url", parse::database_url),
        migration_url: read.get("database.migration_url", parse::database_url),
        app_role: read.get("database.app_role", parse::role_name),
        max_connections: read.get("database.max_connections", parse::positive),
        acquire_timeout: read.get("database.acquire_timeout", parse::seconds),
        migrate_on_start: read.get("database.migrate_on_start", parse::flag),
        require_tls: read.get("database.require_tls", parse::flag),
    }
}

fn identity(read: &Reader<'_>) -> Identity {
    Identity {
        token_secret: read.get("identity.token_secret", parse::signing_secret),
        access_ttl: read.get("identity.access_ttl", parse::seconds),
        session_idle: read.get("identity.session_idle", parse::seconds),
        session_absolute: read.get("identity.session_absolute", parse::seconds),
        sample_base: read.get("identity.sample_base", parse::flag),
    }
}

fn sql(read: &Reader<'_>) -> Sql {
    Sql {
        timeout: read.get("sql.timeout", parse::seconds),
        memory: read.get("sql.memory", parse::bytes),
        rows: read.get("sql.rows", parse::positive) as usize,
        answer: read.get("sql.answer", parse::bytes),
        cache: read.get("sql.cache", parse::bytes),
        at_once: read.get("sql.at_once", parse::positive) as usize,
        at_once_per_tenant: read.get("sql.at_once_per_tenant", parse::positive) as usize,
    }
}

fn outbound(read: &Reader<'_>) -> Outbound {
    Outbound {
        allow_private: read.get("outbound.allow_private", parse::networks),
        allow_http: read.get("outbound.allow_http", parse::list),
        ports: read.get("outbound.ports", parse::ports),
        connect_timeout: read.get("outbound.connect_timeout", parse::seconds),
        total_timeout: read.get("outbound.total_timeout", parse::seconds),
        max_body: read.get("outbound.max_body", parse::bytes),
    }
}

fn limits(read: &Reader<'_>) -> Limits {
    Limits {
        principal_per_minute: read.get("limits.principal_per_minute", parse::number),
        write_per_minute: read.get("limits.write_per_minute", parse::number),
        anonymous_per_minute: read.get("limits.anonymous_per_minute", parse::number),
        login_per_account: read.get("limits.login_per_account", parse::positive),
        login_per_address: read.get("limits.login_per_address", parse::positive),
        sync_per_base: read.get("limits.sync_per_base", parse::number),
    }
}

fn contradictions(settings: &Settings, read: &Reader<'_>) {
    let (server, identity) = (&settings.server, &settings.identity);
    read.contradiction(
        server.metrics_listen == Some(server.listen) && server.listen.port() != 0,
        "server.metrics_listen",
        "must differ from server.listen",
    );
    read.contradiction(
        identity.access_ttl.as_secs() > 3600,
        "identity.access_ttl",
        "must be at most 3600 seconds",
    );
    read.contradiction(
        settings.durable.lease.as_secs() < 3,
        "durable.lease",
        "must be at least 3 seconds",
    );
    read.contradiction(
        identity.session_idle > identity.session_absolute,
        "identity.session_idle",
        "must not be longer than identity.session_absolute",
    );
    read.contradiction(
        server.import_limit < server.body_limit,
        "server.import_limit",
        "must not be smaller than server.body_limit",
    );
}

fn unverified_peers(settings: &Settings, read: &Reader<'_>) {
    let (database, redis) = (&settings.database, &settings.redis);
    let postgres = "names a server on another machine without verified TLS; add ?sslmode=verify-full (and sslrootcert=FILE \
         for an authority of your own), or set database.require_tls=false where nobody else is on the network between";
    for (key, url, required, message) in [
        (
            "database.url",
            &database.url,
            database.require_tls,
            postgres,
        ),
        (
            "database.migration_url",
            &database.migration_url,
            database.require_tls,
            postgres,
        ),
        (
            "redis.url",
            &redis.url,
            redis.require_tls,
            "names a server on another machine without verified TLS; begin it with rediss://, \
             or set redis.require_tls=false where nobody else is on the network between",
        ),
    ] {
        let peer = url.as_ref().and_then(Peer::of_url);
        let is_open = peer.is_some_and(|peer| !peer.is_local() && !peer.is_verified);
        read.contradiction(required && is_open, key, message);
    }
}
