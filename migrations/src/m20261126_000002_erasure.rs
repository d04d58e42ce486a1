use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::ConnectionTrait;

use crate::rls;

/// Images that are erased at the end of the undo window.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261126_000002_erasure"
    }
}

const BASES: &str = "airtable_bases";
const SETS: &str = "saga_change_sets";

/// How far a base's change log has no images any more, and since when a change set cannot be undone.
const UP: [&str; 3] = [
    "ALTER TABLE airtable_bases ADD COLUMN erased_seq bigint NOT NULL DEFAULT 0",
    "ALTER TABLE saga_change_sets ADD COLUMN expired_at bigint",
    "CREATE INDEX saga_change_sets_lasting ON saga_change_sets (started_at) WHERE expired_at IS NULL",
];

const DOWN: [&str; 3] = [
    "DROP INDEX saga_change_sets_lasting",
    "ALTER TABLE saga_change_sets DROP COLUMN expired_at",
    "ALTER TABLE airtable_bases DROP COLUMN erased_seq",
];

const READ_TIMES: &str =
    "DECLARE role_name text := current_setting('pyairtable.app_role') || '_system';
    BEGIN EXECUTE format('GRANT SELECT (at) ON airtable_changes TO %I', role_name); END";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        for statement in UP {
            connection.execute_unprepared(statement).await?;
        }
        // What is too old is looked for in all tenants at once.
        rls::allow_system(manager, BASES, "SELECT (tenant_id, id, erased_seq)").await?;
        let rights = "SELECT (tenant_id, id, started_at, expired_at), UPDATE (expired_at)";
        rls::allow_system(manager, SETS, rights).await?;
        rls::run(manager, READ_TIMES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [SETS, BASES] {
            rls::deny_system(manager, table).await?;
        }
        let connection = manager.get_connection();
        for statement in DOWN {
            connection.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
