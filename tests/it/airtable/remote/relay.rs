use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::world::{TOKEN, World};

const UNLIMITED: &str = "[limits]\nenabled = false";

/// How an answer says where it comes from.
fn source(answer: &crate::support::Answer) -> (&str, bool) {
    let age = !answer.header("age").is_empty();
    (answer.header("x-pyairtable-source"), age)
}

#[tokio::test]
async fn what_is_asked_through_us_is_what_is_asked_at_airtable() {
    let world = World::offered(UNLIMITED).await;
    let record = world.create("Ünïcode / ? #").await;
    let one = format!("Tasks/{}", record["id"].as_str().unwrap());
    let paths = [
        "Tasks?pageSize=2&fields%5B%5D=Name".to_owned(),
        "Tasks/?pageSize=2".to_owned(),
        "Tasks?filterByFormula=%7BNope%7D%3D1".to_owned(),
        "Tasks?pageSize=0".to_owned(),
        "Nope".to_owned(),
        one.clone(),
        format!("{one}/comments"),
    ];
    for path in paths.iter().map(|rest| world.path(rest)) {
        let theirs = world.airtable.script.get(&path).await;
        let ours = world.script.get(&path).await;
        assert_eq!(
            (ours.status, &ours.text),
            (theirs.status, &theirs.text),
            "{path}"
        );
        assert_eq!(ours.header("content-type"), theirs.header("content-type"));
    }
    let schema = format!("/v0/meta/bases/{}/tables", world.airtable.base);
    let theirs = world.airtable.script.get(&schema).await.text;
    assert_eq!(world.script.get(&schema).await.text, theirs);
}

#[tokio::test]
async fn answers_are_kept_for_a_while_and_own_writes_are_seen_at_once() {
    let world = World::offered(UNLIMITED).await;
    let path = world.path("Tasks?pageSize=1&view=Grid%20view");
    let turned = world.path("Tasks?view=Grid%20view&pageSize=1");
    let first = world.script.get(&path).await;
    assert_eq!(source(&first), ("airtable", false));
    assert_eq!(source(&world.script.get(&path).await), ("cache", true));
    assert_eq!(source(&world.script.get(&turned).await), ("cache", true));
    let request = world.script.request(Method::GET, &path);
    let new = world
        .script
        .send(request.header("cache-control", "no-cache"));
    assert_eq!(source(&new.await), ("airtable", false));

    // Somebody else's change is seen when the answer is old, one of our own at once.
    let id = first.json["records"][0]["id"].as_str().unwrap().to_owned();
    let one = world.path(&format!("Tasks/{id}"));
    world.script.get(&one).await.expect(200);
    let name = |answer: crate::support::Answer| answer.json["fields"]["Name"].clone();
    let change = |name: &str| json!({"fields": {"Name": name}});
    world
        .airtable
        .script
        .patch(&one, change("Theirs"))
        .await
        .expect(200);
    assert_ne!(name(world.script.get(&one).await), json!("Theirs"));
    world.app.clock.advance(Duration::from_secs(31));
    assert_eq!(name(world.script.get(&one).await), json!("Theirs"));
    world.script.patch(&one, change("Ours")).await.expect(200);
    assert_eq!(name(world.script.get(&one).await), json!("Ours"));
}

#[tokio::test]
async fn the_same_question_of_many_at_once_is_asked_once() {
    let world = World::offered("[limits]\nenabled = false\n[[faults]]\nkind = \"latency\"\nms = [300, 300]\nprobability = 1").await;
    let before = world.count("admitted").await;
    let path = world.path("Tasks");
    let answers = futures_util::future::join_all((0..20).map(|_| world.script.get(&path))).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    assert_eq!(world.count("admitted").await - before, 1);
}

#[tokio::test]
async fn tenants_with_the_same_base_do_not_share_answers() {
    let world = World::offered(UNLIMITED).await;
    let path = world.path("Tasks");
    world.script.get(&path).await.expect(200);
    assert_eq!(source(&world.script.get(&path).await), ("cache", true));
    let stranger = world.app.other_tenant().await;
    let workspace = world.app.workspace_of(&stranger).await;
    let body = json!({"workspace_id": workspace, "name": "Theirs", "token": TOKEN});
    let made = stranger.post("/api/airtable/connections", body).await;
    let connection = made.expect(201).json["id"].as_str().unwrap().to_owned();
    let offer = json!({"access": "read"});
    let offered = stranger.put(&world.offer_path(&connection), offer).await;
    offered.expect(200);
    assert_eq!(source(&stranger.get(&path).await), ("airtable", false));
    assert_eq!(source(&stranger.get(&path).await), ("cache", true));
}

#[tokio::test]
async fn writes_of_every_kind_arrive_once() {
    let world = World::offered(UNLIMITED).await;
    let tasks = world.path("Tasks");
    let many = json!({"records": [{"fields": {"Name": "One"}}, {"fields": {"Name": "Two"}}], "typecast": true});
    let made = world.script.post(&tasks, many).await.expect(200).json;
    let id = |place: usize| made["records"][place]["id"].as_str().unwrap().to_owned();
    let upsert = json!({"performUpsert": {"fieldsToMergeOn": ["Name"]}, "records": [{"fields": {"Name": "Three"}}]});
    let upserted = world.script.patch(&tasks, upsert).await.expect(200).json;
    assert_eq!(upserted["createdRecords"].as_array().unwrap().len(), 1);
    let comment = world.path(&format!("Tasks/{}/comments", id(0)));
    world
        .script
        .post(&comment, json!({"text": "Hello"}))
        .await
        .expect(200);
    let gone = world.path(&format!(
        "Tasks?records%5B%5D={}&records%5B%5D={}",
        id(0),
        id(1)
    ));
    world.script.delete(&gone).await.expect(200);
    let field = json!({"name": "Extra", "type": "singleLineText"});
    let base = &world.airtable.base;
    let schema = format!("/v0/meta/bases/{base}/tables");
    let tables = world.script.get(&schema).await.expect(200).json;
    let table = tables["tables"][0]["id"].as_str().unwrap();
    world
        .script
        .post(&format!("{schema}/{table}/fields"), field)
        .await
        .expect(200);
    let tables = world.script.get(&schema).await.expect(200).text;
    assert!(
        tables.contains("\"Extra\""),
        "the schema is asked for again"
    );
    let ledger = world.airtable.ledger(0).await;
    let kinds: Vec<&Value> = ledger.iter().map(|effect| &effect["method"]).collect();
    assert_eq!(kinds, ["POST", "PATCH", "POST", "DELETE", "POST"]);
}

#[tokio::test]
async fn no_path_leads_out_of_the_base() {
    let world = World::offered(UNLIMITED).await;
    let before = world.airtable.counts().await["requests"].clone();
    for rest in [
        "%2e%2e",
        "Tasks/%2e%2e/%2e%2e/meta/whoami",
        "../../meta/whoami",
        "a/b/c/d/e",
    ] {
        let status = raw_get(&world, &world.path(rest)).await;
        assert!(
            status.contains(" 404 ") || status.contains(" 422 ") || status.contains(" 503 "),
            "{rest}: {status}"
        );
    }
    assert_eq!(world.airtable.counts().await["requests"], before);
}

/// The status line of a request whose path no client has tidied up.
async fn raw_get(world: &World, path: &str) -> String {
    let mut stream = TcpStream::connect(world.app.address).await.unwrap();
    let token = world.script.token().unwrap();
    let request = format!(
        "GET {path} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\r\n",
        world.app.address
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.lines().next().unwrap().to_owned()
}
