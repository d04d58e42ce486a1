use crate::airtable::service::not_found;
use crate::contracts::{BaseError, BaseErrorKind, BaseResult, FieldSchema, TableSchema};

/// The table with this id or name.
pub(super) fn table<'a>(tables: &'a [TableSchema], named: &str) -> BaseResult<&'a TableSchema> {
    let by_id = |table: &&TableSchema| table.id.to_string() == named;
    let found = tables.iter().find(by_id);
    let found = found.or_else(|| tables.iter().find(|table| table.name == named));
    found.ok_or_else(not_found)
}

/// The field with this id or name.
pub(super) fn field<'a>(table: &'a TableSchema, named: &str) -> BaseResult<&'a FieldSchema> {
    let by_id = |field: &&FieldSchema| field.id.to_string() == named;
    let found = table.fields.iter().find(by_id);
    let found = found.or_else(|| table.fields.iter().find(|field| field.name == named));
    found.ok_or_else(|| {
        let message = format!("Unknown field name: \"{named}\"");
        BaseError::new(BaseErrorKind::UnknownFieldName, message)
    })
}
