//! Bricks for making documents: ids, field definitions, records.

use serde_json::{Value, json};

use crate::airtable::ImportRecord;
use crate::contracts::{FieldSchema, FieldValues, TableSchema, ViewSchema};
use crate::platform::ids::{ChoiceId, FieldId, RecordId, TableId, ViewId};

/// Colours of new choices, in the order Airtable gives them.
const COLORS: [&str; 10] = [
    "blueLight2",
    "cyanLight2",
    "tealLight2",
    "greenLight2",
    "yellowLight2",
    "orangeLight2",
    "redLight2",
    "pinkLight2",
    "purpleLight2",
    "grayLight2",
];

/// Where ids come from: fresh ones, or a counter for documents that must be the same every time.
#[derive(Clone, Copy)]
pub(super) enum Ids {
    Fresh,
    Counter(u128),
}

macro_rules! next_id {
    ($($name:ident: $id:ident,)*) => {$(
        pub(super) fn $name(&mut self) -> $id {
            match self {
                Self::Fresh => $id::fresh(),
                Self::Counter(next) => {
                    *next += 1;
                    $id::from_number(*next)
                }
            }
        }
    )*};
}

impl Ids {
    next_id! { table: TableId, field: FieldId, view: ViewId, record: RecordId, choice: ChoiceId, }
}

/// A field's type and options, before it has an id.
#[derive(Clone)]
pub(super) struct Shape {
    pub(super) kind: &'static str,
    pub(super) options: Option<Value>,
}

/// A type without options.
pub(super) fn plain(kind: &'static str) -> Shape {
    Shape {
        kind,
        options: None,
    }
}

/// `number` or `percent`.
pub(super) fn number(kind: &'static str, precision: usize) -> Shape {
    Shape {
        kind,
        options: Some(json!({"precision": precision})),
    }
}

/// `currency`.
pub(super) fn currency(symbol: &str, precision: usize) -> Shape {
    Shape {
        kind: "currency",
        options: Some(json!({"precision": precision, "symbol": symbol})),
    }
}

/// `checkbox` with a green tick.
pub(super) fn checkbox() -> Shape {
    Shape {
        kind: "checkbox",
        options: Some(json!({"icon": "check", "color": "greenBright"})),
    }
}

/// `rating` with five stars.
pub(super) fn rating() -> Shape {
    let options = json!({"icon": "star", "max": 5, "color": "yellowBright"});
    Shape {
        kind: "rating",
        options: Some(options),
    }
}

/// `duration` in hours and minutes.
pub(super) fn duration() -> Shape {
    Shape {
        kind: "duration",
        options: Some(json!({"durationFormat": "h:mm"})),
    }
}

/// `date` in ISO form.
pub(super) fn date() -> Shape {
    Shape {
        kind: "date",
        options: Some(date_options()),
    }
}

/// `dateTime` in ISO form and UTC.
pub(super) fn date_time() -> Shape {
    Shape {
        kind: "dateTime",
        options: Some(date_time_options()),
    }
}

/// `createdTime` shown with the time.
pub(super) fn created_time() -> Shape {
    let options = json!({"result": {"type": "dateTime", "options": date_time_options()}});
    Shape {
        kind: "createdTime",
        options: Some(options),
    }
}

/// `singleSelect` or `multipleSelects`.
pub(super) fn select(ids: &mut Ids, kind: &'static str, names: &[impl AsRef<str>]) -> Shape {
    let choices = names.iter().enumerate().map(|(index, name)| {
        json!({"id": ids.choice(), "name": name.as_ref(), "color": COLORS[index % COLORS.len()]})
    });
    let choices: Vec<Value> = choices.collect();
    Shape {
        kind,
        options: Some(json!({"choices": choices})),
    }
}

/// `multipleRecordLinks`.
pub(super) fn link(table: TableId, inverse: Option<FieldId>) -> Shape {
    let mut options = json!({
        "linkedTableId": table, "isReversed": false, "prefersSingleRecordLink": false,
    });
    if let Some(inverse) = inverse {
        options["inverseLinkFieldId"] = json!(inverse);
    }
    Shape {
        kind: "multipleRecordLinks",
        options: Some(options),
    }
}

/// `count` of the records linked through a field of the same table.
pub(super) fn count(link: FieldId) -> Shape {
    let options = json!({"isValid": true, "recordLinkFieldId": link});
    Shape {
        kind: "count",
        options: Some(options),
    }
}

/// `formula`, its fields named by id.
pub(super) fn formula(text: &str) -> Shape {
    Shape {
        kind: "formula",
        options: Some(json!({"formula": text})),
    }
}

/// `multipleLookupValues` of a field of the records linked through a field of the same table.
pub(super) fn lookup(link: FieldId, field: FieldId) -> Shape {
    let options = json!({"recordLinkFieldId": link, "fieldIdInLinkedTable": field});
    Shape {
        kind: "multipleLookupValues",
        options: Some(options),
    }
}

/// `rollup` of the same by a formula.
pub(super) fn rollup(link: FieldId, field: FieldId, formula: &str) -> Shape {
    let options = json!({
        "recordLinkFieldId": link, "fieldIdInLinkedTable": field, "formula": formula,
    });
    Shape {
        kind: "rollup",
        options: Some(options),
    }
}

fn date_options() -> Value {
    json!({"dateFormat": {"name": "iso", "format": "YYYY-MM-DD"}})
}

fn date_time_options() -> Value {
    json!({
        "dateFormat": {"name": "iso", "format": "YYYY-MM-DD"},
        "timeFormat": {"name": "24hour", "format": "HH:mm"},
        "timeZone": "utc",
    })
}

/// A field of a shape.
pub(super) fn field(id: FieldId, name: impl Into<String>, shape: Shape) -> FieldSchema {
    FieldSchema {
        id,
        name: name.into(),
        field_type: shape.kind.to_owned(),
        description: None,
        options: shape.options,
    }
}

/// A table with a grid view; its first field is the primary one.
pub(super) fn table(
    ids: &mut Ids,
    id: TableId,
    name: impl Into<String>,
    fields: Vec<FieldSchema>,
) -> TableSchema {
    let view = ViewSchema {
        id: ids.view(),
        name: "Grid view".to_owned(),
        view_type: "grid".to_owned(),
        personal_for_user_id: None,
        visible_field_ids: None,
        filter: None,
        filter_error: None,
        sort: Vec::new(),
        hidden_field_ids: Vec::new(),
        field_order: Vec::new(),
    };
    let primary_field_id = fields[0].id;
    let name = name.into();
    TableSchema {
        id,
        name,
        description: None,
        primary_field_id,
        fields,
        views: vec![view],
    }
}

/// A record with the cells that are not null.
pub(super) fn record(
    id: RecordId,
    created_time: &str,
    cells: impl IntoIterator<Item = (String, Value)>,
) -> ImportRecord {
    let fields: FieldValues = cells
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .collect();
    ImportRecord {
        id,
        created_time: created_time.to_owned(),
        fields,
    }
}
