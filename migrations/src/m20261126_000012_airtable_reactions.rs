use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::ConnectionTrait;

use crate::rls;

/// What people feel about comments.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261126_000012_airtable_reactions"
    }
}

const REACTIONS: &str = "airtable_reactions";

/// `emoji` is its code points in hex, joined by `-`; `seq` as in `airtable_comments`.
const TABLE: &str = "CREATE TABLE airtable_reactions (
    tenant_id text NOT NULL, base_id text NOT NULL, comment_id text NOT NULL, emoji text NOT NULL,
    user_id text NOT NULL, person text NOT NULL, seq bigint NOT NULL,
    PRIMARY KEY (tenant_id, base_id, comment_id, emoji, user_id))";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        connection.execute_unprepared(TABLE).await?;
        rls::protect(manager, REACTIONS).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let drop_table = format!("DROP TABLE {REACTIONS}");
        connection.execute_unprepared(&drop_table).await.map(drop)
    }
}
