use super::*;

#[test]
fn text_is_what_a_person_reads() {
    let table = [
        (
            field("number", json!({"precision": 1})),
            json!(1234.56),
            "1,234.6",
        ),
        (field("currency", Value::Null), json!(-2), "-$2.00"),
        (field("percent", Value::Null), json!(0.123), "12%"),
        (field("duration", Value::Null), json!(5400), "1:30"),
        (
            field("duration", json!({"durationFormat": "h:mm:ss.S"})),
            json!(-1.26),
            "-0:00:01.3",
        ),
        (field("checkbox", Value::Null), json!(true), "checked"),
        (
            field("date", json!({"dateFormat": {"name": "local"}})),
            json!("2024-03-05"),
            "5/3/2024",
        ),
        (
            field("date", json!({"dateFormat": {"name": "friendly"}})),
            json!("2024-03-05"),
            "5 March 2024",
        ),
        (
            field("dateTime", json!({"timeFormat": {"name": "12hour"}})),
            json!(NOW),
            "2024-03-05 4:08pm",
        ),
        (
            select("multipleSelects"),
            json!(["b", "c, d"]),
            "b, \"c, d\"",
        ),
        (
            field("singleCollaborator", Value::Null),
            json!({"email": "bob@b.c"}),
            "Bob",
        ),
        (field("barcode", Value::Null), json!({"text": "77"}), "77"),
        (field("rollup", Value::Null), json!(["x", 2]), "x, 2"),
    ];
    let names = |_, _| String::new();
    let context = TextContext {
        time_zone: Some("Asia/Tokyo"),
        locale: Some("en-gb"),
        names: &names,
        links: None,
    };
    for (field, value, wanted) in table {
        let mode = if field.kind.is_computed() {
            Import
        } else {
            Strict
        };
        let Ok(Parsed::Cell(cell)) = parsed(&field, value, mode) else {
            panic!("{wanted}")
        };
        assert_eq!(text(&field, &cell, &context), wanted);
    }
}

#[test]
fn empty_sorts_first_and_choices_by_their_order() {
    let names = |_, record: RecordId| record.to_string();
    let number = field("number", Value::Null);
    let of = |cell: Cell| sort_value(&number, &cell, &names);
    let ordered = [
        Cell::Empty,
        Cell::Number(-1e9),
        Cell::Number(-0.5),
        Cell::Number(0.0),
        Cell::Number(2.5),
    ];
    assert!(ordered.map(of).is_sorted());
    let select = select("singleSelect");
    let ranks = [2_u128, 0, 1].map(|number| {
        sort_value(
            &select,
            &Cell::Choice(ChoiceId::from_number(number)),
            &names,
        )
    });
    assert!(ranks[1] < ranks[2] && ranks[2] < ranks[0]);
    let text: SortValue = serde_json::from_str(&serde_json::to_string(&ranks[0]).unwrap()).unwrap();
    assert_eq!(text, ranks[0]);
}

#[test]
fn cells_are_small_and_unknown_choices_hidden() {
    assert_eq!(size_of::<Cell>(), 24);
    let gone = Cell::Choice(ChoiceId::from_number(99));
    assert!(!is_shown(&select("singleSelect"), &gone));
    assert!(is_shown(&field("number", Value::Null), &Cell::Number(0.0)));
    assert_eq!(heap_bytes(&Cell::Text("abc".into())), 3);
    assert!(matches!(
        field("aiText", Value::Null).kind,
        Kind::Frozen { .. }
    ));
}
