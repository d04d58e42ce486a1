use std::sync::Arc;

use super::types::{Kind, Table, ViewFilter};
use crate::contracts::{BaseResult, TableSchema};

/// Why a view of a mirror cannot be read from it.
const NOT_TOLD: &str =
    "Airtable alone knows which records are in this view; /v0 and the reading tools ask it";

impl Table {
    /// Reads the definition of a table that is copied from Airtable: what is computed is what Airtable computed.
    pub(crate) fn mirrored(schema: &TableSchema) -> BaseResult<Self> {
        let mut table = Self::from_schema(schema)?;
        for (field, given) in table.fields.iter_mut().zip(&schema.fields) {
            if matches!(field.kind, Kind::Computed(_) | Kind::Count { .. }) {
                Arc::make_mut(field).kind = Kind::Frozen {
                    type_name: given.field_type.clone(),
                    options: given.options.clone(),
                };
            }
        }
        for view in &mut table.views {
            view.filter = Some(ViewFilter {
                formula: String::new(),
                fault: Some(NOT_TOLD.to_owned()),
            });
        }
        Ok(table)
    }
}
