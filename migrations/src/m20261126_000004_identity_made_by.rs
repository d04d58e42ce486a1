use sea_orm_migration::prelude::*;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261126_000004_identity_made_by"
    }
}

const MEMBERS: &str = "identity_workspace_members";
const COLUMN: &str = "made_by";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = ColumnDef::new(COLUMN).text().to_owned();
        let alter = Table::alter().table(MEMBERS).add_column(column).to_owned();
        manager.alter_table(alter).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let alter = Table::alter().table(MEMBERS).drop_column(COLUMN).to_owned();
        manager.alter_table(alter).await
    }
}
