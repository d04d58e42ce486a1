use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, text, text_null};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261125_000002_identity_sessions"
    }
}

const SESSIONS: &str = "identity_sessions";
const LINKS: &str = "identity_links";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Sessions from before count as opened long ago.
        let proved = big_integer("authenticated_at").default(0).to_owned();
        add(manager, SESSIONS, proved).await?;
        let client = text("client").default("").to_owned();
        add(manager, SESSIONS, client).await?;
        add(manager, LINKS, text_null("name")).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in [
            (LINKS, "name"),
            (SESSIONS, "client"),
            (SESSIONS, "authenticated_at"),
        ] {
            let statement = Table::alter().table(table).drop_column(column).to_owned();
            manager.alter_table(statement).await?;
        }
        Ok(())
    }
}

async fn add(
    manager: &SchemaManager<'_>,
    table: &'static str,
    column: ColumnDef,
) -> Result<(), DbErr> {
    let statement = Table::alter().table(table).add_column(column).to_owned();
    manager.alter_table(statement).await
}
