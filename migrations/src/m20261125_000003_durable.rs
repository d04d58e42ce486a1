use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

use crate::rls;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261125_000003_durable"
    }
}

const TABLES: [&str; 4] = [
    "durable_runs",
    "durable_steps",
    "durable_history",
    "durable_blobs",
];

const RUNS: &str = "CREATE TABLE durable_runs (
    id text PRIMARY KEY, tenant_id text NOT NULL, kind text NOT NULL, name text NOT NULL, version bigint NOT NULL,
    state text NOT NULL CHECK (state IN ('pending', 'running', 'waiting', 'compensating', 'needs_attention',
                                         'completed', 'compensated', 'resolved')),
    held_from text, dedup_key text, keeps_key boolean NOT NULL,
    input text NOT NULL, cursor_value text, output text, error text, waits_for text,
    owner text, epoch bigint NOT NULL DEFAULT 0, lease_until bigint NOT NULL DEFAULT 0, due bigint,
    attempts bigint NOT NULL DEFAULT 0, seq bigint NOT NULL DEFAULT 0, bytes bigint NOT NULL DEFAULT 0,
    deadline bigint, cancel_at bigint, created_at bigint NOT NULL, updated_at bigint NOT NULL, ended_at bigint)";

// What was planned is written once; `was` is the state that the newest change left.
const STEPS: &str = "CREATE TABLE durable_steps (
    run_id text NOT NULL, path text NOT NULL, item bigint NOT NULL, tenant_id text NOT NULL,
    state text NOT NULL, was text, plan text NOT NULL, result text, progress text NOT NULL,
    updated_at bigint NOT NULL,
    PRIMARY KEY (run_id, path, item))";

const HISTORY: &str = "CREATE TABLE durable_history (
    run_id text NOT NULL, seq bigint NOT NULL, tenant_id text NOT NULL, epoch bigint NOT NULL,
    what text NOT NULL, path text, item bigint, detail text, at bigint NOT NULL,
    PRIMARY KEY (run_id, seq))";

const BLOBS: &str = "CREATE TABLE durable_blobs (
    run_id text NOT NULL, hash text NOT NULL, tenant_id text NOT NULL, content text NOT NULL,
    PRIMARY KEY (run_id, hash))";

const INDEXES: [&str; 4] = [
    "CREATE UNIQUE INDEX durable_runs_key ON durable_runs (tenant_id, kind, dedup_key) WHERE dedup_key IS NOT NULL",
    // The one index that claiming looks at; a run that only waits for a person is not in it.
    "CREATE INDEX durable_runs_due ON durable_runs (kind, tenant_id, due) WHERE due IS NOT NULL",
    "CREATE INDEX durable_runs_held ON durable_runs (tenant_id) WHERE owner IS NOT NULL",
    "CREATE INDEX durable_runs_open ON durable_runs (state, updated_at) WHERE ended_at IS NULL",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        for statement in [RUNS, STEPS, HISTORY, BLOBS].into_iter().chain(INDEXES) {
            connection.execute_unprepared(statement).await?;
        }
        for trigger in triggers(manager.get_database_backend()) {
            connection.execute_unprepared(&trigger).await?;
        }
        for table in TABLES {
            rls::protect(manager, table).await?;
        }
        // Claiming grants leases and nothing else; every change of state is made as the tenant.
        let lease = "SELECT, UPDATE (owner, epoch, lease_until, due, attempts)";
        rls::allow_system(manager, "durable_runs", lease).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        for table in TABLES {
            connection
                .execute_unprepared(&format!("DROP TABLE {table}"))
                .await?;
        }
        if manager.get_database_backend() == DbBackend::Postgres {
            for (name, ..) in GUARDS {
                connection
                    .execute_unprepared(&format!("DROP FUNCTION {name}()"))
                    .await?;
            }
        }
        Ok(())
    }
}

/// Name, table, what is refused, message: what no code may do, whatever its defects.
const GUARDS: [(&str, &str, &str, &str); 3] = [
    (
        "durable_terminal_is_final",
        "durable_runs",
        "OLD.ended_at IS NOT NULL AND (NEW.state <> OLD.state OR NEW.ended_at IS NULL OR NEW.owner IS NOT NULL)",
        "a run that has ended does not change",
    ),
    (
        "durable_epoch_only_rises",
        "durable_runs",
        "NEW.epoch < OLD.epoch OR NEW.seq < OLD.seq",
        "epoch and sequence of a run only rise",
    ),
    (
        "durable_history_is_final",
        "durable_history",
        "OLD.seq IS NOT NULL",
        "history does not change",
    ),
];

fn triggers(backend: DbBackend) -> Vec<String> {
    let guards = GUARDS.into_iter();
    if backend == DbBackend::Postgres {
        let function = |(name, table, when, message): (&str, &str, &str, &str)| {
            format!(
                "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{message}'; END $$;
                 CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION {name}()"
            )
        };
        return guards.map(function).collect();
    }
    let trigger = |(name, table, when, message): (&str, &str, &str, &str)| {
        format!(
            "CREATE TRIGGER {name} BEFORE UPDATE ON {table} WHEN {when} BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )
    };
    guards.map(trigger).collect()
}
