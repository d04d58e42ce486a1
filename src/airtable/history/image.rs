use std::collections::HashMap;

use serde_json::value::RawValue;

use super::super::cell::Cell;
use super::super::schema::Table;
use super::super::snapshot::read_cells;
use crate::contracts::{BaseError, BaseResult};

/// The cells that an image of the change log names, by slot; empty ones included.
pub(in crate::airtable) fn read_image(
    table: &Table,
    image: &str,
) -> BaseResult<Vec<(usize, Cell)>> {
    let named: HashMap<&str, &RawValue> =
        serde_json::from_str(image).map_err(BaseError::internal)?;
    let cells = read_cells(table, image).map_err(BaseError::internal)?;
    let is_named = |slot: usize| {
        let id = table.fields[slot].id.to_string();
        named.contains_key(id.as_str())
    };
    let cells = cells.into_iter().enumerate();
    Ok(cells.filter(|(slot, _)| is_named(*slot)).collect())
}
