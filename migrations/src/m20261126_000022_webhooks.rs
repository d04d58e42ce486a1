use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::ConnectionTrait;

use crate::rls;

/// Webhooks of bases, and the payloads they have made.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261126_000022_webhooks"
    }
}

const HOOKS: &str = "airtable_webhooks";
const PAYLOADS: &str = "airtable_webhook_payloads";

/// `log_seq` is how far the change log has been looked through; `ping_run` the run that owes the next ping.
const UP: [&str; 5] = [
    "CREATE TABLE airtable_webhooks (
        tenant_id text NOT NULL, id text NOT NULL, base_id text NOT NULL,
        specification text NOT NULL, scope_table text, url text, secret text NOT NULL, made_by text NOT NULL,
        made_at bigint NOT NULL, expires_at bigint NOT NULL, is_notifying boolean NOT NULL,
        log_seq bigint NOT NULL, next_number bigint NOT NULL,
        ping_run text, succeeded_at bigint, last_result text,
        PRIMARY KEY (tenant_id, id),
        FOREIGN KEY (tenant_id, base_id) REFERENCES airtable_bases (tenant_id, id) ON DELETE CASCADE)",
    "CREATE INDEX airtable_webhooks_base ON airtable_webhooks (tenant_id, base_id)",
    // The body of a payload goes when the images go that it was made of.
    "CREATE TABLE airtable_webhook_payloads (
        tenant_id text NOT NULL, webhook_id text NOT NULL, number bigint NOT NULL, base_id text NOT NULL,
        txn text NOT NULL, last_seq bigint NOT NULL, at bigint NOT NULL, body text,
        PRIMARY KEY (tenant_id, webhook_id, number),
        UNIQUE (tenant_id, webhook_id, txn),
        FOREIGN KEY (tenant_id, webhook_id) REFERENCES airtable_webhooks (tenant_id, id) ON DELETE CASCADE)",
    "CREATE INDEX airtable_webhook_payloads_age ON airtable_webhook_payloads (at)",
    "CREATE INDEX airtable_webhook_payloads_seq ON airtable_webhook_payloads (tenant_id, base_id, last_seq)
        WHERE body IS NOT NULL",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        for statement in UP {
            connection.execute_unprepared(statement).await?;
        }
        for table in [HOOKS, PAYLOADS] {
            rls::protect(manager, table).await?;
        }
        // What is over is deleted for all tenants at once.
        rls::allow_system(manager, HOOKS, "SELECT (expires_at), DELETE").await?;
        let rights = "SELECT (tenant_id, webhook_id, number, at), DELETE";
        rls::allow_system(manager, PAYLOADS, rights).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [PAYLOADS, HOOKS] {
            manager
                .drop_table(Table::drop().table(table).to_owned())
                .await?;
        }
        Ok(())
    }
}
