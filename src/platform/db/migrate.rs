use std::fs::File;

use migrations::Migrator;
use migrations::sea_orm_migration::{MigrationStatus, MigratorTrait};
use sea_orm::sqlx::sqlite::SqliteJournalMode;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbErr, Statement};
use secrecy::{ExposeSecret, SecretString};

use super::connect::{OpenError, database_url};
use super::dialect::Dialect;
use super::file;
use crate::platform::private;
use crate::platform::settings::Settings;

/// Any number that no other use of advisory locks in this database takes.
const POSTGRES_LOCK: i64 = 0x5079_4169_7274;

/// Migrations could not run.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The database cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The lock that keeps two instances apart cannot be taken.
    #[error("failed to lock the database for migration")]
    Lock(#[source] std::io::Error),
    /// A statement failed.
    #[error("failed to migrate the database")]
    Database(#[from] DbErr),
}

/// One migration and whether it has run.
#[derive(Clone, Debug)]
pub struct MigrationState {
    /// Its dated name.
    pub name: String,
    /// Whether the database has it.
    pub applied: bool,
}

/// Brings the database to the newest schema; a second instance waits for the first.
pub async fn migrate(settings: &Settings) -> Result<(), MigrateError> {
    let session = Session::open(settings).await?;
    let outcome = Migrator::up(&session.connection, None).await;
    session.close().await;
    Ok(outcome?)
}

/// Takes back the newest `steps` migrations.
pub async fn rollback(settings: &Settings, steps: u32) -> Result<(), MigrateError> {
    let session = Session::open(settings).await?;
    let outcome = Migrator::down(&session.connection, Some(steps)).await;
    session.close().await;
    Ok(outcome?)
}

/// Every migration of this binary, oldest first.
pub async fn migration_states(settings: &Settings) -> Result<Vec<MigrationState>, MigrateError> {
    let session = Session::open(settings).await?;
    let outcome = Migrator::get_migration_with_status(&session.connection).await;
    session.close().await;
    let states = outcome?.into_iter().map(|migration| MigrationState {
        name: migration.name().to_owned(),
        applied: migration.status() == MigrationStatus::Applied,
    });
    Ok(states.collect())
}

/// One locked connection as the owner of the tables.
struct Session {
    connection: DatabaseConnection,
    _lock: Option<File>,
}

impl Session {
    async fn open(settings: &Settings) -> Result<Self, MigrateError> {
        let url = match &settings.database.migration_url {
            Some(url) => url.clone(),
            None => database_url(settings)?,
        };
        let dialect = Dialect::of_url(url.expose_secret()).ok_or(OpenError::UnknownScheme)?;
        let lock = match dialect {
            Dialect::Sqlite => {
                file::keep_private(&url)?;
                lock_file(&url).await.map_err(MigrateError::Lock)?
            }
            Dialect::Postgres => None,
        };
        let connection = connect(&url, dialect).await?;
        if dialect == Dialect::Postgres {
            prepare_postgres(&connection, &settings.database.app_role).await?;
        }
        Ok(Self {
            connection,
            _lock: lock,
        })
    }

    /// Closing the one connection also gives back PostgreSQL's advisory lock.
    async fn close(self) {
        let _ = self.connection.close().await;
    }
}

async fn connect(url: &SecretString, dialect: Dialect) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(url.expose_secret());
    options.max_connections(1).sqlx_logging(false);
    if dialect == Dialect::Sqlite {
        options.map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .foreign_keys(true)
                .busy_timeout(std::time::Duration::from_secs(30))
        });
    }
    Database::connect(options).await
}

async fn prepare_postgres(connection: &DatabaseConnection, app_role: &str) -> Result<(), DbErr> {
    let backend = connection.get_database_backend();
    let lock = Statement::from_sql_and_values(
        backend,
        "SELECT pg_advisory_lock($1)",
        [POSTGRES_LOCK.into()],
    );
    connection.execute_raw(lock).await?;
    let role = Statement::from_sql_and_values(
        backend,
        "SELECT set_config('pyairtable.app_role', $1, false)",
        [app_role.into()],
    );
    connection.execute_raw(role).await.map(drop)
}

async fn lock_file(url: &SecretString) -> std::io::Result<Option<File>> {
    let Some(path) = file::path(url, ".lock") else {
        return Ok(None);
    };
    // The holder may need this very thread to finish, so the wait must not block it.
    let locked = tokio::task::spawn_blocking(move || {
        let file = private::make_file(&path)?;
        file.lock()?;
        Ok(Some(file))
    });
    locked.await.map_err(std::io::Error::other)?
}
