use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::ConnectionTrait;

use crate::rls;

/// Attachments of cells, each with what is known of its file.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261126_000031_attachments"
    }
}

const TABLE: &str = "airtable_attachments";

/// `hash` names the file once it is there; `gone_at` is since when no cell has the attachment.
const UP: [&str; 4] = [
    "CREATE TABLE airtable_attachments (
        tenant_id text NOT NULL, id text NOT NULL, base_id text NOT NULL,
        table_id text NOT NULL, record_id text NOT NULL, field_id text NOT NULL,
        filename text NOT NULL, source text, error text,
        hash text, size bigint, media_type text, width bigint, height bigint, thumbnails text,
        made_at bigint NOT NULL, gone_at bigint,
        PRIMARY KEY (tenant_id, id),
        FOREIGN KEY (tenant_id, base_id) REFERENCES airtable_bases (tenant_id, id) ON DELETE CASCADE)",
    "CREATE INDEX airtable_attachments_base ON airtable_attachments (tenant_id, base_id)",
    "CREATE INDEX airtable_attachments_hash ON airtable_attachments (tenant_id, hash)",
    "CREATE INDEX airtable_attachments_gone ON airtable_attachments (gone_at) WHERE gone_at IS NOT NULL",
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
        rls::protect(manager, TABLE).await?;
        // What is gone for good is deleted for all tenants at once.
        rls::allow_system(manager, TABLE, "SELECT (gone_at), DELETE").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table(TABLE).to_owned())
            .await
    }
}
