use serde_json::{Map, Value};

use super::parse::{ParseContext, refused};
use super::types::{BarcodeCell, Cell};
use crate::airtable::schema::Field;
use crate::contracts::BaseResult;

/// A barcode: `{text, type?}`; a bare string only with typecast.
pub(super) fn parse(field: &Field, value: &Value, context: &ParseContext<'_>) -> BaseResult<Cell> {
    let barcode = match value {
        Value::Object(given) => described(given).ok_or_else(|| refused(field))?,
        Value::String(text) if !context.is_strict() => BarcodeCell {
            text: text.trim().to_owned(),
            symbology: None,
        },
        _ => return Err(refused(field)),
    };
    let is_empty = barcode.text.is_empty();
    Ok(if is_empty {
        Cell::Empty
    } else {
        Cell::Barcode(Box::new(barcode))
    })
}

fn described(given: &Map<String, Value>) -> Option<BarcodeCell> {
    let text = given.get("text")?.as_str()?.to_owned();
    let symbology = match given.get("type") {
        None | Some(Value::Null) => None,
        Some(symbology) => Some(symbology.as_str()?.to_owned()),
    };
    let is_known = given
        .keys()
        .all(|key| matches!(key.as_str(), "text" | "type"));
    is_known.then_some(BarcodeCell { text, symbology })
}
