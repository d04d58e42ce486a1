use sea_orm_migration::prelude::*;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20261125_000009_identity_key_changes"
    }
}

const KEYS: &str = "identity_api_keys";
const COLUMN: &str = "records_changes";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = ColumnDef::new(COLUMN)
            .boolean()
            .not_null()
            .default(true)
            .to_owned();
        let alter = Table::alter().table(KEYS).add_column(column).to_owned();
        manager.alter_table(alter).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let alter = Table::alter().table(KEYS).drop_column(COLUMN).to_owned();
        manager.alter_table(alter).await
    }
}
