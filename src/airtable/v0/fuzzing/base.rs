use serde_json::{Value, json};

use super::{NOW, PEOPLE, ROWS, TASKS};
use crate::platform::ids::{ChoiceId, FieldId, RecordId, TableId, ViewId};

pub(super) fn person(number: u128) -> Value {
    let tasks = (0..ROWS).filter(|task| task % 3 == number);
    let tasks: Vec<RecordId> = tasks.map(RecordId::from_number).collect();
    json!([
        (number < 4).then(|| format!("Ada \"{number}\", Countess")),
        tasks
    ])
}

/// Every third is nearly empty, and some are alike.
pub(super) fn task(number: u128) -> Value {
    let owner = [RecordId::from_number(number % 3)];
    if number % 3 == 2 {
        return json!([null, null, null, null, null, null, null, null, owner]);
    }
    let choice = |number: u128| ChoiceId::from_number(number % 3);
    let hours = [0.5, -0.0, 1e300, 7.0][number as usize % 4];
    json!([
        format!("Task {}\u{e9}", number / 2),
        "long \"text\", \n".repeat(40),
        hours,
        true,
        19_787 - number as i64,
        NOW + number as i64,
        choice(number),
        [choice(number), choice(number + 1)],
        owner,
        [{"id": "usrAAAAAAAAAAAAAA", "email": "a@b.c", "name": "Ada"}],
        [{"id": "attAAAAAAAAAAAAAA", "url": "https://a.b/c", "filename": "f.png", "size": 1}],
        {"text": "4006381333931", "type": "ean13"},
        number as u64,
        5_400.5,
    ])
}

pub(super) fn people() -> Value {
    let fields = [
        ("Name", "singleLineText", Value::Null),
        ("Tasks", LINK, link(TASKS, 8)),
    ];
    table(PEOPLE, "People", &fields)
}

const LINK: &str = "multipleRecordLinks";

pub(super) fn tasks() -> Value {
    let choices: Vec<Value> = (0..3)
        .map(|number| json!({"id": ChoiceId::from_number(number), "name": format!("choice, {number}")}))
        .collect();
    let time = json!({"dateFormat": {"name": "iso"}, "timeFormat": {"name": "24hour"}, "timeZone": "Europe/Vienna"});
    let to_name =
        json!({"recordLinkFieldId": field(TASKS, 8), "fieldIdInLinkedTable": field(PEOPLE, 0)});
    let mut rollup = to_name.clone();
    rollup["formula"] = "ARRAYJOIN(values, ';')".into();
    let fields = [
        ("Name", "singleLineText", Value::Null),
        ("Notes", "multilineText", Value::Null),
        ("Hours", "number", json!({"precision": 1})),
        (
            "Done",
            "checkbox",
            json!({"icon": "check", "color": "greenBright"}),
        ),
        ("Due", "date", json!({"dateFormat": {"name": "european"}})),
        ("At", "dateTime", time.clone()),
        ("Status", "singleSelect", json!({"choices": choices})),
        ("Tags", "multipleSelects", json!({"choices": choices})),
        ("Owner", LINK, link(PEOPLE, 1)),
        ("Team", "multipleCollaborators", Value::Null),
        ("Files", "multipleAttachments", Value::Null),
        ("Code", "barcode", Value::Null),
        ("No", "autoNumber", Value::Null),
        ("Took", "duration", json!({"durationFormat": "h:mm:ss"})),
        (
            "Made",
            "createdTime",
            json!({"result": {"type": "dateTime", "options": time}}),
        ),
        (
            "Sum",
            "formula",
            json!({"formula": "{Hours} * 2 + LEN({Name})"}),
        ),
        (
            "Odd, \"name\"}",
            "formula",
            json!({"formula": "IF({Hours} > 1, {Due}, 1 / 0)"}),
        ),
        ("Names", "multipleLookupValues", to_name.clone()),
        ("All", "rollup", rollup),
        (
            "Owners",
            "count",
            json!({"recordLinkFieldId": field(TASKS, 8)}),
        ),
    ];
    table(TASKS, "Tasks", &fields)
}

fn table(number: u128, name: &str, fields: &[(&str, &str, Value)]) -> Value {
    let fields: Vec<Value> = fields
        .iter()
        .zip(0..)
        .map(|((name, kind, options), slot)| {
            json!({"id": field(number, slot), "name": name, "type": kind, "options": options})
        })
        .collect();
    let view = json!({"id": ViewId::from_number(number), "name": "Grid view", "type": "grid"});
    json!({
        "id": TableId::from_number(number), "name": name, "primaryFieldId": field(number, 0),
        "fields": fields, "views": [view],
    })
}

fn field(table: u128, slot: u128) -> FieldId {
    FieldId::from_number(table * 100 + slot)
}

fn link(to: u128, inverse: u128) -> Value {
    json!({"linkedTableId": TableId::from_number(to), "inverseLinkFieldId": field(to, inverse)})
}
