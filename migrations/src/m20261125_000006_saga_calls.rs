use sea_orm_migration::prelude::*;

use crate::rls;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261125_000006_saga_calls"
    }
}

const APPROVALS: &str = "saga_approvals";
const CALLS: &str = "saga_calls";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_approvals(manager).await?;
        create_calls(manager).await?;
        for table in [APPROVALS, CALLS] {
            rls::protect(manager, table).await?;
            // What has expired is cleared away for all tenants at once.
            rls::allow_system(manager, table, "SELECT, DELETE").await?;
            let index = Index::create()
                .name(format!("{table}_expires"))
                .table(table)
                .col("expires_at")
                .to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [CALLS, APPROVALS] {
            manager
                .drop_table(Table::drop().table(table).to_owned())
                .await?;
        }
        Ok(())
    }
}

async fn create_approvals(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table(APPROVALS)
        .col(ColumnDef::new("tenant_id").text().not_null())
        .col(ColumnDef::new("id").text().not_null())
        .col(ColumnDef::new("user_id").text().not_null())
        .col(ColumnDef::new("principal").text().not_null())
        .col(ColumnDef::new("tool").text().not_null())
        .col(ColumnDef::new("title").text().not_null())
        .col(ColumnDef::new("client").text())
        .col(ColumnDef::new("arguments").text().not_null())
        .col(ColumnDef::new("plan_digest").text().not_null())
        .col(ColumnDef::new("plan").text().not_null())
        .col(ColumnDef::new("state").text().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("expires_at").big_integer().not_null())
        .primary_key(Index::create().col("tenant_id").col("id"))
        .to_owned();
    manager.create_table(table).await
}

async fn create_calls(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table(CALLS)
        .col(ColumnDef::new("tenant_id").text().not_null())
        .col(ColumnDef::new("principal").text().not_null())
        .col(ColumnDef::new("tool").text().not_null())
        .col(ColumnDef::new("slot").text().not_null())
        .col(ColumnDef::new("arguments").text().not_null())
        .col(ColumnDef::new("change_id").text().not_null())
        .col(ColumnDef::new("state").text().not_null())
        .col(ColumnDef::new("result").text())
        .col(ColumnDef::new("is_error").boolean().not_null())
        .col(ColumnDef::new("alive_until").big_integer().not_null())
        .col(ColumnDef::new("expires_at").big_integer().not_null())
        .primary_key(
            Index::create()
                .col("tenant_id")
                .col("principal")
                .col("tool")
                .col("slot"),
        )
        .to_owned();
    manager.create_table(table).await
}
