use sea_orm_migration::prelude::*;

use crate::rls;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261120_000003_airtable"
    }
}

const TABLES: [&str; 4] = [
    "airtable_bases",
    "airtable_tables",
    "airtable_records",
    "airtable_changes",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_bases(manager).await?;
        create_tables(manager).await?;
        create_records(manager).await?;
        create_changes(manager).await?;
        for table in TABLES {
            rls::protect(manager, table).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES.into_iter().rev() {
            manager
                .drop_table(Table::drop().table(table).to_owned())
                .await?;
        }
        Ok(())
    }
}

async fn create_bases(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("airtable_bases")
        .col(ColumnDef::new("tenant_id").text().not_null())
        .col(ColumnDef::new("id").text().not_null())
        .col(ColumnDef::new("workspace_id").text().not_null())
        .col(ColumnDef::new("name").text().not_null())
        .col(ColumnDef::new("seq").big_integer().not_null())
        .col(ColumnDef::new("counters").text().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .primary_key(Index::create().col("tenant_id").col("id"))
        .to_owned();
    manager.create_table(table).await
}

async fn create_tables(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("airtable_tables")
        .col(ColumnDef::new("tenant_id").text().not_null())
        .col(ColumnDef::new("base_id").text().not_null())
        .col(ColumnDef::new("id").text().not_null())
        .col(ColumnDef::new("position").integer().not_null())
        .col(ColumnDef::new("definition").text().not_null())
        .primary_key(Index::create().col("tenant_id").col("base_id").col("id"))
        .to_owned();
    manager.create_table(table).await
}

async fn create_records(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("airtable_records")
        .col(ColumnDef::new("tenant_id").text().not_null())
        .col(ColumnDef::new("base_id").text().not_null())
        .col(ColumnDef::new("table_id").text().not_null())
        .col(ColumnDef::new("id").text().not_null())
        .col(ColumnDef::new("row_no").big_integer().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("created_by").text())
        .col(ColumnDef::new("updated_at").big_integer())
        .col(ColumnDef::new("updated_by").text())
        .col(ColumnDef::new("cells").text().not_null())
        .primary_key(
            Index::create()
                .col("tenant_id")
                .col("base_id")
                .col("table_id")
                .col("id"),
        )
        .to_owned();
    manager.create_table(table).await
}

async fn create_changes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("airtable_changes")
        .col(ColumnDef::new("tenant_id").text().not_null())
        .col(ColumnDef::new("base_id").text().not_null())
        .col(ColumnDef::new("seq").big_integer().not_null())
        .col(ColumnDef::new("txn").text().not_null())
        .col(ColumnDef::new("kind").text().not_null())
        .col(ColumnDef::new("table_id").text())
        .col(ColumnDef::new("record_id").text())
        .col(ColumnDef::new("row_no").big_integer())
        .col(ColumnDef::new("before").text())
        .col(ColumnDef::new("after").text())
        .col(ColumnDef::new("actor").text().not_null())
        .col(ColumnDef::new("client").text())
        .col(ColumnDef::new("at").big_integer().not_null())
        .primary_key(Index::create().col("tenant_id").col("base_id").col("seq"))
        .to_owned();
    manager.create_table(table).await?;
    let index = Index::create()
        .name("airtable_changes_record")
        .table("airtable_changes")
        .col("tenant_id")
        .col("base_id")
        .col("record_id")
        .col("seq")
        .to_owned();
    manager.create_index(index).await
}
