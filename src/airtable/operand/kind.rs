use serde_json::Value as Json;

use super::super::formula::{self, Element, Kind};
use super::super::schema::{self, Table};

/// Calls with the fields of a table; a field's place in the list is its slot.
pub(in crate::airtable) fn with_fields<T>(
    table: &Table,
    make: impl FnOnce(&[formula::Field<'_>]) -> T,
) -> T {
    let ids: Vec<String> = table
        .fields
        .iter()
        .map(|field| field.id.to_string())
        .collect();
    let fields: Vec<formula::Field<'_>> = table
        .fields
        .iter()
        .zip(&ids)
        .map(|(field, id)| formula::Field {
            id,
            name: &field.name,
            kind: kind_of(&field.kind),
        })
        .collect();
    make(&fields)
}

/// What a field's cells are to a formula.
pub(super) fn kind_of(kind: &schema::Kind) -> Kind {
    use schema::Kind as Field;
    match kind {
        Field::SingleLineText
        | Field::MultilineText
        | Field::RichText
        | Field::Email
        | Field::Url
        | Field::PhoneNumber
        | Field::SingleSelect(_)
        | Field::SingleCollaborator
        | Field::CreatedBy
        | Field::LastModifiedBy
        | Field::Barcode => Kind::Text,
        Field::Number { .. }
        | Field::Currency { .. }
        | Field::Percent { .. }
        | Field::Duration { .. }
        | Field::Rating { .. }
        | Field::AutoNumber
        | Field::Count { .. } => Kind::Number,
        Field::Checkbox { .. } => Kind::Boolean,
        Field::Date(_) => Kind::Date,
        Field::DateTime(_) | Field::CreatedTime(_) | Field::LastModifiedTime { .. } => {
            Kind::DateTime
        }
        Field::MultipleSelects(_)
        | Field::Links(_)
        | Field::MultipleCollaborators
        | Field::Attachments { .. } => Kind::Array(Element::Text),
        Field::Computed(computed) => computed.operand,
        Field::Frozen { type_name, options } => {
            let result = options.as_ref().map(|options| &options["result"]["type"]);
            let result = kind_named(result.and_then(Json::as_str).unwrap_or_default());
            match type_name.as_str() {
                "multipleLookupValues" => Kind::Array(result.map_or(Element::Mixed, element)),
                _ => result.unwrap_or(Kind::Text),
            }
        }
    }
}

/// What the values of a field are as elements of an array.
pub(in crate::airtable) fn element_of(kind: &schema::Kind) -> Element {
    element(kind_of(kind))
}

fn element(kind: Kind) -> Element {
    match kind {
        Kind::Number => Element::Number,
        Kind::Date => Element::Date,
        Kind::DateTime => Element::DateTime,
        Kind::Text => Element::Text,
        Kind::Boolean | Kind::Blank => Element::Mixed,
        Kind::Array(element) => element,
    }
}

/// The kind of a result type as a schema names it.
fn kind_named(name: &str) -> Option<Kind> {
    Some(match name {
        "number" | "currency" | "percent" | "duration" | "rating" | "count" | "autoNumber" => {
            Kind::Number
        }
        "checkbox" => Kind::Boolean,
        "date" => Kind::Date,
        "dateTime" | "createdTime" | "lastModifiedTime" => Kind::DateTime,
        "multipleSelects"
        | "multipleRecordLinks"
        | "multipleCollaborators"
        | "multipleAttachments"
        | "multipleLookupValues" => Kind::Array(Element::Text),
        "" => return None,
        _ => Kind::Text,
    })
}
