use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::support::{Actor, Answer, TestApp};
use crate::v0::fixture::Fixture;

const NEW_BASE: &str = "app0000000000000A";

/// The fixture's base as a document for another base.
async fn document(fixture: &Fixture) -> Value {
    let path = format!("/api/airtable/bases/{}/export", fixture.base);
    let mut document = fixture.owner.get(&path).await.expect(200).json;
    document["id"] = json!(NEW_BASE);
    document
}

fn import_path(workspace: &str) -> String {
    format!("/api/airtable/bases/import?workspace_id={workspace}")
}

/// A table's field of this name.
fn field<'d>(document: &'d mut Value, table: usize, name: &str) -> &'d mut Value {
    let fields = document["tables"][table]["fields"].as_array_mut().unwrap();
    fields
        .iter_mut()
        .find(|field| field["name"] == name)
        .unwrap()
}

#[tokio::test]
async fn a_link_whose_inverse_does_not_link_back_is_refused() {
    let fixture = Fixture::new().await;
    let document = document(&fixture).await;
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut copy = document.clone();
        change(&mut copy);
        copy
    };
    let without_twin = |copy: &mut Value, inverse: Value| {
        let twin = field(copy, 0, "Tasks")["options"].as_object_mut();
        twin.unwrap().remove("inverseLinkFieldId");
        field(copy, 1, "Owner")["options"]["inverseLinkFieldId"] = inverse;
    };
    let cases = [
        (
            changed(&|copy| {
                let text = field(copy, 0, "Name")["id"].clone();
                without_twin(copy, text);
            }),
            "field Owner: its inverse, field Name of table People, is of type singleLineText and no link",
        ),
        (
            changed(&|copy| {
                let itself = field(copy, 1, "Owner")["id"].clone();
                without_twin(copy, itself);
            }),
            "field Owner: inverseLinkFieldId names the field itself",
        ),
        (
            changed(&|copy| without_twin(copy, json!("fld0000000000000A"))),
            "field Owner: inverseLinkFieldId fld0000000000000A is no field of table People",
        ),
        (
            changed(&|copy| {
                let mut second = field(copy, 1, "Owner").clone();
                second["id"] = json!("fld0000000000000A");
                second["name"] = json!("Second");
                let fields = copy["tables"][1]["fields"].as_array_mut().unwrap();
                fields.push(second);
            }),
            "field Second: its inverse, field Tasks of table People, does not link back to it",
        ),
        (
            changed(&|copy| {
                let link = field(copy, 1, "Owner")["id"].clone();
                copy["tables"][1]["primaryFieldId"] = link;
            }),
            "field Owner: a link cannot be the primary field",
        ),
    ];
    let path = import_path(&fixture.workspace);
    for (case, fault) in cases {
        let answer = fixture.owner.post(&path, case).await;
        let answer = answer.expect_problem(422, "invalid_request");
        assert_eq!(answer.json["detail"], format!("table Tasks: {fault}"));
        let base = format!("/api/airtable/bases/{NEW_BASE}");
        fixture.owner.get(&base).await.expect(404);
    }
    let nowhere = changed(&|copy| {
        field(copy, 1, "Owner")["options"]["linkedTableId"] = json!("tbl0000000000000A");
    });
    let answer = fixture.owner.post(&path, nowhere).await.expect(422);
    let fault = &answer.json["errors"][0]["field"];
    assert_eq!(fault, "tables[1].fields[6].options.linkedTableId");
    fixture.owner.post(&path, document).await.expect(201);
}

/// Imports a small base from a document blown up to a size.
async fn import(owner: &Actor, workspace: &str, bytes: usize) -> Answer {
    let document = json!({"name": "Small", "tables": [{
        "id": "tbl0000000000000A", "name": "Things", "primaryFieldId": "fld0000000000000A",
        "fields": [{"id": "fld0000000000000A", "name": "Name", "type": "singleLineText"}],
        "views": [],
    }]})
    .to_string();
    let padding = " ".repeat(bytes - document.len());
    let request = owner.request(Method::POST, &import_path(workspace));
    let request = request
        .header("content-type", "application/json")
        .body(document + &padding);
    owner.send(request).await
}

/// Announces a document and sends none of it.
async fn begin_import(app: &TestApp, owner: &Actor, workspace: &str, bytes: usize) -> TcpStream {
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nContent-Length: {bytes}\r\n\r\n",
        import_path(workspace),
        app.address,
        owner.token().unwrap(),
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

#[tokio::test]
async fn imports_at_the_same_time_share_the_memory_there_is_for_them() {
    const LIMIT: usize = 1 << 20;
    let app = TestApp::with_settings(|settings| {
        settings.server.import_limit = LIMIT;
    });
    let app = app.await;
    let owner = app.owner().await;
    let workspace = app.workspace_of(&owner).await;
    import(&owner, &workspace, LIMIT).await.expect(201);
    let started = Instant::now();
    let (slow, refused) = loop {
        // A small import that is just under way may leave the slow one no room, so it may take more than one.
        let slow = begin_import(&app, &owner, &workspace, LIMIT - 1024).await;
        let answer = import(&owner, &workspace, 4096).await;
        if answer.status != 201 {
            break (slow, answer);
        }
        assert!(started.elapsed() < Duration::from_secs(60), "all find room");
    };
    let refused = refused.expect_problem(503, "unavailable");
    assert_eq!(refused.header("retry-after"), "10");
    while import(&owner, &workspace, 1024).await.status != 201 {
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "not even a small one"
        );
    }
    drop(slow);
    while import(&owner, &workspace, 4096).await.status != 201 {
        assert!(started.elapsed() < Duration::from_secs(60), "no room again");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn the_history_of_an_imported_base_ends_at_its_first_change() {
    let fixture = Fixture::new().await;
    let document = document(&fixture).await;
    let path = import_path(&fixture.workspace);
    fixture.owner.post(&path, document).await.expect(201);
    let path = format!("/api/airtable/bases/{NEW_BASE}/changes");
    let history = async || fixture.owner.get(&path).await.expect(200).json;
    let body = json!({"fields": {"Name": "First"}});
    let tasks = format!("/v0/{NEW_BASE}/Tasks");
    fixture.owner.post(&tasks, body).await.expect(200);
    let told = history().await;
    assert_eq!(told["items"].as_array().unwrap().len(), 2, "{told}");
    assert_eq!(told["next_cursor"], Value::Null, "{told}");
}
