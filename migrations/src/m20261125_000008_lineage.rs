use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

use crate::rls;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261125_000008_lineage"
    }
}

/// One row: which database this is, and how often it was restored.
const TABLE: &str = "CREATE TABLE database_lineage (
    one integer PRIMARY KEY CHECK (one = 1), id text NOT NULL, generation bigint NOT NULL,
    restored_at bigint NOT NULL, is_holding boolean NOT NULL)";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let random = match manager.get_database_backend() {
            DbBackend::Postgres => "replace(gen_random_uuid()::text, '-', '')",
            _ => "lower(hex(randomblob(16)))",
        };
        let row = format!("INSERT INTO database_lineage VALUES (1, {random}, 0, 0, FALSE)");
        connection.execute_unprepared(TABLE).await?;
        connection.execute_unprepared(&row).await?;
        rls::allow_system(manager, "database_lineage", "SELECT, UPDATE").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        connection
            .execute_unprepared("DROP TABLE database_lineage")
            .await
            .map(drop)
    }
}
