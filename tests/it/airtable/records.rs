use pyairtable::contracts::Role;
use serde_json::{Value, json};

use crate::support::Answer;
use crate::v0::fixture::Fixture;

/// The tables of the fixture as the web UI works in them.
struct Sheet {
    fixture: Fixture,
    tasks: String,
    name: String,
    hours: String,
    owner: String,
}

impl Sheet {
    async fn new() -> Self {
        let fixture = Fixture::new().await;
        let id = async |name| {
            let field = fixture.field("Tasks", name).await;
            field["id"].as_str().unwrap().to_owned()
        };
        let (name, hours, owner) = (id("Name").await, id("Hours").await, id("Owner").await);
        let table = fixture.table_id("Tasks").await;
        let tasks = format!("/api/airtable/bases/{}/tables/{table}", fixture.base);
        Self {
            fixture,
            tasks,
            name,
            hours,
            owner,
        }
    }

    async fn create(&self, names: &[&str]) -> Vec<String> {
        let records: Vec<_> = names
            .iter()
            .map(|name| json!({"fields": {&self.name: name}}))
            .collect();
        let path = format!("{}/records", self.tasks);
        let made = self.fixture.owner.post(&path, json!({"records": records}));
        ids(&made.await.expect(201).json)
    }

    async fn send(&self, method: reqwest::Method, path: &str, body: Value, key: &str) -> Answer {
        let owner = &self.fixture.owner;
        let request = owner.request(method, &format!("{}/{path}", self.tasks));
        let request = request.json(&body).header("Idempotency-Key", key);
        owner.send(request).await
    }

    async fn rows(&self, query: &str) -> Value {
        let path = format!("{}/rows?{query}", self.tasks);
        self.fixture.owner.get(&path).await.expect(200).json
    }
}

fn ids(body: &Value) -> Vec<String> {
    let records = body["records"].as_array().unwrap().iter();
    records
        .map(|record| record["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn records_are_made_changed_and_deleted_in_change_sets_that_can_be_undone() {
    let sheet = Sheet::new().await;
    let owner = &sheet.fixture.owner;
    let ada = sheet.fixture.create("People", json!({"Name": "Ada"})).await;
    let made = sheet.create(&["One", "Two"]).await;
    let cells = json!({&sheet.hours: 2.5, "Owner": [ada]});
    let body = json!({"records": [{"id": made[1], "fields": cells}]});
    let path = format!("{}/records", sheet.tasks);
    let changed = owner.patch(&path, body).await.expect(200).json;
    let cells = &changed["records"][0]["fields"];
    assert_eq!(cells[&sheet.name], "Two");
    assert_eq!(cells[&sheet.hours], 2.5);
    assert_eq!(cells[&sheet.owner], json!([ada]));
    assert_eq!(changed["names"], json!({ada: "Ada"}));
    let set = changed["change_set_id"].as_str().unwrap();
    let change = owner.get(&format!("/api/saga/changes/{set}")).await;
    assert_eq!(change.expect(200).json["origin"], "app");
    let undo = format!("/api/saga/changes/{set}/undo");
    owner.post(&undo, json!({})).await.expect(200);
    let rows = sheet.rows("").await;
    assert_eq!(ids(&rows), made);
    assert_eq!(rows["records"][1]["fields"].get(&sheet.hours), None);
    let path = format!("{}/records/delete", sheet.tasks);
    let gone = owner.post(&path, json!({"ids": made})).await.expect(200);
    assert_eq!(gone.json["ids"], json!(made));
    assert_eq!(sheet.rows("").await["total"], 0);
    let set = gone.json["change_set_id"].as_str().unwrap();
    let undo = format!("/api/saga/changes/{set}/undo");
    owner.post(&undo, json!({})).await.expect(200);
    assert_eq!(ids(&sheet.rows("").await), made);
}

#[tokio::test]
async fn a_batch_is_written_whole_or_not_at_all() {
    let sheet = Sheet::new().await;
    let owner = &sheet.fixture.owner;
    let path = format!("{}/records", sheet.tasks);
    let batch = |size: usize| {
        let record = |number| json!({"fields": {&sheet.hours: number}});
        json!({"records": (0..size).map(record).collect::<Vec<_>>()})
    };
    owner.post(&path, batch(500)).await.expect(201);
    for size in [0, 501] {
        let refused = owner.post(&path, batch(size)).await;
        let refused = refused.expect_problem(422, "invalid_request").json;
        assert_eq!(refused["errors"][0]["field"], "records");
    }
    let mut half = batch(2);
    half["records"][1]["fields"][&sheet.hours] = json!("many");
    let refused = owner.post(&path, half.clone()).await;
    let refused = refused.expect_problem(422, "invalid_request").json;
    assert!(refused["detail"].as_str().unwrap().contains("Hours"));
    assert_eq!(sheet.rows("limit=1").await["total"], 500);
    half["typecast"] = json!(true);
    half["records"][1]["fields"][&sheet.hours] = json!("7.5");
    let made = owner.post(&path, half).await.expect(201).json;
    assert_eq!(made["records"][1]["fields"][&sheet.hours], 7.5);
}

#[tokio::test]
async fn a_write_with_a_key_is_carried_out_once() {
    let sheet = Sheet::new().await;
    let post = || reqwest::Method::POST;
    let one = json!({"records": [{"fields": {&sheet.name: "Once"}}]});
    let first = sheet.send(post(), "records", one.clone(), "k1").await;
    let again = sheet.send(post(), "records", one.clone(), "k1").await;
    assert_eq!(first.expect(201).text, again.expect(201).text);
    assert_eq!(sheet.rows("").await["total"], 1);
    let other = json!({"records": [{"fields": {&sheet.name: "Other"}}]});
    sheet
        .send(post(), "records", other, "k1")
        .await
        .expect_problem(409, "idempotency_key_reused");
    sheet.send(post(), "records", one, "k2").await.expect(201);
    assert_eq!(sheet.rows("").await["total"], 2);
    let wrong = json!({"records": [{"fields": {&sheet.hours: "many"}}]});
    sheet
        .send(post(), "records", wrong, "k3")
        .await
        .expect_problem(422, "invalid_request");
    let right = json!({"records": [{"fields": {&sheet.hours: 1}}]});
    sheet.send(post(), "records", right, "k3").await.expect(201);
    sheet
        .send(post(), "records", json!({"records": []}), "")
        .await
        .expect_problem(422, "invalid_request");
}

#[tokio::test]
async fn the_same_write_sent_at_once_is_carried_out_once() {
    let sheet = Sheet::new().await;
    let one = json!({"records": [{"fields": {&sheet.name: "Once"}}]});
    let sent = (0..6).map(|_| sheet.send(reqwest::Method::POST, "records", one.clone(), "k"));
    let answers = futures_util::future::join_all(sent).await;
    let (done, busy): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 201);
    assert!(!done.is_empty());
    assert!(done.iter().all(|answer| answer.text == done[0].text));
    assert!(busy.iter().all(|answer| answer.status == 503));
    assert_eq!(sheet.rows("").await["total"], 1);
    let later = sheet.send(reqwest::Method::POST, "records", one, "k").await;
    assert_eq!(later.expect(201).text, done[0].text);
}

#[tokio::test]
async fn rows_are_filtered_by_a_formula() {
    let sheet = Sheet::new().await;
    let made = sheet.create(&["Plan", "Build", "Plant"]).await;
    let filter = "filter=FIND%28%22Plan%22%2C+%7BName%7D%29";
    let rows = sheet.rows(filter).await;
    assert_eq!(rows["total"], 2);
    assert_eq!(ids(&rows), [made[0].clone(), made[2].clone()]);
    let sorted = format!("{filter}&sort={}:desc&limit=1", sheet.name);
    let rows = sheet.rows(&sorted).await;
    assert_eq!(rows["total"], 2);
    assert_eq!(ids(&rows), [made[2].clone()]);
    assert_eq!(sheet.rows("filter=+").await["total"], 3);
    let path = format!("{}/rows?filter=FOUND%28%29", sheet.tasks);
    let refused = sheet.fixture.owner.get(&path).await;
    let refused = refused.expect_problem(422, "invalid_request").json;
    assert!(refused["detail"].as_str().unwrap().contains("FOUND"));
}

#[tokio::test]
async fn fields_are_made_and_renamed() {
    let sheet = Sheet::new().await;
    let owner = &sheet.fixture.owner;
    let path = format!("{}/fields", sheet.tasks);
    let wanted =
        json!({"name": "Budget", "type": "currency", "options": {"precision": 2, "symbol": "€"}});
    let made = owner.post(&path, wanted.clone()).await.expect(201).json;
    assert_eq!(made["field"]["name"], "Budget");
    let set = made["change_set_id"].as_str().unwrap();
    owner
        .get(&format!("/api/saga/changes/{set}"))
        .await
        .expect(200);
    owner
        .post(&path, wanted)
        .await
        .expect_problem(409, "conflict");
    let path = format!("{path}/{}", made["field"]["id"].as_str().unwrap());
    let renamed = owner.patch(&path, json!({"name": "Cost"})).await;
    assert_eq!(renamed.expect(200).json["field"]["name"], "Cost");
    owner
        .patch(&path, json!({}))
        .await
        .expect_problem(422, "invalid_request");
}

#[tokio::test]
async fn only_those_may_write_whose_role_allows_it() {
    let sheet = Sheet::new().await;
    let made = sheet.create(&["One"]).await;
    let app = &sheet.fixture.app;
    let viewer = app.member(&sheet.fixture.owner, Role::Viewer).await;
    let records = format!("{}/records", sheet.tasks);
    let one = json!({"records": [{"fields": {}}]});
    viewer
        .post(&records, one.clone())
        .await
        .expect_problem(403, "forbidden");
    viewer
        .post(&format!("{records}/delete"), json!({"ids": made}))
        .await
        .expect_problem(403, "forbidden");
    app.anonymous()
        .post(&records, one.clone())
        .await
        .expect_problem(401, "unauthenticated");
    let stranger = app.other_tenant().await;
    stranger
        .post(&records, one.clone())
        .await
        .expect_problem(404, "not_found");
    let editor = app.member(&sheet.fixture.owner, Role::Editor).await;
    editor.post(&records, one).await.expect(201);
    let field = json!({"name": "More", "type": "singleLineText"});
    editor
        .post(&format!("{}/fields", sheet.tasks), field)
        .await
        .expect_problem(403, "forbidden");
}
