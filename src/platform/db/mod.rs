//! The database: one writer and several readers on SQLite, a pool with row-level security on PostgreSQL.

mod connect;
mod dialect;
mod failure;
mod file;
mod migrate;
mod pool;
mod pulse;
mod tx;
#[cfg(feature = "postgres")]
mod watch;

pub use connect::{Db, OpenError};
pub use dialect::Dialect;
pub use failure::{is_lock_timeout, is_unreachable};
pub use migrate::{MigrateError, MigrationState, migrate, migration_states, rollback};
/// What went wrong with the database.
pub use sea_orm::DbErr as DbError;
pub use tx::{Conn, SystemTx, TenantTx};
#[cfg(feature = "postgres")]
pub use watch::workers;

/// The tasks of the database; none without PostgreSQL.
#[cfg(not(feature = "postgres"))]
pub fn workers(_: &Db, _: &super::clock::Clock) -> Vec<crate::platform::tasks::Worker> {
    Vec::new()
}

/// Whether an error says that a unique key is already taken.
pub fn is_unique_violation(error: &sea_orm::DbErr) -> bool {
    matches!(
        error.sql_err(),
        Some(sea_orm::SqlErr::UniqueConstraintViolation(_))
    )
}
