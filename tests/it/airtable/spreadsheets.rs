use pyairtable::contracts::Role;
use serde_json::json;

use crate::v0::fixture::Fixture;

#[tokio::test]
async fn a_table_is_made_of_guessed_fields() {
    let fixture = Fixture::new().await;
    let rows = [
        [
            "Saw",
            "2.5",
            "€3.00",
            "2026-01-31",
            "Open",
            "red, blue",
            "spare",
        ],
        ["Drill", "3", "€4", "2026-02-01", "Open", "red", ""],
        ["Nail", "", "", "", "Done", "blue, red", ""],
        ["Glue", "1", "€5.50", "2026-02-03", "Done", "blue", ""],
    ];
    let header = ["Name", "Hours", "Price", "Due", "State", "Tags"];
    let guess = "/api/airtable/fields/guess";
    let sheet = json!({"header": header, "rows": rows});
    let fields = fixture.owner.post(guess, sheet).await.expect(200).json["fields"].clone();
    let types: Vec<_> = fields
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["type"].clone())
        .collect();
    let wanted = [
        "singleLineText",
        "number",
        "currency",
        "date",
        "singleSelect",
        "multipleSelects",
    ];
    assert_eq!(types, wanted);
    let table = json!({"name": "Tools", "fields": fields});
    let path = format!("/api/airtable/bases/{}/tables", fixture.base);
    let send = async || {
        let request = fixture.owner.request(reqwest::Method::POST, &path);
        let request = request.json(&table).header("Idempotency-Key", "tools");
        fixture.owner.send(request).await.expect(201)
    };
    let made = send().await;
    assert_eq!(send().await.text, made.text);
    assert_eq!(
        made.json["table"]["fields"].as_array().unwrap().len(),
        header.len()
    );
    let set = made.json["change_set_id"].as_str().unwrap();
    let change = fixture.owner.get(&format!("/api/saga/changes/{set}")).await;
    assert_eq!(change.expect(200).json["origin"], "app");
    fixture
        .owner
        .post(&path, table.clone())
        .await
        .expect_problem(409, "conflict");
    let editor = fixture.app.member(&fixture.owner, Role::Editor).await;
    editor
        .post(&path, table)
        .await
        .expect_problem(403, "forbidden");
}

#[tokio::test]
async fn a_guess_wants_columns_and_few_rows() {
    let fixture = Fixture::new().await;
    let guess = "/api/airtable/fields/guess";
    for (header, rows, member) in [(0, 1, "header"), (501, 1, "header"), (1, 5001, "rows")] {
        let sheet = json!({"header": vec!["A"; header], "rows": vec![vec!["1"; header]; rows]});
        let refused = fixture.owner.post(guess, sheet).await;
        let refused = refused.expect_problem(422, "invalid_request").json;
        assert_eq!(refused["errors"][0]["field"], member);
    }
    let sheet = json!({"header": ["A"], "rows": []});
    let nobody = fixture.app.anonymous();
    nobody
        .post(guess, sheet.clone())
        .await
        .expect_problem(401, "unauthenticated");
    let guessed = fixture.owner.post(guess, sheet).await.expect(200).json;
    assert_eq!(
        guessed,
        json!({"fields": [{"name": "A", "type": "singleLineText"}]})
    );
}

#[tokio::test]
async fn a_refused_batch_names_every_record_at_fault() {
    let fixture = Fixture::new().await;
    let table = fixture.table_id("Tasks").await;
    let path = format!(
        "/api/airtable/bases/{}/tables/{table}/records",
        fixture.base
    );
    let records = json!([
        {"fields": {"Name": "One", "Hours": 1}},
        {"fields": {"Name": "Two", "Hours": "many"}},
        {"fields": {"Name": "Three"}},
        {"fields": {"Name": "Four", "Due": "soon"}},
    ]);
    let refused = fixture.owner.post(&path, json!({"records": records})).await;
    let refused = refused.expect_problem(422, "invalid_request").json;
    let errors = refused["errors"].as_array().unwrap();
    let places: Vec<_> = errors.iter().map(|error| error["field"].clone()).collect();
    assert_eq!(places, ["records[1]", "records[3]"]);
    assert_eq!(refused["detail"], errors[0]["message"]);
    assert!(errors[0]["message"].as_str().unwrap().contains("Hours"));
    assert!(errors[1]["message"].as_str().unwrap().contains("Due"));
    assert_eq!(fixture.names("Tasks").await, Vec::<String>::new());
    let good = json!({"records": [records[0], records[2]]});
    let made = fixture.owner.post(&path, good).await.expect(201).json;
    let ids: Vec<_> = made["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["id"])
        .collect();
    let change = |cells: [serde_json::Value; 2]| {
        let [one, two] = cells;
        json!({"records": [{"id": ids[0], "fields": one}, {"id": ids[1], "fields": two}]})
    };
    let wrong = change([json!({"Hours": 2}), json!({"Nothing": 1})]);
    let refused = fixture.owner.patch(&path, wrong).await.expect(422).json;
    assert_eq!(refused["errors"][0]["field"], "records[1]");
    let right = change([json!({"Hours": 2}), json!({"Hours": 3})]);
    fixture.owner.patch(&path, right).await.expect(200);
}
