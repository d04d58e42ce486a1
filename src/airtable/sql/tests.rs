use rusqlite::types::{ToSql, ToSqlOutput, Value as Sql, ValueRef};
use serde_json::{Value, json};

use super::super::cell::{Cell, PersonCell};
use super::super::schema::{Base, Field, Table};
use super::column::{parameter, value, write};
use super::image::Image;
use super::layout::Layout;
use super::run::prepare;
use crate::contracts::TableSchema;
use crate::platform::ids::{BaseId, FieldId, RecordId, TableId, TenantId, WorkspaceId};

fn table(number: u128, name: &str, fields: &[(&str, &str, Value)]) -> TableSchema {
    let field = |(place, (name, field_type, options)): (usize, &(&str, &str, Value))| {
        let id = FieldId::from_number(number * 100 + place as u128);
        let mut field = json!({"id": id, "name": name, "type": field_type});
        if !options.is_null() {
            field["options"] = options.clone();
        }
        field
    };
    let fields: Vec<Value> = fields.iter().enumerate().map(field).collect();
    let table = json!({
        "id": TableId::from_number(number), "name": name, "primaryFieldId": fields[0]["id"],
        "fields": fields, "views": [],
    });
    serde_json::from_value(table).unwrap()
}

fn base(tables: &[TableSchema]) -> Base {
    let tables = tables
        .iter()
        .map(|table| Table::from_schema(table).unwrap().into());
    Base {
        id: BaseId::from_number(1),
        tenant: TenantId::from_number(1),
        workspace: WorkspaceId::from_number(1),
        name: "B".into(),
        is_mirror: false,
        tables: tables.collect(),
    }
}

fn text(name: &str) -> (&str, &str, Value) {
    (name, "singleLineText", Value::Null)
}

fn link(name: &str, to: u128) -> (&str, &str, Value) {
    let options = json!({
        "linkedTableId": TableId::from_number(to), "isReversed": false, "prefersSingleRecordLink": false,
    });
    (name, "multipleRecordLinks", options)
}

#[test]
fn no_two_names_are_the_same_to_sqlite() {
    let tables = [
        table(
            1,
            "A",
            &[
                text("Id"),
                text("_ID"),
                text("created_time"),
                text("NAME"),
                text("name"),
            ],
        ),
        table(2, "A.B", &[text("Name")]),
        table(3, "a", &[text("Name"), link("B", 2)]),
        table(4, "sqlite_schema", &[text("x\0y"), link("B", 2)]),
        table(5, "say \"hi\"", &[text("a \"b\"")]),
        table(6, "🚀 É", &[text("é"), text("É")]),
    ];
    let layout = Layout::new(&base(&tables));
    let described = layout.describe();
    let names: Vec<&str> = described.iter().map(|table| table.name.as_str()).collect();
    let third = format!("a ({})", tables[2].id);
    assert_eq!(
        names,
        [
            "A",
            "A.B",
            &third,
            "_sqlite_schema",
            "say \"hi\"",
            "🚀 É",
            &format!("{third}.B"),
            "_sqlite_schema.B"
        ]
    );
    let columns = |place: usize| -> Vec<&str> {
        described[place]
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .collect()
    };
    let lower = format!("name ({})", tables[0].fields[4].id);
    assert_eq!(
        columns(0),
        [
            "__id",
            "_created_time",
            "Id",
            "_ID",
            "created_time",
            "NAME",
            &lower
        ]
    );
    assert_eq!(columns(3), ["id", "created_time", "x y", "B"]);
    assert_eq!(columns(6), ["record_id", "linked_id", "position"]);
    // What SQLite thinks of them: each table can be made and read under its name.
    let image = Image::new(layout.into(), 1 << 20).unwrap();
    let seen = image.close().unwrap();
    for (place, table) in image.layout.tables.iter().enumerate() {
        let name = table.name.replace('"', "\"\"");
        prepare(&image.connection, &format!("SELECT * FROM \"{name}\""), &[]).unwrap();
        assert_eq!(seen.needs()[&place].len(), table.columns.len(), "{name}");
    }
}

#[test]
fn a_link_table_gives_way_to_a_table_of_records() {
    let tables = [
        table(1, "Tasks", &[text("Name"), link("Who", 2)]),
        table(2, "Tasks.Who", &[text("Name")]),
    ];
    let layout = Layout::new(&base(&tables));
    let names: Vec<&str> = layout
        .tables
        .iter()
        .map(|table| table.name.as_str())
        .collect();
    let links = format!("Tasks.Who ({})", tables[0].fields[1].id);
    assert_eq!(names, ["Tasks", "Tasks.Who", &links]);
}

#[test]
fn only_the_columns_that_a_statement_reads_are_needed() {
    let tables = [
        table(1, "T", &[text("A"), text("B"), text("C")]),
        table(2, "U", &[text("A")]),
    ];
    let image = Image::new(Layout::new(&base(&tables)).into(), 1 << 20).unwrap();
    let needs = |sql: &str| {
        let seen = image.close().unwrap();
        prepare(&image.connection, sql, &[]).map(drop).unwrap();
        image.open().unwrap();
        let columns = |(place, columns): (usize, std::collections::BTreeSet<usize>)| {
            (place, columns.into_iter().collect::<Vec<_>>())
        };
        seen.needs().into_iter().map(columns).collect::<Vec<_>>()
    };
    assert_eq!(needs("SELECT b FROM t WHERE c > 1"), [(0, vec![3, 4])]);
    assert_eq!(needs("SELECT COUNT(*) FROM T"), [(0, vec![])]);
    assert_eq!(needs("SELECT 1"), []);
    assert_eq!(
        needs("WITH x AS (SELECT id FROM u) SELECT B FROM T AS y WHERE id IN x"),
        [(0, vec![0, 3]), (1, vec![0])]
    );
}

fn field(field_type: &str, options: Value) -> Field {
    let schema = table(1, "T", &[("F", field_type, options)]);
    Field::clone(&Table::from_schema(&schema).unwrap().fields[0])
}

fn shown(field: &Field, cell: &Cell) -> Sql {
    match value(field, cell, &mut Vec::new()) {
        ToSqlOutput::Borrowed(value) => value.try_into().unwrap(),
        other => match other.to_sql().unwrap() {
            ToSqlOutput::Borrowed(value) => value.try_into().unwrap(),
            _ => panic!("a value"),
        },
    }
}

#[test]
fn cells_are_values_of_their_type() {
    let options = json!({"icon": "check", "color": "greenBright"});
    let checkbox = field("checkbox", options);
    assert_eq!(shown(&checkbox, &Cell::Checked), Sql::Integer(1));
    assert_eq!(shown(&checkbox, &Cell::Empty), Sql::Integer(0));
    let plain = field("singleLineText", Value::Null);
    assert_eq!(shown(&plain, &Cell::Empty), Sql::Null);
    assert_eq!(
        shown(&plain, &Cell::Text("é".into())),
        Sql::Text("é".into())
    );
    let date = field("date", json!({"dateFormat": {"name": "iso"}}));
    assert_eq!(shown(&date, &Cell::Date(0)), Sql::Text("1970-01-01".into()));
    let links = field("multipleRecordLinks", link("F", 1).2);
    let one = RecordId::from_number(1);
    assert_eq!(
        shown(&links, &Cell::Links([one].into())),
        Sql::Text(format!("[\"{one}\"]"))
    );
    assert_eq!(shown(&links, &Cell::Links([].into())), Sql::Null);
    let person = PersonCell {
        id: "usr1".into(),
        email: None,
        name: Some("Ada".into()),
    };
    let who = field("singleCollaborator", Value::Null);
    assert_eq!(
        shown(&who, &Cell::Person(person.into())),
        Sql::Text("{\"id\":\"usr1\",\"name\":\"Ada\"}".into())
    );
    let frozen = field("formula", Value::Null);
    for (json, wanted) in [
        ("\"a\"", Sql::Text("a".into())),
        ("5", Sql::Integer(5)),
        ("0.5", Sql::Real(0.5)),
        ("true", Sql::Integer(1)),
        ("null", Sql::Null),
        ("[1, 2]", Sql::Text("[1, 2]".into())),
    ] {
        let raw = serde_json::value::RawValue::from_string(json.into()).unwrap();
        assert_eq!(shown(&frozen, &Cell::Raw(raw)), wanted, "{json}");
    }
}

#[test]
fn answers_are_json_whatever_they_hold() {
    let written = |value: ValueRef<'_>| {
        let mut out = String::new();
        write(value, &mut out);
        out
    };
    assert_eq!(written(ValueRef::Integer(i64::MIN)), i64::MIN.to_string());
    assert_eq!(written(ValueRef::Real(7.0)), "7");
    assert_eq!(written(ValueRef::Real(0.1)), "0.1");
    assert_eq!(written(ValueRef::Real(1e300)), "1e+300");
    assert_eq!(written(ValueRef::Real(f64::INFINITY)), "\"Infinity\"");
    assert_eq!(
        written(ValueRef::Text(b"a\"\xff\n")),
        "\"a\\\"\u{fffd}\\n\""
    );
    assert_eq!(written(ValueRef::Blob(b"\xff")), "\"/w==\"");
    assert_eq!(parameter(&json!([1, "a"])), Sql::Text("[1,\"a\"]".into()));
    assert_eq!(parameter(&json!(true)), Sql::Integer(1));
    assert_eq!(parameter(&json!(1.5)), Sql::Real(1.5));
}
