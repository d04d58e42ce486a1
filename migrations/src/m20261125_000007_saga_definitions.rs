use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::ConnectionTrait;

use crate::rls;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261125_000007_saga_definitions"
    }
}

const DEFINITIONS: &str = "saga_definitions";

const TABLE: &str = "CREATE TABLE saga_definitions (
    tenant_id text NOT NULL, name text NOT NULL, version bigint NOT NULL, workspace_id text NOT NULL,
    body text NOT NULL, events text NOT NULL, saved_by text NOT NULL, saved_at bigint NOT NULL,
    PRIMARY KEY (tenant_id, name, version))";

const LISTED: &str = "CREATE INDEX durable_runs_listed ON durable_runs (tenant_id, kind, id)";
const BY_TRANSACTION: &str =
    "CREATE INDEX saga_change_parts_txn ON saga_change_parts (tenant_id, txn)";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        for statement in [TABLE, LISTED, BY_TRANSACTION] {
            connection.execute_unprepared(statement).await?;
        }
        rls::protect(manager, DEFINITIONS).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        for statement in [
            "DROP INDEX saga_change_parts_txn",
            "DROP INDEX durable_runs_listed",
            "DROP TABLE saga_definitions",
        ] {
            connection.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
