use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

use crate::rls;

/// Whom runs ask, so that people find the runs that wait for them.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261126_000005_saga_asked"
    }
}

const ASKED: &str = "saga_asked";

/// `who` is a person or a role; a row that is not open takes a person out of what is asked of their role.
const TABLE: &str = "CREATE TABLE saga_asked (
    tenant_id text NOT NULL, run_id text NOT NULL, who text NOT NULL, workspace_id text NOT NULL,
    definition text NOT NULL, is_open boolean NOT NULL,
    PRIMARY KEY (tenant_id, run_id, who))";

const BY_WHO: &str =
    "CREATE INDEX saga_asked_who ON saga_asked (tenant_id, who, is_open, workspace_id, run_id)";

/// Runs that ask already are looked at once more, which writes down whom they ask.
const LOOK_AGAIN: &str =
    "UPDATE durable_runs SET due = 0 WHERE kind = 'saga' AND state = 'waiting' AND owner IS NULL
    AND (input LIKE '%\"approval\"%' OR input LIKE '@%')";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        for statement in [TABLE, BY_WHO] {
            connection.execute_unprepared(statement).await?;
        }
        rls::protect(manager, ASKED).await?;
        if manager.get_database_backend() != DbBackend::Postgres {
            return connection.execute_unprepared(LOOK_AGAIN).await.map(drop);
        }
        // The owner of the tables does not see their rows; the system role sees those of all tenants.
        let as_system = format!(
            "BEGIN
               EXECUTE format('SET LOCAL ROLE %I', current_setting('pyairtable.app_role') || '_system');
               {LOOK_AGAIN};
               RESET ROLE;
             END"
        );
        rls::run(manager, &as_system).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let drop_table = format!("DROP TABLE {ASKED}");
        connection.execute_unprepared(&drop_table).await.map(drop)
    }
}
