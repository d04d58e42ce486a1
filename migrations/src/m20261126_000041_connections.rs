use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::ConnectionTrait;

use crate::rls;

/// Accounts at Airtable, and the bases that are offered through them.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261126_000041_connections"
    }
}

const CONNECTIONS: &str = "airtable_connections";
const OFFERS: &str = "airtable_offers";

/// `token` is sealed; `token_end` is what people are shown of it.
const UP: [&str; 4] = [
    "CREATE TABLE airtable_connections (
        tenant_id text NOT NULL, id text NOT NULL, workspace_id text NOT NULL, name text NOT NULL,
        token text NOT NULL, token_end text NOT NULL, account text NOT NULL, email text, scopes text,
        made_by text NOT NULL, made_at bigint NOT NULL,
        PRIMARY KEY (tenant_id, id))",
    "CREATE INDEX airtable_connections_workspace ON airtable_connections (tenant_id, workspace_id)",
    "CREATE TABLE airtable_offers (
        tenant_id text NOT NULL, base_id text NOT NULL, connection_id text NOT NULL,
        name text NOT NULL, level text NOT NULL, access text NOT NULL, made_at bigint NOT NULL,
        PRIMARY KEY (tenant_id, base_id),
        FOREIGN KEY (tenant_id, connection_id) REFERENCES airtable_connections (tenant_id, id) ON DELETE CASCADE)",
    "CREATE INDEX airtable_offers_connection ON airtable_offers (tenant_id, connection_id)",
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
        for table in [CONNECTIONS, OFFERS] {
            rls::protect(manager, table).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [OFFERS, CONNECTIONS] {
            manager
                .drop_table(Table::drop().table(table).to_owned())
                .await?;
        }
        Ok(())
    }
}
