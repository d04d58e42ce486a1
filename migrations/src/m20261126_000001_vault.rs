use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::ConnectionTrait;

use crate::rls;

/// Data keys, and images in the change log that are sealed with them.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261126_000001_vault"
    }
}

/// One row: which instance key seals this database.
const INSTANCE: &str = "CREATE TABLE vault_instance (
    one integer PRIMARY KEY CHECK (one = 1), key_name text NOT NULL)";

const KEYS: &str = "CREATE TABLE vault_keys (
    tenant_id text NOT NULL, version bigint NOT NULL, wrapped text NOT NULL, wrapped_by text NOT NULL,
    made_at bigint NOT NULL, PRIMARY KEY (tenant_id, version))";

/// What a version before this one wrote, or writes while it still runs, is not sealed.
const SEALED: &str =
    "ALTER TABLE airtable_changes ADD COLUMN is_sealed boolean NOT NULL DEFAULT FALSE";

/// Small, for it empties as the entries are sealed.
const PLAIN: &str = "CREATE INDEX airtable_changes_plain ON airtable_changes (tenant_id, base_id, seq) \
    WHERE NOT is_sealed";

/// Old entries are sealed for all tenants at once; the system role can read no image, and the application change none.
const FOR_SYSTEM: &str =
    "SELECT (tenant_id, base_id, seq, is_sealed), UPDATE (before, after, is_sealed)";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        for statement in [INSTANCE, KEYS, SEALED, PLAIN] {
            connection.execute_unprepared(statement).await?;
        }
        rls::protect(manager, "vault_keys").await?;
        rls::allow_system(manager, "vault_instance", "SELECT, INSERT").await?;
        rls::allow_system(manager, "airtable_changes", FOR_SYSTEM).await
    }

    /// Images that are sealed stay so, and nothing opens them any more.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        rls::deny_system(manager, "airtable_changes").await?;
        let connection = manager.get_connection();
        for statement in [
            "DROP INDEX airtable_changes_plain",
            "ALTER TABLE airtable_changes DROP COLUMN is_sealed",
            "DROP TABLE vault_keys",
            "DROP TABLE vault_instance",
        ] {
            connection.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
