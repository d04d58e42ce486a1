use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    AccessMode, ConnectionTrait, Database, DatabaseConnection, DbErr, IsolationLevel, QueryResult,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use secrecy::{ExposeSecret, SecretString};
#[cfg(feature = "postgres")]
use sqlx::postgres::PgConnectOptions;

use super::dialect::Dialect;
use super::file;
use super::pool::{base_options, leave_broken, prepare_pool};
use super::pulse::Pulse;
use super::tx::{Conn, SystemTx, TenantTx};
use crate::platform::clock::Clock;
use crate::platform::ids::TenantId;
use crate::platform::private;
use crate::platform::settings::{Peer, Settings};

const SQLITE_READERS: u32 = 4;
const SYSTEM_CONNECTIONS: u32 = 3;
pub(super) const TIME: &str =
    "SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now";

/// Handle on the database; cheap to clone.
#[derive(Clone)]
pub struct Db {
    dialect: Dialect,
    writer: DatabaseConnection,
    reader: DatabaseConnection,
    system: DatabaseConnection,
    pulse: Pulse,
}

/// The database cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL's scheme is not `sqlite` or `postgres`.
    #[error("database.url must begin with sqlite: or postgres:")]
    UnknownScheme,
    /// PostgreSQL was asked for, but this binary was built without it.
    #[error("this binary was built without the feature postgres")]
    NoPostgres,
    /// The data directory cannot be used.
    #[error("failed to use the data directory {path}")]
    DataDir {
        /// Which directory.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The database file cannot be made, or not be kept from other users.
    #[error("failed to use the database file {path}")]
    File {
        /// Which file.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The server or file cannot be reached.
    #[error("failed to open the database")]
    Connect(#[from] DbErr),
}

impl Db {
    /// Opens the database that the settings name, without migrating it.
    pub async fn open(settings: &Settings) -> Result<Self, OpenError> {
        let url = database_url(settings)?;
        let dialect = Dialect::of_url(url.expose_secret()).ok_or(OpenError::UnknownScheme)?;
        match dialect {
            Dialect::Sqlite => Self::open_sqlite(&url, settings).await,
            Dialect::Postgres if cfg!(feature = "postgres") => {
                Self::open_postgres(&url, settings).await
            }
            Dialect::Postgres => Err(OpenError::NoPostgres),
        }
    }

    async fn open_sqlite(url: &SecretString, settings: &Settings) -> Result<Self, OpenError> {
        file::keep_private(url)?;
        let pulse = Pulse::of_file();
        let options = |connections: u32| {
            let mut options = base_options(url, settings, connections);
            leave_broken(&mut options, &pulse);
            options.map_sqlx_sqlite_opts(|sqlite| {
                sqlite
                    .create_if_missing(true)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Full)
                    .busy_timeout(std::time::Duration::from_secs(5))
                    .foreign_keys(true)
                    .statement_cache_capacity(256)
                    .optimize_on_close(true, None)
                    .pragma("cache_size", "-8000")
                    .pragma("temp_store", "memory")
            });
            options
        };
        // One writer connection: SQLite has one write lock, and waiting in the pool is fair where the lock is not.
        let writer = Database::connect(options(1)).await?;
        let reader = Database::connect(options(SQLITE_READERS)).await?;
        Ok(Self {
            dialect: Dialect::Sqlite,
            system: writer.clone(),
            writer,
            reader,
            pulse,
        })
    }

    async fn open_postgres(url: &SecretString, settings: &Settings) -> Result<Self, OpenError> {
        let pulse = Pulse::of_server();
        let pool = |connections: u32, role: String| {
            let mut options = base_options(url, settings, connections);
            let is_local = Peer::of_url(url).is_some_and(|peer| peer.is_local());
            prepare_pool(&mut options, &role, (&pulse, is_local));
            options
        };
        let app_role = settings.database.app_role.clone();
        let system_role = format!("{app_role}_system");
        let writer = Database::connect(pool(settings.database.max_connections, app_role)).await?;
        let system = Database::connect(pool(SYSTEM_CONNECTIONS, system_role)).await?;
        Ok(Self {
            dialect: Dialect::Postgres,
            reader: writer.clone(),
            writer,
            system,
            pulse,
        })
    }

    /// Which database it is.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// How to open a PostgreSQL connection outside the pools, such as one that listens; `None` on SQLite.
    #[cfg(feature = "postgres")]
    pub(in crate::platform) fn postgres_options(&self) -> Option<PgConnectOptions> {
        let is_postgres = self.dialect == Dialect::Postgres;
        is_postgres.then(|| {
            let pool = self.writer.get_postgres_connection_pool();
            PgConnectOptions::clone(&pool.connect_options())
        })
    }

    #[cfg(feature = "postgres")]
    pub(super) fn pulse(&self) -> &Pulse {
        &self.pulse
    }

    /// Begins a transaction that writes rows of one tenant.
    pub async fn begin(&self, tenant: TenantId) -> Result<TenantTx, DbErr> {
        let inner = self
            .open_tx(&self.writer, write_options(self.dialect))
            .await?;
        self.enter(&inner, tenant).await?;
        Ok(TenantTx::new(inner, tenant))
    }

    /// Turns a transaction to the rows of another tenant, so that changes of several share one commit.
    pub(in crate::platform) async fn turn_to(
        &self,
        tx: &mut TenantTx,
        tenant: TenantId,
    ) -> Result<(), DbErr> {
        if tx.tenant() != tenant {
            self.enter(tx.conn(), tenant).await?;
            tx.set_tenant(tenant);
        }
        Ok(())
    }

    /// Begins a transaction that reads one consistent state of one tenant's rows.
    pub async fn read(&self, tenant: TenantId) -> Result<TenantTx, DbErr> {
        let inner = self
            .open_tx(&self.reader, read_options(self.dialect))
            .await?;
        self.enter(&inner, tenant).await?;
        Ok(TenantTx::new(inner, tenant))
    }

    /// Begins a transaction outside any tenant; what it may touch is listed in the migrations.
    pub async fn system(&self) -> Result<SystemTx, DbErr> {
        let options = write_options(self.dialect);
        Ok(SystemTx::new(self.open_tx(&self.system, options).await?))
    }

    /// Begins a read-only transaction outside any tenant.
    pub async fn system_read(&self) -> Result<SystemTx, DbErr> {
        let pool = if self.dialect == Dialect::Sqlite {
            &self.reader
        } else {
            &self.system
        };
        let options = read_options(self.dialect);
        Ok(SystemTx::new(self.open_tx(pool, options).await?))
    }

    /// Runs one statement outside any tenant, in a transaction of its own that costs no more than the statement.
    pub(in crate::platform) async fn system_rows(
        &self,
        statement: Statement,
    ) -> Result<Vec<QueryResult>, DbErr> {
        self.pulse.refuse()?;
        let rows = self.system.query_all_raw(statement);
        self.pulse.race(rows).await
    }

    /// Sets a clock to the database's time, where instances share the database; on SQLite the host's clock is the time.
    pub async fn set_clock(&self, clock: &Clock) -> Result<(), DbErr> {
        if self.dialect == Dialect::Sqlite {
            return Ok(());
        }
        let tx = self.system_read().await?;
        let ask = Statement::from_string(sea_orm::DbBackend::Postgres, TIME);
        let told = tx.conn().query_one_raw(ask).await?;
        let told = told.map(|row| row.try_get("", "now")).transpose()?;
        told.into_iter().for_each(|now| clock.follow(now));
        Ok(())
    }

    /// Answers once the database does.
    pub async fn ping(&self) -> Result<(), DbErr> {
        self.pulse.refuse()?;
        let asked = self.reader.execute_unprepared("SELECT 1");
        self.pulse.race(asked).await.map(drop)
    }

    /// Closes all connections.
    pub async fn close(&self) {
        // Closing twice is harmless; what fails here cannot be mended any more.
        let _ = self.reader.clone().close().await;
        let _ = self.writer.clone().close().await;
        let _ = self.system.clone().close().await;
    }

    async fn open_tx(
        &self,
        pool: &DatabaseConnection,
        options: TransactionOptions,
    ) -> Result<Conn, DbErr> {
        self.pulse.refuse()?;
        let inner = self.pulse.race(pool.begin_with_options(options)).await?;
        Ok(Conn::new(inner, self.pulse.clone()))
    }

    async fn enter(&self, transaction: &Conn, tenant: TenantId) -> Result<(), DbErr> {
        if self.dialect == Dialect::Sqlite {
            return Ok(());
        }
        let statement = Statement::from_sql_and_values(
            sea_orm::DbBackend::Postgres,
            "SELECT set_config('app.tenant_id', $1, true)",
            [tenant.to_string().into()],
        );
        transaction.execute_raw(statement).await.map(drop)
    }
}

fn write_options(dialect: Dialect) -> TransactionOptions {
    TransactionOptions {
        sqlite_transaction_mode: (dialect == Dialect::Sqlite)
            .then_some(SqliteTransactionMode::Immediate),
        ..Default::default()
    }
}

fn read_options(dialect: Dialect) -> TransactionOptions {
    match dialect {
        Dialect::Sqlite => TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Deferred),
            ..Default::default()
        },
        Dialect::Postgres => TransactionOptions {
            isolation_level: Some(IsolationLevel::RepeatableRead),
            access_mode: Some(AccessMode::ReadOnly),
            ..Default::default()
        },
    }
}

/// The configured URL, or that of a SQLite file in the data directory, which is made when missing.
pub(super) fn database_url(settings: &Settings) -> Result<SecretString, OpenError> {
    if let Some(url) = &settings.database.url {
        return Ok(url.clone());
    }
    private::make_dir(&settings.data_dir).map_err(|source| OpenError::DataDir {
        path: settings.data_dir.display().to_string(),
        source,
    })?;
    let file = settings.data_dir.join("pyairtable.db");
    Ok(format!("sqlite:{}?mode=rwc", file.display()).into())
}
