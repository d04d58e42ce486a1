use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::ConnectionTrait;

/// Claims look at the runs of each name for themselves.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261126_000003_lanes"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        index(manager, "kind, tenant_id, name, due").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        index(manager, "kind, tenant_id, due").await
    }
}

async fn index(manager: &SchemaManager<'_>, columns: &str) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let create =
        format!("CREATE INDEX durable_runs_due ON durable_runs ({columns}) WHERE due IS NOT NULL");
    connection
        .execute_unprepared("DROP INDEX durable_runs_due")
        .await?;
    connection.execute_unprepared(&create).await.map(drop)
}
