//! The database: one writer and several readers on SQLite, a pool with row-level security on PostgreSQL.

mod connect;
mod dialect;
mod migrate;
mod tx;

pub use connect::{Db, OpenError};
pub use dialect::Dialect;
pub use migrate::{MigrateError, MigrationState, migrate, migration_states, rollback};
pub use tx::{SystemTx, TenantTx};

/// Whether an error says that a unique key is already taken.
pub fn is_unique_violation(error: &sea_orm::DbErr) -> bool {
    matches!(
        error.sql_err(),
        Some(sea_orm::SqlErr::UniqueConstraintViolation(_))
    )
}
