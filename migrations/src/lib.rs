//! Schema migrations, one tree for SQLite and PostgreSQL.

use sea_orm_migration::prelude::*;

pub use sea_orm_migration;

mod m20261120_000001_platform;
mod m20261120_000002_identity;
mod m20261120_000003_airtable;
pub mod rls;

/// Every migration in order.
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261120_000001_platform::Migration),
            Box::new(m20261120_000002_identity::Migration),
            Box::new(m20261120_000003_airtable::Migration),
        ]
    }
}
