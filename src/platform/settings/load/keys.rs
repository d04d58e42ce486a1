/// One thing that can be set; this table drives reading, checking, documentation and `doctor`.
#[derive(Debug)]
pub struct Key {
    /// Dotted path in a file; `PYAIRTABLE__SECTION__KEY` as a variable.
    pub path: &'static str,
    /// What it does, in one sentence.
    pub doc: &'static str,
    /// The value when nothing sets it; empty means none.
    pub default: &'static str,
    /// Shorter variables that also set it, the strongest first.
    pub well_known: &'static [&'static str],
    /// Never shown; may also come from a file named by the variable with `_FILE`.
    pub secret: bool,
}

const fn key(path: &'static str, default: &'static str, doc: &'static str) -> Key {
    Key {
        path,
        doc,
        default,
        well_known: &[],
        secret: false,
    }
}

impl Key {
    const fn also(mut self, names: &'static [&'static str]) -> Self {
        self.well_known = names;
        self
    }

    const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// The variable that sets it, such as `PYAIRTABLE__SERVER__LISTEN`.
    pub fn variable(&self) -> String {
        super::layers::variable_name(self)
    }
}

/// Every key there is.
pub const KEYS: &[Key] = &[
    key("environment", "production", "Name of the second configuration file, config/{environment}.toml.").also(&["ENVIRONMENT"]),
    key("contexts", "", "Compiled-in contexts that run; empty means all."),
    key("data_dir", "./pyairtable-data", "Folder of the database file and the instance key."),
    key("server.listen", "127.0.0.1:8080", "Address of the public listener."),
    key("server.metrics_listen", "", "Address of the metrics listener; empty switches it off."),
    key("server.public_url", "", "How browsers and clients reach this instance, such as https://data.example.org."),
    key("server.allowed_hosts", "", "More names accepted in the Host header, beside loopback and the public URL's."),
    key("server.cors_origins", "", "Exact origins whose scripts may call /api from a browser.").also(&["CORS_ORIGINS"]),
    key("server.trusted_proxies", "", "Networks whose forwarding headers are believed."),
    key("server.body_limit", "10MiB", "Largest request body."),
    key("server.import_limit", "512MiB", "Largest import document, and most bytes that those imported at the same time have together."),
    key("server.request_timeout", "60", "Seconds until a request is given up."),
    key("server.drain_timeout", "20", "Seconds that running requests get at a stop."),
    key("server.workers", "0", "HTTP worker threads; 0 means one a core."),
    key("server.docs", "true", "Serve the API explorer at /api/docs."),
    key("database.url", "", "sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME; empty means a file in data_dir.").also(&["DATABASE_URL"]).secret(),
    key("database.migration_url", "", "The owner's URL, where the application's login must not own tables.").secret(),
    key("database.app_role", "pyairtable_app", "PostgreSQL role that the application's connections take."),
    key("database.max_connections", "10", "Largest number of PostgreSQL connections."),
    key("database.acquire_timeout", "5", "Seconds to wait for a connection."),
    key("database.migrate_on_start", "true", "Bring the schema up to date at every start."),
    key("database.require_tls", "true", "Refuse a PostgreSQL server on another machine without sslmode=verify-full."),
    key("redis.url", "", "redis:// or rediss:// URL; shares limits, cache and signals between instances.").also(&["REDIS_URL"]).secret(),
    key("redis.prefix", "pyairtable", "Begins the name of every Redis key and channel; instances that work together share it."),
    key("redis.max_connections", "8", "Largest number of Redis connections."),
    key("redis.require_tls", "true", "Refuse a Redis server on another machine without rediss://."),
    key("security.key", "", "The instance key in 64 hexadecimal digits, the same for all instances of a database; empty means data_dir/instance.key.").secret(),
    key("identity.token_secret", "", "Signs access tokens, at least 32 bytes; empty means a key derived from the instance key.").also(&["JWT_SECRET"]).secret(),
    key("identity.access_ttl", "600", "Seconds an access token lives."),
    key("identity.session_idle", "43200", "Seconds until an unused session ends."),
    key("identity.session_absolute", "2592000", "Seconds until any session ends."),
    key("identity.sample_base", "true", "The first set-up also makes the sample base."),
    key("events.keep_delivered", "604800", "Seconds an event is kept that every subscription has passed."),
    key("events.keep_dead", "7776000", "Seconds a dead letter waits for an operator."),
    key("airtable.memory_budget", "1GiB", "Memory for loaded tables before the least used leave."),
    key("airtable.refresh_interval", "500", "Milliseconds between looks for other instances' writes."),
    key("airtable.api_url", "https://api.airtable.com", "Where Airtable's Web API is; credentials of connections are sent nowhere else."),
    key("airtable.content_url", "https://content.airtable.com", "Where files are uploaded to Airtable."),
    key("airtable.requests_per_base", "5", "Requests a second that Airtable takes for one base; with more it refuses all for 30 seconds."),
    key("airtable.requests_per_account", "50", "Requests a second that Airtable takes from all tokens of one person."),
    key("airtable.records_max_age", "30", "Seconds that records of proxied bases are answered from memory; 0 asks Airtable each time."),
    key("airtable.schema_max_age", "3600", "Seconds that schemas of proxied bases are answered from memory; 0 asks Airtable each time."),
    key("airtable.mirror_interval", "5", "Seconds between looks for changes of a copied base whose changes Airtable does not tell by itself."),
    key("airtable.mirror_comparison", "21600", "Seconds between comparisons of all records of a copied base with Airtable's."),
    key("airtable.stale_while_down", "3600", "Seconds that older answers still serve while Airtable does not answer, at most 6000; 0 means never."),
    key("files.folder", "", "Folder of the files of attachments, which all instances share; empty means data_dir/files."),
    key("files.upload_limit", "50MiB", "Largest file in an upload."),
    key("files.fetch_limit", "1GiB", "Largest file that is fetched from the URL of an attachment."),
    key("files.fetch_timeout", "600", "Seconds to fetch the file of an attachment."),
    key("files.tenant_quota", "0", "Bytes of files that a tenant may have, such as 20GiB; 0 means no limit."),
    key("sql.timeout", "10", "Seconds until an SQL statement is stopped."),
    key("sql.memory", "256MiB", "Memory that the tables of an SQL statement may take, and as much again for its work."),
    key("sql.rows", "10000", "Most rows in one answer to an SQL statement."),
    key("sql.answer", "8MiB", "Largest size of the rows in one answer to an SQL statement."),
    key("sql.cache", "256MiB", "Memory for tables that SQL statements have used, kept for the next ones."),
    key("sql.at_once", "4", "SQL statements that this instance works on at once."),
    key("sql.at_once_per_tenant", "2", "SQL statements of one tenant that this instance works on at once."),
    key("saga.undo_window", "2592000", "Seconds during which a change can be undone."),
    key("saga.runs_per_definition", "5", "Runs of one definition that are worked on at once, on all instances together; 0 means no limit."),
    key("saga.runs_per_tenant", "20", "Runs of one tenant that are worked on at once, on all instances together; 0 means no limit."),
    key("mcp.confirm_above", "10", "Records a tool call may touch before a person is asked."),
    key("durable.workers", "16", "Durable runs that this instance works on at once; 0 means none."),
    key("durable.lease", "30", "Seconds until another instance takes over the runs of a dead one; at least 3."),
    key("durable.poll", "1000", "Milliseconds between looks for due runs when nothing wakes the workers."),
    key("durable.drain_timeout", "20", "Seconds that steps of durable runs get at a stop."),
    key("outbound.allow_private", "", "Private networks that may be called; this instance's own ports, its database and its Redis never."),
    key("outbound.allow_http", "", "Host names that may be called without TLS."),
    key("outbound.ports", "443,80,8443", "Ports that may be called."),
    key("outbound.connect_timeout", "5", "Seconds to connect."),
    key("outbound.total_timeout", "30", "Seconds for a whole call."),
    key("outbound.max_body", "10MiB", "Largest answer after decompression."),
    key("limits.principal_per_minute", "0", "Authenticated requests a minute of one person or key; 0 means no limit."),
    key("limits.write_per_minute", "0", "Changing requests a minute of one person or key; 0 means no limit."),
    key("limits.anonymous_per_minute", "600", "Unauthenticated requests a minute of one address; 0 means no limit."),
    key("limits.login_per_account", "5", "Password checks a minute of one account."),
    key("limits.login_per_address", "20", "Password checks a minute of one address; once an unknown API key came from it, also looks for further ones."),
    key("limits.sync_per_base", "20", "CSV syncs of one base in five minutes, as Airtable has it; 0 means no limit."),
    key("log.format", "", "json or text; empty means text on a terminal, else json.").also(&["LOG_FORMAT"]),
    key("log.level", "info", "Filter such as info,pyairtable=debug.").also(&["LOG_LEVEL", "RUST_LOG"]),
];

/// The key with this path.
pub(super) fn find(path: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.path == path)
}

/// The key that a misspelt path most likely means.
pub(super) fn nearest(path: &str) -> Option<&'static Key> {
    let scored = KEYS.iter().map(|key| (distance(path, key.path), key));
    scored
        .min_by_key(|(score, _)| *score)
        .filter(|(score, _)| *score <= 4)
        .map(|(_, key)| key)
}

/// Levenshtein's distance in bytes.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, byte) in left.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (column, other) in right.bytes().enumerate() {
            let substituted = diagonal + usize::from(byte != other);
            diagonal = row[column + 1];
            row[column + 1] = substituted.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[right.len()]
}
