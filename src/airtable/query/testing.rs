use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::super::attachments::Links;
use super::super::graph::resolve;
use super::super::schema::{Base, Table};
use super::super::snapshot::{State, TableSnapshot};
use super::super::store::Counters;
use crate::contracts::{FieldSchema, TableSchema, ViewSchema};
use crate::platform::ids::{BaseId, ChoiceId, FieldId, TableId, TenantId, ViewId, WorkspaceId};
use crate::platform::vault::TenantKey;

/// Slots of the fields of [`table`].
pub(super) const NAME: usize = 0;
pub(super) const STATUS: usize = 1;
pub(super) const AMOUNT: usize = 2;
pub(super) const DONE: usize = 3;
pub(super) const DUE: usize = 4;
pub(super) const TAGS: usize = 5;
pub(super) const LINK: usize = 6;
pub(super) const SUM: usize = 7;
pub(super) const FROZEN: usize = 8;

/// A table with fields of many kinds; it links to itself.
pub(super) fn table() -> Arc<Table> {
    let choices = |first: u128| {
        let names = ["Open", "open", "Closed", "1"].iter().enumerate();
        let choices = names.map(|(place, name)| {
            json!({"id": ChoiceId::from_number(first + place as u128), "name": name})
        });
        json!({"choices": choices.collect::<Vec<_>>()})
    };
    let date = json!({"dateFormat": {"name": "iso", "format": "YYYY-MM-DD"}});
    let link = json!({
        "linkedTableId": TableId::from_number(1), "isReversed": false,
        "prefersSingleRecordLink": false,
    });
    let fields = [
        ("Name", "singleLineText", Value::Null),
        ("Status", "singleSelect", choices(1)),
        ("Amount", "number", json!({"precision": 1})),
        (
            "Done",
            "checkbox",
            json!({"icon": "check", "color": "greenBright"}),
        ),
        ("Due", "date", date),
        ("Tags", "multipleSelects", choices(1)),
        ("Link", "multipleRecordLinks", link),
        ("Sum", "formula", json!({"formula": "{Name}"})),
        ("Frozen", "aiText", Value::Null),
        (
            "Count",
            "count",
            json!({"isValid": true, "recordLinkFieldId": field_id(LINK)}),
        ),
    ];
    let fields = fields.into_iter().enumerate();
    let schema = TableSchema {
        id: TableId::from_number(1),
        name: "Table".to_owned(),
        description: None,
        primary_field_id: field_id(NAME),
        fields: fields.map(|(slot, it)| field(slot, it)).collect(),
        views: vec![ViewSchema {
            id: ViewId::from_number(1),
            name: "Grid".to_owned(),
            view_type: "grid".to_owned(),
            personal_for_user_id: None,
            visible_field_ids: None,
            filter: None,
            filter_error: None,
            sort: Vec::new(),
            hidden_field_ids: Vec::new(),
            field_order: Vec::new(),
        }],
    };
    let mut tables = vec![Arc::new(Table::from_schema(&schema).expect("it is sound"))];
    resolve(&mut tables);
    tables.remove(0)
}

fn field_id(slot: usize) -> FieldId {
    FieldId::from_number(1 + slot as u128)
}

fn field(slot: usize, (name, field_type, options): (&str, &str, Value)) -> FieldSchema {
    FieldSchema {
        id: field_id(slot),
        name: name.to_owned(),
        field_type: field_type.to_owned(),
        description: None,
        options: (!options.is_null()).then_some(options),
    }
}

/// A base of nothing but this table.
pub(super) fn state(snapshot: &Arc<TableSnapshot>) -> State {
    let mut tables = vec![snapshot.table.clone()];
    let (graph, _) = resolve(&mut tables);
    State {
        base: Arc::new(Base {
            id: BaseId::from_number(1),
            tenant: TenantId::fresh(),
            workspace: WorkspaceId::from_number(1),
            name: "Base".to_owned(),
            is_mirror: false,
            tables,
        }),
        graph: Arc::new(graph),
        computed_at: 0,
        seq: 0,
        counters: Counters::default(),
        tables: HashMap::from([(snapshot.table.id, snapshot.clone())]),
        key: TenantKey::for_test(),
        links: Links::for_test(),
    }
}
