use async_trait::async_trait;

use super::memory::{Memory, field};
use crate::contracts::{
    BaseAdmin, BaseCopy, BaseError, BaseErrorKind, BaseResult, BaseSchema, CopyBase, CreateBase,
    CreateField, CreateTable, FieldSchema, TableSchema, UpdateField, UpdateTable, WriteContext,
};

#[async_trait]
impl BaseAdmin for Memory {
    async fn create_base(&self, _: WriteContext<'_>, _: CreateBase) -> BaseResult<BaseSchema> {
        Err(BaseError::new(BaseErrorKind::Unavailable, "Not here"))
    }

    async fn copy_base(&self, _: WriteContext<'_>, _: &str, _: CopyBase) -> BaseResult<BaseCopy> {
        Err(BaseError::new(BaseErrorKind::Unavailable, "Not here"))
    }

    async fn remove_base(&self, _: WriteContext<'_>, _: &str, _: i64) -> BaseResult<bool> {
        Err(BaseError::new(BaseErrorKind::Unavailable, "Not here"))
    }

    async fn create_table(
        &self,
        _: WriteContext<'_>,
        base: &str,
        request: CreateTable,
    ) -> BaseResult<TableSchema> {
        let fields = request.fields.into_iter();
        let fields = fields
            .map(|made| field(&made.name, &made.field_type, made.options))
            .collect();
        let id = self.add(&request.name, fields, Vec::new());
        self.with(base, &id, |schema, _| Ok(schema.clone()))
    }

    async fn update_table(
        &self,
        _: WriteContext<'_>,
        base: &str,
        table: &str,
        _: UpdateTable,
    ) -> BaseResult<TableSchema> {
        self.with(base, table, |schema, _| Ok(schema.clone()))
    }

    async fn create_field(
        &self,
        _: WriteContext<'_>,
        base: &str,
        table: &str,
        request: CreateField,
    ) -> BaseResult<FieldSchema> {
        self.with(base, table, |schema, _| {
            let made = field(&request.name, &request.field_type, request.options);
            schema.fields.push(made.clone());
            Ok(made)
        })
    }

    async fn update_field(
        &self,
        _: WriteContext<'_>,
        base: &str,
        table: &str,
        _: &str,
        _: UpdateField,
    ) -> BaseResult<FieldSchema> {
        self.with(base, table, |schema, _| Ok(schema.fields[0].clone()))
    }
}
