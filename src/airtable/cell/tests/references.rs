use super::*;

#[test]
fn selects_know_their_choices() {
    let single = select("singleSelect");
    check(
        &single,
        &[
            (json!("b"), Strict, json!("b")),
            (json!(" b "), Typecast, json!("b")),
            (json!(""), Strict, Value::Null),
        ],
    );
    let error = parsed(&single, json!("X"), Strict).unwrap_err();
    assert_eq!(error.kind, BaseErrorKind::InvalidMultipleChoiceOptions);
    assert_eq!(
        error.message,
        "Insufficient permissions to create new select option \"\"X\"\""
    );
    let new = parsed(&single, json!("X"), Typecast).unwrap();
    assert!(matches!(new, Parsed::Choices(list) if list == [ChoiceInput::New("X".into())]));

    let multiple = select("multipleSelects");
    check(
        &multiple,
        &[
            (json!(["b", "a", "b"]), Strict, json!(["b", "a"])),
            (json!([]), Strict, Value::Null),
            (json!("b, \"c, d\",,a"), Typecast, json!(["b", "c, d", "a"])),
            (json!([{"name": "a"}]), Import, json!(["a"])),
        ],
    );
    refuses(&multiple, &[json!("a"), json!([1])], REFUSED);
}

#[test]
fn links_are_ids_or_names() {
    let table = TableId::from_number(5);
    let links = field("multipleRecordLinks", json!({"linkedTableId": table}));
    let id = RecordId::from_number(1);
    let ids = |value, mode| match parsed(&links, value, mode).unwrap() {
        Parsed::Links(list) => list,
        _ => Vec::new(),
    };
    assert_eq!(ids(json!([id, {"id": id}]), Strict), [LinkInput::Id(id)]);
    let named = [LinkInput::Name("Ada".into()), LinkInput::Id(id)];
    assert_eq!(ids(json!(format!("Ada, {id}")), Typecast), named);
    assert_eq!(ids(json!([" Ada ", id, null, ""]), Typecast), named);
    assert!(ids(json!([]), Strict).is_empty());
    refuses(
        &links,
        &[json!("Ada"), json!([1]), json!({})],
        "Value is not an array of record IDs.",
    );
    refuses(
        &links,
        &[json!(["x"])],
        "Value \"x\" is not a valid record ID.",
    );
}

#[test]
fn people_are_found_in_the_directory() {
    let single = field("singleCollaborator", Value::Null);
    let ada = json!({"id": UserId::from_number(1), "email": "ada@b.c", "name": "Ada"});
    let stranger = json!({"id": "usrXXXXXXXXXXXXXX", "name": "Eve"});
    check(
        &single,
        &[
            (json!({"id": UserId::from_number(1)}), Strict, ada.clone()),
            (json!({"email": "ADA@b.c"}), Strict, ada.clone()),
            (json!("ada"), Typecast, ada.clone()),
            (json!("nobody"), Typecast, Value::Null),
            (stranger.clone(), Import, stranger.clone()),
        ],
    );
    refuses(
        &single,
        &[
            json!("Ada"),
            json!({"email": "x@y.z"}),
            json!({}),
            stranger.clone(),
        ],
        REFUSED,
    );
    check(
        &field("multipleCollaborators", Value::Null),
        &[
            (
                json!([UserId::from_number(1), {"email": "ada@b.c"}]),
                Strict,
                json!([ada]),
            ),
            (json!("Ada, nobody"), Typecast, json!([ada])),
        ],
    );
    check(
        &field("createdBy", Value::Null),
        &[(stranger.clone(), Import, stranger)],
    );
}

#[test]
fn attachments_are_taken_by_address_or_kept_by_id() {
    let files = field("multipleAttachments", Value::Null);
    let of = |value| match parsed(&files, value, Strict) {
        Ok(Parsed::Cell(cell)) => Ok(cell),
        Ok(_) => panic!("attachments are ready to store"),
        Err(error) => Err(error.kind),
    };
    let before = of(json!([{"url": "https://a.b/c/d%20e.pdf?x=1"}])).unwrap();
    let Cell::Attachments(list) = &before else {
        panic!("one attachment")
    };
    assert_eq!(list[0].filename, "d e.pdf");
    let kept = of(json!([{"id": list[0].id}])).unwrap();
    assert_eq!(
        resolve_attachments(&files, kept.clone(), &before).unwrap(),
        before
    );
    let error = resolve_attachments(&files, kept, &Cell::Empty).unwrap_err();
    assert_eq!(error.kind, BaseErrorKind::InvalidAttachmentObject);
    let bad = [
        json!([{"url": "data:text/plain,x"}]),
        json!(["https://a.b"]),
        json!([{}]),
        json!([{"id": "x"}]),
    ];
    for value in bad {
        assert_eq!(of(value), Err(BaseErrorKind::InvalidAttachmentObject));
    }
    let full = json!([{"id": AttachmentId::from_number(1), "url": "u", "filename": "f", "size": 3, "thumbnails": {}}]);
    check(&files, &[(full.clone(), Import, full)]);
}
