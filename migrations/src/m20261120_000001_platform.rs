use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

use crate::rls;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261120_000001_platform"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        rls::create_roles(manager).await?;
        create_event_log(manager).await?;
        create_cursors(manager).await?;
        create_dead_letters(manager).await?;
        rls::protect(manager, "event_log").await?;
        rls::allow_system(manager, "event_log", "SELECT, UPDATE").await?;
        rls::allow_system(manager, "event_cursors", "SELECT, INSERT, UPDATE").await?;
        rls::protect(manager, "event_dead_letters").await?;
        rls::allow_system(manager, "event_dead_letters", "SELECT, INSERT").await?;
        grant_sequence(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["event_dead_letters", "event_cursors", "event_log"] {
            manager
                .drop_table(Table::drop().table(table).to_owned())
                .await?;
        }
        Ok(())
    }
}

async fn create_event_log(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("event_log")
        .col(
            ColumnDef::new("seq")
                .big_integer()
                .not_null()
                .auto_increment()
                .primary_key(),
        )
        .col(ColumnDef::new("id").text().not_null())
        .col(ColumnDef::new("tenant_id").text().not_null())
        .col(ColumnDef::new("aggregate_type").text().not_null())
        .col(ColumnDef::new("aggregate_id").text().not_null())
        .col(ColumnDef::new("event_type").text().not_null())
        .col(ColumnDef::new("payload").text().not_null())
        .col(ColumnDef::new("occurred_at").big_integer().not_null())
        .col(ColumnDef::new("position").big_integer())
        .to_owned();
    manager.create_table(table).await?;
    manager
        .create_index(
            Index::create()
                .name("event_log_position")
                .table("event_log")
                .col("position")
                .unique()
                .to_owned(),
        )
        .await?;
    // A subscription looks only at the types it wants, however many others lie between.
    manager
        .create_index(
            Index::create()
                .name("event_log_type")
                .table("event_log")
                .col("event_type")
                .col("position")
                .to_owned(),
        )
        .await
}

async fn create_cursors(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("event_cursors")
        .col(ColumnDef::new("name").text().not_null().primary_key())
        .col(ColumnDef::new("position").big_integer().not_null())
        .col(ColumnDef::new("owner").text())
        .col(
            ColumnDef::new("lease_until")
                .big_integer()
                .not_null()
                .default(0),
        )
        .col(ColumnDef::new("failures").integer().not_null().default(0))
        .col(
            ColumnDef::new("retry_at")
                .big_integer()
                .not_null()
                .default(0),
        )
        .to_owned();
    manager.create_table(table).await
}

async fn create_dead_letters(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("event_dead_letters")
        .col(ColumnDef::new("subscription").text().not_null())
        .col(ColumnDef::new("position").big_integer().not_null())
        .col(ColumnDef::new("tenant_id").text().not_null())
        .col(ColumnDef::new("aggregate_id").text().not_null())
        .col(ColumnDef::new("error").text().not_null())
        .col(ColumnDef::new("failed_at").big_integer().not_null())
        .primary_key(Index::create().col("subscription").col("position"))
        .to_owned();
    manager.create_table(table).await
}

/// Identity columns need no grant, but a serial's sequence does.
async fn grant_sequence(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    if manager.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let block = "DO $block$ BEGIN
        EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO %I',
                       current_schema(), current_setting('pyairtable.app_role'));
        END; $block$";
    manager
        .get_connection()
        .execute_unprepared(block)
        .await
        .map(drop)
}
