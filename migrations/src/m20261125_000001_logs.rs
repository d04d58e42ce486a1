use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

use crate::rls;

/// Failing events are retried beside the cursor, and nobody rewrites the event log or the change log.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261125_000001_logs"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        hold_events(manager).await?;
        change_cursors(manager).await?;
        delete_changes_with_their_base(manager).await?;
        rls::run(manager, ONLY_INSERT).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        rls::run(manager, AS_BEFORE).await?;
        leave_changes_without_base(manager).await?;
        alter(manager, "event_cursors", |table| {
            table.drop_column("event_types");
        })
        .await?;
        for column in [failures(), retry_at().not_null().default(0).to_owned()] {
            alter(manager, "event_cursors", |table| {
                table.add_column(column);
            })
            .await?;
        }
        let index = Index::drop()
            .name(HELD_INDEX)
            .table("event_held")
            .to_owned();
        manager.drop_index(index).await?;
        for column in ["attempts", "retry_at"] {
            alter(manager, "event_held", |table| {
                table.drop_column(column);
            })
            .await?;
        }
        rename(manager, "event_held", "event_dead_letters").await
    }
}

const HELD_INDEX: &str = "event_held_aggregate";

/// The application adds to the logs and reads them; places are given out, and old events deleted, by the system role.
const ONLY_INSERT: &str = "DECLARE app text := current_setting('pyairtable.app_role');
     BEGIN
       EXECUTE format('REVOKE UPDATE, DELETE ON event_log, airtable_changes FROM %I', app);
       EXECUTE format('REVOKE ALL ON event_held FROM %I', app);
       EXECUTE format('REVOKE UPDATE ON event_log FROM %I', app || '_system');
       EXECUTE format('GRANT UPDATE (position), DELETE ON event_log TO %I', app || '_system');
       EXECUTE format('GRANT UPDATE, DELETE ON event_held TO %I', app || '_system');
     END";

const AS_BEFORE: &str = "DECLARE app text := current_setting('pyairtable.app_role');
     BEGIN
       EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON event_log, airtable_changes, event_held TO %I', app);
       EXECUTE format('REVOKE DELETE ON event_log FROM %I', app || '_system');
       EXECUTE format('GRANT UPDATE ON event_log TO %I', app || '_system');
       EXECUTE format('REVOKE UPDATE, DELETE ON event_held FROM %I', app || '_system');
     END";

async fn alter(
    manager: &SchemaManager<'_>,
    table: &'static str,
    change: impl FnOnce(&mut TableAlterStatement),
) -> Result<(), DbErr> {
    let mut statement = Table::alter().table(table).to_owned();
    change(&mut statement);
    manager.alter_table(statement).await
}

async fn rename(
    manager: &SchemaManager<'_>,
    from: &'static str,
    to: &'static str,
) -> Result<(), DbErr> {
    manager
        .rename_table(Table::rename().table(from, to).to_owned())
        .await
}

fn failures() -> ColumnDef {
    ColumnDef::new("failures")
        .integer()
        .not_null()
        .default(0)
        .to_owned()
}

fn retry_at() -> ColumnDef {
    ColumnDef::new("retry_at").big_integer().to_owned()
}

/// Dead letters of before have no time of a retry, so they stay dead until an operator decides.
async fn hold_events(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    rename(manager, "event_dead_letters", "event_held").await?;
    let attempts = ColumnDef::new("attempts")
        .integer()
        .not_null()
        .default(0)
        .to_owned();
    for column in [attempts, retry_at()] {
        alter(manager, "event_held", |table| {
            table.add_column(column);
        })
        .await?;
    }
    let index = Index::create()
        .name(HELD_INDEX)
        .table("event_held")
        .col("subscription")
        .col("tenant_id")
        .col("aggregate_id")
        .col("position")
        .to_owned();
    manager.create_index(index).await
}

/// Empty types are all types, so nothing is trimmed before a subscription has said what it wants.
async fn change_cursors(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    for column in ["failures", "retry_at"] {
        alter(manager, "event_cursors", |table| {
            table.drop_column(column);
        })
        .await?;
    }
    let types = ColumnDef::new("event_types")
        .text()
        .not_null()
        .default("")
        .to_owned();
    alter(manager, "event_cursors", |table| {
        table.add_column(types);
    })
    .await
}

/// The database deletes a base's change log with the base, so nobody needs the right to delete changes.
async fn delete_changes_with_their_base(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    // SQLite adds no foreign key to a table that is there.
    let statement = if manager.get_database_backend() == DbBackend::Postgres {
        "ALTER TABLE airtable_changes ADD CONSTRAINT airtable_changes_base
           FOREIGN KEY (tenant_id, base_id) REFERENCES airtable_bases (tenant_id, id) ON DELETE CASCADE"
    } else {
        "CREATE TRIGGER airtable_changes_base AFTER DELETE ON airtable_bases BEGIN
           DELETE FROM airtable_changes WHERE tenant_id = OLD.tenant_id AND base_id = OLD.id;
         END"
    };
    execute(manager, statement).await
}

async fn leave_changes_without_base(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let statement = if manager.get_database_backend() == DbBackend::Postgres {
        "ALTER TABLE airtable_changes DROP CONSTRAINT airtable_changes_base"
    } else {
        "DROP TRIGGER airtable_changes_base"
    };
    execute(manager, statement).await
}

async fn execute(manager: &SchemaManager<'_>, statement: &str) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    connection.execute_unprepared(statement).await.map(drop)
}
