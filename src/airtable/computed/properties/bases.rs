use std::sync::Arc;

use serde_json::{Value, json};

use super::super::super::schema::Table;
use crate::contracts::{FieldSchema, TableSchema};
use crate::platform::ids::{ChoiceId, FieldId, TableId};

/// Fields every table begins with: a name, a number, a choice.
pub(super) const NAME: usize = 0;
pub(super) const NUMBER: usize = 1;
pub(super) const CHOICE: usize = 2;
pub(super) const CHOICES: u128 = 3;

/// A random sequence read as choices; when it has ended, the first of everything.
pub(super) struct Choose<'a>(std::slice::Iter<'a, u16>);

impl<'a> Choose<'a> {
    pub(super) fn new(from: &'a [u16]) -> Self {
        Self(from.iter())
    }

    pub(super) fn is_left(&self) -> bool {
        !self.0.as_slice().is_empty()
    }

    pub(super) fn of(&mut self, many: usize) -> usize {
        let number = self.0.next().copied().unwrap_or_default();
        usize::from(number) % many.max(1)
    }

    /// Rather a late one: those fields hang together.
    fn late(&mut self, many: usize) -> usize {
        self.of(many).max(self.of(many))
    }
}

fn table_id(table: usize) -> TableId {
    TableId::from_number(1 + table as u128)
}

fn field_id(table: usize, slot: usize) -> FieldId {
    FieldId::from_number(1 + 1000 * table as u128 + slot as u128)
}

fn field(table: usize, slot: usize, field_type: &str, options: Value) -> FieldSchema {
    FieldSchema {
        id: field_id(table, slot),
        name: format!("F{slot}"),
        field_type: field_type.to_owned(),
        description: None,
        options: (!options.is_null()).then_some(options),
    }
}

/// One to three tables with links to and fro and computed fields over whatever fields there are, circles included.
pub(super) fn tables(choose: &mut Choose<'_>) -> Vec<Arc<Table>> {
    let count = 1 + choose.of(3);
    let mut fields: Vec<Vec<FieldSchema>> = (0..count).map(plain).collect();
    for _ in 0..=choose.of(4) {
        add_link(&mut fields, choose);
    }
    let before: Vec<usize> = fields.iter().map(Vec::len).collect();
    let added: Vec<usize> = (0..count).map(|_| choose.of(6)).collect();
    let shape: Vec<usize> = before
        .iter()
        .zip(&added)
        .map(|(one, more)| one + more)
        .collect();
    for table in 0..count {
        for _ in 0..added[table] {
            let computed = computed(&fields, &shape, table, choose);
            fields[table].push(computed);
        }
    }
    let tables = fields.into_iter().enumerate();
    tables
        .map(|(place, fields)| {
            // Some tables are named by a computed field.
            let last = fields.len() - 1;
            let primary = if choose.of(3) == 1 { last } else { NAME };
            let is_link = fields[primary].field_type == "multipleRecordLinks";
            table(place, fields, if is_link { NAME } else { primary })
        })
        .collect()
}

fn table(place: usize, mut fields: Vec<FieldSchema>, primary: usize) -> Arc<Table> {
    for field in &mut fields {
        field.name = field.id.to_string();
    }
    let schema = TableSchema {
        id: table_id(place),
        name: format!("T{place}"),
        description: None,
        primary_field_id: fields[primary].id,
        fields,
        views: Vec::new(),
    };
    Arc::new(Table::from_schema(&schema).unwrap())
}

/// Two tables with links to and fro: the second is named by what it gathers of the names of its own records, and looks up
/// the links back beside that.
pub(super) fn named_in_a_circle() -> Vec<Arc<Table>> {
    let mut fields = [plain(0), plain(1)];
    for (from, to) in [(0, 1), (1, 0)] {
        let link = fields[from].len();
        let options =
            json!({"linkedTableId": table_id(to), "inverseLinkFieldId": field_id(to, CHOICE + 1)});
        fields[from].push(field(from, link, "multipleRecordLinks", options));
    }
    let path = json!({"recordLinkFieldId": field_id(1, CHOICE + 1), "fieldIdInLinkedTable": field_id(0, CHOICE + 1)});
    let mut name = path.clone();
    name["formula"] = "ARRAYJOIN(values)".into();
    let slot = fields[1].len();
    fields[1].push(field(1, slot, "rollup", name));
    fields[1].push(field(1, slot + 1, "multipleLookupValues", path));
    let [first, second] = fields;
    vec![table(0, first, NAME), table(1, second, slot)]
}

fn plain(table: usize) -> Vec<FieldSchema> {
    let choice = |number: u128| {
        let id = ChoiceId::from_number(1 + 10 * table as u128 + number);
        json!({"id": id, "name": format!("choice {number}")})
    };
    let choices: Vec<Value> = (0..CHOICES).map(choice).collect();
    vec![
        field(table, NAME, "singleLineText", Value::Null),
        field(table, NUMBER, "number", json!({"precision": 1})),
        field(table, CHOICE, "singleSelect", json!({"choices": choices})),
    ]
}

fn add_link(fields: &mut [Vec<FieldSchema>], choose: &mut Choose<'_>) {
    let (from, to) = (choose.of(fields.len()), choose.of(fields.len()));
    let slot = fields[from].len();
    let mut options = json!({"linkedTableId": table_id(to)});
    let has_twin = from != to && choose.of(3) > 0;
    if has_twin {
        let twin = fields[to].len();
        options["inverseLinkFieldId"] = json!(field_id(to, twin));
        let back =
            json!({"linkedTableId": table_id(from), "inverseLinkFieldId": field_id(from, slot)});
        fields[to].push(field(to, twin, "multipleRecordLinks", back));
    }
    fields[from].push(field(from, slot, "multipleRecordLinks", options));
}

const FORMULAS: [&str; 7] = [
    "{A} & '/' & {B}",
    "{A} + {B}",
    "IF({A}, {B}, 'none')",
    "LEN({A} & '') * 2 + {B}",
    "ARRAYJOIN(ARRAYUNIQUE({A}), ';') & RECORD_ID()",
    "1 / {A}",
    "{A}",
];

const ROLLUPS: [&str; 6] = [
    "SUM(values)",
    "ARRAYJOIN(values, '+')",
    "COUNTALL(values) & ':' & COUNTA(values)",
    "MAX(values)",
    "AND(values)",
    "ARRAYUNIQUE(values)",
];

fn computed(
    fields: &[Vec<FieldSchema>],
    shape: &[usize],
    table: usize,
    choose: &mut Choose<'_>,
) -> FieldSchema {
    let slot = fields[table].len();
    let links: Vec<&FieldSchema> = fields[table]
        .iter()
        .filter(|field| field.field_type == "multipleRecordLinks")
        .collect();
    let kind = choose.of(4);
    if kind == 0 || links.is_empty() {
        let mut any = || format!("{{{}}}", field_id(table, choose.late(shape[table])));
        let (a, b) = (any(), any());
        let formula = FORMULAS[choose.of(FORMULAS.len())];
        let formula = formula.replace("{A}", &a).replace("{B}", &b);
        return field(table, slot, "formula", json!({"formula": formula}));
    }
    let link = links[choose.of(links.len())];
    if kind == 3 {
        let options = json!({"recordLinkFieldId": link.id});
        return field(table, slot, "count", options);
    }
    let target = link.options.as_ref().unwrap()["linkedTableId"].clone();
    let target = (0..shape.len())
        .find(|table| json!(table_id(*table)) == target)
        .unwrap();
    let mut options = json!({
        "recordLinkFieldId": link.id,
        "fieldIdInLinkedTable": field_id(target, choose.late(shape[target])),
    });
    if kind == 1 {
        return field(table, slot, "multipleLookupValues", options);
    }
    options["formula"] = ROLLUPS[choose.of(ROLLUPS.len())].into();
    field(table, slot, "rollup", options)
}
