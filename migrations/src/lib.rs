//! Schema migrations, one tree for SQLite and PostgreSQL.

use sea_orm_migration::prelude::*;

pub use sea_orm_migration;

mod m20261120_000001_platform;
mod m20261120_000002_identity;
mod m20261120_000003_airtable;
mod m20261125_000001_logs;
mod m20261125_000002_identity_sessions;
mod m20261125_000003_durable;
mod m20261125_000004_airtable_undo;
mod m20261125_000005_saga;
mod m20261125_000006_saga_calls;
mod m20261125_000007_saga_definitions;
mod m20261125_000008_lineage;
mod m20261125_000009_identity_key_changes;
mod m20261126_000001_vault;
mod m20261126_000002_erasure;
mod m20261126_000003_lanes;
mod m20261126_000004_identity_made_by;
mod m20261126_000005_saga_asked;
mod m20261126_000011_airtable_comments;
mod m20261126_000012_airtable_reactions;
mod m20261126_000021_change_source;
mod m20261126_000022_webhooks;
mod m20261126_000031_attachments;
mod m20261126_000041_connections;
mod m20261126_000051_mirrors;
pub mod rls;

/// Every migration in order.
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261120_000001_platform::Migration),
            Box::new(m20261120_000002_identity::Migration),
            Box::new(m20261120_000003_airtable::Migration),
            Box::new(m20261125_000001_logs::Migration),
            Box::new(m20261125_000002_identity_sessions::Migration),
            Box::new(m20261125_000003_durable::Migration),
            Box::new(m20261125_000004_airtable_undo::Migration),
            Box::new(m20261125_000005_saga::Migration),
            Box::new(m20261125_000006_saga_calls::Migration),
            Box::new(m20261125_000007_saga_definitions::Migration),
            Box::new(m20261125_000008_lineage::Migration),
            Box::new(m20261125_000009_identity_key_changes::Migration),
            Box::new(m20261126_000001_vault::Migration),
            Box::new(m20261126_000002_erasure::Migration),
            Box::new(m20261126_000003_lanes::Migration),
            Box::new(m20261126_000004_identity_made_by::Migration),
            Box::new(m20261126_000005_saga_asked::Migration),
            Box::new(m20261126_000011_airtable_comments::Migration),
            Box::new(m20261126_000012_airtable_reactions::Migration),
            Box::new(m20261126_000021_change_source::Migration),
            Box::new(m20261126_000022_webhooks::Migration),
            Box::new(m20261126_000031_attachments::Migration),
            Box::new(m20261126_000041_connections::Migration),
            Box::new(m20261126_000051_mirrors::Migration),
        ]
    }
}
