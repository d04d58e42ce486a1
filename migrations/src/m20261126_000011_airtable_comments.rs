use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::ConnectionTrait;

use crate::rls;

/// What people say about records.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261126_000011_airtable_comments"
    }
}

const COMMENTS: &str = "airtable_comments";

/// `seq` is the entry in the base's change log that made it, and so its place among the others.
const TABLE: &str = "CREATE TABLE airtable_comments (
    tenant_id text NOT NULL, base_id text NOT NULL, id text NOT NULL, table_id text NOT NULL,
    record_id text NOT NULL, seq bigint NOT NULL, author_id text NOT NULL, author text NOT NULL,
    text text NOT NULL, mentioned text NOT NULL, parent_id text, created_at bigint NOT NULL, updated_at bigint,
    PRIMARY KEY (tenant_id, base_id, id))";

const BY_RECORD: &str = "CREATE INDEX airtable_comments_record
    ON airtable_comments (tenant_id, base_id, table_id, record_id, seq)";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        for statement in [TABLE, BY_RECORD] {
            connection.execute_unprepared(statement).await?;
        }
        rls::protect(manager, COMMENTS).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let drop_table = format!("DROP TABLE {COMMENTS}");
        connection.execute_unprepared(&drop_table).await.map(drop)
    }
}
