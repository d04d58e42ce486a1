use sea_orm_migration::prelude::*;

use crate::rls;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261125_000005_saga"
    }
}

const SETS: &str = "saga_change_sets";
const PARTS: &str = "saga_change_parts";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_sets(manager).await?;
        create_parts(manager).await?;
        for table in [SETS, PARTS] {
            rls::protect(manager, table).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [PARTS, SETS] {
            manager
                .drop_table(Table::drop().table(table).to_owned())
                .await?;
        }
        Ok(())
    }
}

async fn create_sets(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table(SETS)
        .col(ColumnDef::new("tenant_id").text().not_null())
        .col(ColumnDef::new("id").text().not_null())
        .col(ColumnDef::new("origin").text().not_null())
        .col(ColumnDef::new("title").text().not_null())
        .col(ColumnDef::new("client").text())
        .col(ColumnDef::new("user_id").text().not_null())
        .col(ColumnDef::new("user_name").text().not_null())
        .col(ColumnDef::new("state").text().not_null())
        .col(ColumnDef::new("undoes").text())
        .col(ColumnDef::new("started_at").big_integer().not_null())
        .col(ColumnDef::new("finished_at").big_integer())
        // What a later attempt has raised keeps an earlier one from writing.
        .col(ColumnDef::new("fence").big_integer().not_null().default(0))
        .primary_key(Index::create().col("tenant_id").col("id"))
        .to_owned();
    manager.create_table(table).await?;
    // Few change sets are undone, so that the index stays small and most writes do not touch it.
    let index = Index::create()
        .name("saga_change_sets_undoes")
        .table(SETS)
        .col("tenant_id")
        .col("undoes")
        .and_where(Expr::col("undoes").is_not_null())
        .to_owned();
    manager.create_index(index).await
}

async fn create_parts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table(PARTS)
        .col(ColumnDef::new("tenant_id").text().not_null())
        .col(ColumnDef::new("set_id").text().not_null())
        .col(ColumnDef::new("txn").text().not_null())
        .col(ColumnDef::new("base_id").text().not_null())
        .col(ColumnDef::new("base_name").text().not_null())
        .col(ColumnDef::new("workspace_id").text().not_null())
        .col(ColumnDef::new("first_seq").big_integer().not_null())
        .col(ColumnDef::new("last_seq").big_integer().not_null())
        .col(ColumnDef::new("tables").text().not_null())
        .col(ColumnDef::new("schema").text().not_null())
        .col(ColumnDef::new("at").big_integer().not_null())
        .primary_key(Index::create().col("tenant_id").col("set_id").col("txn"))
        .to_owned();
    manager.create_table(table).await
}
