use std::time::Duration;

use pyairtable::contracts::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Actor, Answer};
use crate::v0::fixture::Fixture;

const DAY: Duration = Duration::from_secs(86_400);

impl Fixture {
    async fn changes(&self, query: &str) -> Value {
        self.changes_as(&self.owner, query).await.expect(200).json
    }

    async fn changes_as(&self, actor: &Actor, query: &str) -> Answer {
        let path = format!("/api/airtable/bases/{}/changes{query}", self.base);
        actor.get(&path).await
    }

    async fn record_changes(&self, table: &str, record: &str, query: &str) -> Answer {
        let table = self.table_id(table).await;
        let base = &self.base;
        let path =
            format!("/api/airtable/bases/{base}/tables/{table}/records/{record}/changes{query}");
        self.owner.get(&path).await
    }

    async fn update(&self, table: &str, record: &str, fields: Value) {
        let path = self.path(&format!("{table}/{record}"));
        let request = self.owner.request(Method::PATCH, &path);
        let request = request.header("user-agent", "script/1.0");
        let body = json!({"fields": fields, "typecast": true});
        self.owner.send(request.json(&body)).await.expect(200);
    }
}

fn items(page: &Value) -> &Vec<Value> {
    page["items"].as_array().unwrap()
}

fn kinds(page: &Value) -> Vec<&str> {
    let kinds = items(page).iter().map(|item| item["kind"].as_str());
    kinds.map(Option::unwrap).collect()
}

fn field<'a>(change: &'a Value, name: &str) -> &'a Value {
    let mut fields = change["fields"].as_array().unwrap().iter();
    fields.find(|field| field["field"] == name).unwrap()
}

#[tokio::test]
async fn a_records_history_says_who_when_with_what_and_each_cell_before_and_after() {
    let fixture = Fixture::new().await;
    let ada = fixture.create("People", json!({"Name": "Ada"})).await;
    let task = json!({"Name": "Old", "Status": "Todo"});
    let task = fixture.create("Tasks", task).await;
    let change = json!({"Name": "New", "Status": "Doing", "Owner": [ada]});
    fixture.update("Tasks", &task, change).await;

    let page = fixture.record_changes("Tasks", &task, "").await.expect(200);
    let page = page.json;
    assert_eq!(kinds(&page), ["updated", "created"]);
    assert_eq!(page["next_cursor"], Value::Null);
    let update = &items(&page)[0];
    assert_eq!(update["client"], "script/1.0");
    assert_eq!(update["by"]["name"], "Olga Owner");
    assert_eq!(update["by"]["email"], "owner@example.org");
    assert_eq!(
        (&update["table"], &update["name"], &update["images"]),
        (&json!("Tasks"), &json!("New"), &json!("kept"))
    );
    assert!(update["at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(update["fields"].as_array().unwrap().len(), 3);
    let name = field(update, "Name");
    assert_eq!(
        (&name["before"], &name["after"]),
        (&json!("Old"), &json!("New"))
    );
    assert_eq!(name["field_id"], fixture.field("Tasks", "Name").await["id"]);
    let status = field(update, "Status");
    assert_eq!(
        (&status["before"], &status["after"]),
        (&json!("Todo"), &json!("Doing"))
    );
    let owner = field(update, "Owner");
    assert_eq!(owner["before"], Value::Null);
    assert_eq!(owner["after"], json!([{"id": ada, "name": "Ada"}]));
    let created = field(&items(&page)[1], "Name");
    assert_eq!(
        (&created["before"], &created["after"]),
        (&Value::Null, &json!("Old"))
    );

    // The other side of the link is part of the same write.
    let other = fixture.record_changes("People", &ada, "").await.expect(200);
    let mirrored = &items(&other.json)[0];
    assert_eq!(mirrored["transaction_id"], update["transaction_id"]);
    assert_eq!(
        field(mirrored, "Tasks")["after"],
        json!([{"id": task, "name": "New"}])
    );
}

#[tokio::test]
async fn a_deleted_record_keeps_its_history_and_an_unknown_one_has_none() {
    let fixture = Fixture::new().await;
    let task = fixture.create("Tasks", json!({"Name": "Gone"})).await;
    let path = fixture.path(&format!("Tasks/{task}"));
    fixture.owner.delete(&path).await.expect(200);
    let page = fixture.record_changes("Tasks", &task, "").await.expect(200);
    assert_eq!(kinds(&page.json), ["deleted", "created"]);
    let deleted = &items(&page.json)[0];
    assert_eq!(deleted["name"], "Gone");
    assert_eq!(field(deleted, "Name")["after"], Value::Null);

    for record in ["rec00000000000000", "nonsense"] {
        let answer = fixture.record_changes("Tasks", record, "").await;
        answer.expect_problem(404, "not_found");
    }
    // It is a record of another table.
    let answer = fixture.record_changes("People", &task, "").await;
    answer.expect_problem(404, "not_found");
}

#[tokio::test]
async fn pages_follow_one_another_without_gaps() {
    let fixture = Fixture::new().await;
    let task = fixture.create("Tasks", json!({"Name": "0"})).await;
    for number in 1..7 {
        let name = json!({"Name": number.to_string()});
        fixture.update("Tasks", &task, name).await;
    }
    let mut names = Vec::new();
    let mut query = "?limit=3".to_owned();
    loop {
        let page = fixture.record_changes("Tasks", &task, &query).await;
        let page = page.expect(200).json;
        assert!(items(&page).len() <= 3);
        let after = |change: &Value| field(change, "Name")["after"].as_str().unwrap().to_owned();
        names.extend(items(&page).iter().map(after));
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        // What is written meanwhile stands before the first page.
        fixture
            .update("Tasks", &task, json!({"Hours": names.len()}))
            .await;
        query = format!("?limit=3&cursor={cursor}");
    }
    assert_eq!(names, ["6", "5", "4", "3", "2", "1", "0"]);
}

#[tokio::test]
async fn changes_of_a_base_are_filtered_by_table_kind_and_time() {
    let fixture = Fixture::new().await;
    let ada = fixture.create("People", json!({"Name": "Ada"})).await;
    let task = fixture.create("Tasks", json!({"Name": "One"})).await;
    fixture.app.clock.advance(Duration::from_secs(3600));
    let fixture = Fixture {
        owner: fixture.app.sign_in_owner().await,
        ..fixture
    };
    fixture.update("Tasks", &task, json!({"Hours": 2})).await;
    let tasks = fixture.table_id("Tasks").await;
    let late = fixture.changes("?limit=1").await;
    let at = items(&late)[0]["at"].as_str().unwrap().to_owned();

    let of_table = fixture.changes(&format!("?table_id={tasks}")).await;
    assert_eq!(kinds(&of_table), ["updated", "created", "schema", "schema"]);
    let created = fixture.changes("?kind=created").await;
    let records: Vec<&Value> = items(&created)
        .iter()
        .map(|item| &item["record_id"])
        .collect();
    assert_eq!(records, [&json!(task), &json!(ada)]);
    let since = fixture.changes(&format!("?since={at}")).await;
    assert_eq!(kinds(&since), ["updated"]);
    let until = fixture.changes(&format!("?until={at}&kind=updated")).await;
    assert_eq!(items(&until).len(), 0);
    let until = fixture.changes(&format!("?until={at}")).await;
    let all = fixture.changes("").await;
    assert_eq!(items(&until)[..], items(&all)[1..]);
}

#[tokio::test]
async fn a_filter_looks_at_part_of_a_long_log_and_says_that_there_is_more() {
    let fixture = Fixture::new().await;
    let task = fixture.create("Tasks", json!({"Name": "Old"})).await;
    // As if much had been written since.
    fixture
        .tamper(&["UPDATE airtable_bases SET seq = seq + 150000"])
        .await;
    let first = fixture.changes("?kind=created").await;
    assert_eq!(items(&first).len(), 0);
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = fixture
        .changes(&format!("?kind=created&cursor={cursor}"))
        .await;
    assert_eq!(items(&second)[0]["record_id"], json!(task));
    assert_eq!(second["next_cursor"], Value::Null);
    let own = fixture.record_changes("Tasks", &task, "").await;
    assert_eq!(kinds(&own.expect(200).json), ["created"]);
}

#[tokio::test]
async fn changes_of_the_schema_are_told_in_sentences() {
    let fixture = Fixture::new().await;
    fixture
        .add_field(json!({"name": "Note", "type": "multilineText"}))
        .await
        .expect(200);
    let path = format!("/api/airtable/bases/{}", fixture.base);
    fixture
        .owner
        .patch(&path, json!({"name": "Play"}))
        .await
        .expect(200);
    let page = fixture.changes("?kind=schema&limit=2").await;
    let said: Vec<&Value> = items(&page).iter().map(|item| &item["schema"]).collect();
    assert_eq!(
        said,
        [
            &json!(["The base was renamed from \"Work\" to \"Play\""]),
            &json!(["Field \"Note\" was added to \"Tasks\""]),
        ]
    );
    assert_eq!(items(&page)[0]["table_id"], Value::Null);
}

#[tokio::test]
async fn erased_values_are_said_to_be_erased() {
    let fixture = Fixture::new().await;
    let task = fixture.create("Tasks", json!({"Name": "Old"})).await;
    fixture.update("Tasks", &task, json!({"Name": "New"})).await;
    fixture.app.clock.advance(31 * DAY);
    fixture.app.run_once("airtable.images").await;
    let fixture = Fixture {
        owner: fixture.app.sign_in_owner().await,
        ..fixture
    };
    let page = fixture.record_changes("Tasks", &task, "").await.expect(200);
    assert_eq!(kinds(&page.json), ["updated", "created"]);
    for change in items(&page.json) {
        assert_eq!(change["images"], "erased");
        assert_eq!(change["fields"], json!([]));
        assert_eq!(change["by"]["name"], "Olga Owner");
    }
    let schema = fixture.changes("?kind=schema").await;
    assert!(
        items(&schema)
            .iter()
            .all(|item| item["images"] == "erased" && item["schema"] == json!([]))
    );
    fixture
        .update("Tasks", &task, json!({"Name": "Newer"}))
        .await;
    let page = fixture.record_changes("Tasks", &task, "?limit=1").await;
    assert_eq!(items(&page.expect(200).json)[0]["images"], "kept");
}

#[tokio::test]
async fn only_who_reads_the_base_reads_its_changes() {
    let fixture = Fixture::new().await;
    let task = fixture.create("Tasks", json!({"Name": "Mine"})).await;
    let viewer = fixture.app.member(&fixture.owner, Role::Viewer).await;
    let page = fixture.changes_as(&viewer, "").await.expect(200).json;
    assert_eq!(items(&page)[0]["record_id"], json!(task));
    let stranger = fixture.app.other_tenant().await;
    let answer = fixture.changes_as(&stranger, "").await;
    answer.expect_problem(404, "not_found");
    let key = fixture
        .app
        .key(&fixture.owner, &["schema.bases:read"])
        .await;
    let answer = fixture.changes_as(&key, "").await;
    answer.expect_problem(404, "not_found");
    let anonymous = fixture.app.anonymous();
    let answer = fixture.changes_as(&anonymous, "").await;
    answer.expect_problem(401, "unauthenticated");
}

#[tokio::test]
async fn what_is_asked_wrongly_is_named() {
    let fixture = Fixture::new().await;
    for (query, name) in [
        ("?limit=0", "limit"),
        ("?limit=101", "limit"),
        ("?cursor=x", "cursor"),
        ("?cursor=-1", "cursor"),
        ("?since=yesterday", "since"),
        ("?until=2026", "until"),
    ] {
        let answer = fixture.changes_as(&fixture.owner, query).await;
        let problem = answer.expect_problem(422, "invalid_request").json;
        assert_eq!(problem["errors"][0]["field"], name, "{problem}");
    }
    let answer = fixture
        .changes_as(&fixture.owner, "?table_id=tbl00000000000000")
        .await;
    answer.expect_problem(404, "not_found");
    for query in ["?kind=renamed", "?sort=at"] {
        let answer = fixture.changes_as(&fixture.owner, query).await;
        assert_eq!(answer.status / 100, 4, "{}", answer.text);
    }
}
