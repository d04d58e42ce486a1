use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::ConnectionTrait;

use crate::rls;

/// Copies of bases at Airtable that are kept in step, and what of a base is hidden from its members.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261126_000051_mirrors"
    }
}

const MIRRORS: &str = "airtable_mirrors";
const REBORN: &str = "airtable_reborn_records";
const UNSETTLED: &str = "airtable_unsettled_writes";

/// `secret` and `body` are sealed; `hidden` and `progress` are JSON.
const UP: [&str; 6] = [
    "ALTER TABLE airtable_bases ADD COLUMN is_mirror boolean NOT NULL DEFAULT false",
    "ALTER TABLE airtable_offers ADD COLUMN hidden text",
    "CREATE TABLE airtable_mirrors (
        tenant_id text NOT NULL, base_id text NOT NULL, hook text NOT NULL,
        is_complete boolean NOT NULL, is_paused boolean NOT NULL, comparison_asked_at bigint,
        webhook_id text, secret text, is_notified boolean NOT NULL, next_payload bigint NOT NULL,
        changes_since bigint NOT NULL, followed_at bigint, compared_at bigint, drift bigint NOT NULL,
        progress text, fault text, due_at bigint NOT NULL,
        held_by text, held_until bigint NOT NULL, made_at bigint NOT NULL,
        PRIMARY KEY (tenant_id, base_id),
        FOREIGN KEY (tenant_id, base_id) REFERENCES airtable_offers (tenant_id, base_id) ON DELETE CASCADE)",
    // What was deleted comes back at Airtable under another id.
    "CREATE TABLE airtable_reborn_records (
        tenant_id text NOT NULL, base_id text NOT NULL, old_id text NOT NULL, new_id text NOT NULL,
        PRIMARY KEY (tenant_id, base_id, old_id),
        FOREIGN KEY (tenant_id, base_id) REFERENCES airtable_mirrors (tenant_id, base_id) ON DELETE CASCADE)",
    // What was sent to Airtable, until it is recorded what became of it.
    "CREATE TABLE airtable_unsettled_writes (
        tenant_id text NOT NULL, base_id text NOT NULL, id text NOT NULL,
        body text NOT NULL, sent_at bigint NOT NULL, epoch bigint NOT NULL, held_until bigint NOT NULL,
        PRIMARY KEY (tenant_id, base_id, id),
        FOREIGN KEY (tenant_id, base_id) REFERENCES airtable_mirrors (tenant_id, base_id) ON DELETE CASCADE)",
    "CREATE UNIQUE INDEX airtable_mirrors_hook ON airtable_mirrors (hook)",
];

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
        for table in [MIRRORS, REBORN, UNSETTLED] {
            rls::protect(manager, table).await?;
        }
        // Which are due, and whose a notification is, is looked up for all tenants at once.
        let rights = "SELECT (tenant_id, base_id, hook, is_paused, due_at, held_until)";
        rls::allow_system(manager, MIRRORS, rights).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [UNSETTLED, REBORN, MIRRORS] {
            manager
                .drop_table(Table::drop().table(table).to_owned())
                .await?;
        }
        let connection = manager.get_connection();
        for statement in [
            "ALTER TABLE airtable_offers DROP COLUMN hidden",
            "ALTER TABLE airtable_bases DROP COLUMN is_mirror",
        ] {
            connection.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
