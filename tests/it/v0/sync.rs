use std::time::Duration;

use pyairtable::contracts::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::fixture::{Fixture, names};
use crate::support::{Actor, Answer};

async fn sync(who: &Actor, path: &str, csv: impl Into<String>) -> Answer {
    let request = who.request(Method::POST, path);
    let request = request.header("content-type", "text/csv; charset=utf-8");
    who.send(request.body(csv.into())).await
}

async fn rows(fixture: &Fixture) -> Vec<Value> {
    let path = fixture.path("Tasks?view=Grid%20view");
    let page = fixture.owner.get(&path).await.expect(200).json;
    page["records"].as_array().unwrap().clone()
}

fn path(fixture: &Fixture) -> String {
    fixture.path("Tasks/sync/warehouse-1")
}

#[tokio::test]
async fn a_table_holds_what_the_text_says() {
    let fixture = Fixture::new().await;
    let cells = json!({"Name": "Saw", "Hours": 1, "Status": "Todo", "Done": true});
    let saw = fixture.create("Tasks", cells).await;
    fixture.create("Tasks", json!({"Name": "Gone"})).await;
    let csv = "Hours,Name,Tags,Due,Owner,Shelf\n\
               2.5,Saw,\"home, garden\",2024-04-01,Ada,A1\n\
               ,\"Drill, \"\"big\"\"\",,,,\n";
    let done = sync(&fixture.owner, &path(&fixture), csv).await.expect(200);
    assert_eq!(done.text, r#"{"success":true}"#);
    let rows = rows(&fixture).await;
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0]["id"], json!(saw), "the record is the same one");
    let mut cells = rows[0]["fields"].clone();
    let owner = cells
        .as_object_mut()
        .unwrap()
        .shift_remove("Owner")
        .unwrap();
    // What has no column stays.
    assert_eq!(
        cells,
        json!({"Name": "Saw", "Hours": 2.5, "Done": true, "Due": "2024-04-01", "Status": "Todo",
               "Tags": ["home", "garden"], "Shelf": "A1"})
    );
    let person = fixture.get("People", owner[0].as_str().unwrap()).await;
    assert_eq!(person["fields"]["Name"], "Ada");
    assert_eq!(rows[1]["fields"], json!({"Name": "Drill, \"big\""}));
    assert_eq!(
        fixture.field("Tasks", "Shelf").await["type"],
        "singleLineText"
    );

    // An empty value clears, and the same text again changes nothing.
    let csv = "Name,Hours,Shelf\nSaw,,A1\n\"Drill, \"\"big\"\"\",1,\n";
    for _ in 0..2 {
        sync(&fixture.owner, &path(&fixture), csv).await.expect(200);
    }
    let rows = self::rows(&fixture).await;
    assert_eq!(rows[0]["id"], json!(saw));
    assert!(rows[0]["fields"].get("Hours").is_none());
    assert_eq!(rows[1]["fields"]["Hours"], 1);
}

#[tokio::test]
async fn rows_of_the_same_name_are_the_records_of_that_name_in_order() {
    let fixture = Fixture::new().await;
    let mut made = Vec::new();
    for hours in 1..=3 {
        made.push(
            fixture
                .create("Tasks", json!({"Name": "Twin", "Hours": hours}))
                .await,
        );
    }
    let unnamed = fixture.create("Tasks", json!({"Hours": 9})).await;
    let csv = "Name,Hours\nTwin,10\n,90\nTwin,20\n";
    sync(&fixture.owner, &path(&fixture), csv).await.expect(200);
    let found: Vec<(Value, Value)> = rows(&fixture)
        .await
        .iter()
        .map(|row| (row["id"].clone(), row["fields"]["Hours"].clone()))
        .collect();
    let wanted = [
        (json!(made[0]), json!(10)),
        (json!(made[1]), json!(20)),
        (json!(unnamed), json!(90)),
    ];
    assert_eq!(found, wanted);
    sync(&fixture.owner, &path(&fixture), "Name\n")
        .await
        .expect(200);
    assert!(rows(&fixture).await.is_empty());
}

#[tokio::test]
async fn what_cannot_be_synced_is_refused_and_nothing_is_written() {
    let fixture = Fixture::new().await;
    fixture.create("Tasks", json!({"Name": "Kept"})).await;
    let owner = fixture.field("Tasks", "Owner").await;
    let options = json!({"recordLinkFieldId": owner["id"]});
    let count = json!({"name": "Owners", "type": "count", "options": options});
    fixture.add_field(count).await.expect(200);
    let many = format!("Name\n{}", "x\n".repeat(10_001));
    let wide = format!("Name{}\nx\n", ",c".repeat(500));
    let cases = [
        ("Hours\n1\n", "INVALID_REQUEST_UNKNOWN", "primary field"),
        ("Name,Name\na,b\n", "INVALID_REQUEST_UNKNOWN", "twice"),
        ("Name,Hours\na\n", "INVALID_REQUEST_UNKNOWN", "line 2"),
        ("", "INVALID_REQUEST_UNKNOWN", "first line"),
        ("Name,Owners\na,1\n", "INVALID_VALUE_FOR_COLUMN", "computed"),
        ("Name,\na,b\n", "DUPLICATE_OR_EMPTY_FIELD_NAME", ""),
        (many.as_str(), "INVALID_REQUEST_UNKNOWN", "10,000 rows"),
        (wide.as_str(), "INVALID_REQUEST_UNKNOWN", "500 columns"),
    ];
    for (csv, kind, part) in cases {
        let refused = sync(&fixture.owner, &path(&fixture), csv).await.expect(422);
        let error = &refused.json["error"];
        assert_eq!(error["type"], kind, "{}", refused.text);
        let message = error["message"].as_str().unwrap_or_default();
        assert!(message.contains(part), "{message}");
    }
    let large = format!("Name\n{}\n", "x".repeat(2 * 1024 * 1024));
    let refused = sync(&fixture.owner, &path(&fixture), large)
        .await
        .expect(413);
    assert_eq!(refused.json["error"]["type"], "REQUEST_TOO_LARGE");
    let json = fixture
        .owner
        .post(&path(&fixture), json!({"Name": "x"}))
        .await
        .expect(422);
    assert!(json.text.contains("text/csv"), "{}", json.text);
    let malformed = fixture.path("Tasks/sync/no%20name");
    sync(&fixture.owner, &malformed, "Name\n").await.expect(404);
    assert_eq!(fixture.names("Tasks").await, ["Kept"]);
}

#[tokio::test]
async fn a_sync_needs_an_admin_and_both_scopes() {
    let fixture = Fixture::new().await;
    fixture.create("Tasks", json!({"Name": "Kept"})).await;
    let editor = fixture.app.member(&fixture.owner, Role::Editor).await;
    let refused = sync(&editor, &path(&fixture), "Name\nx\n")
        .await
        .expect(403);
    assert_eq!(refused.json["error"]["type"], "INVALID_PERMISSIONS");
    for scope in ["data.records:write", "schema.bases:write"] {
        let key = fixture.app.key(&fixture.owner, &[scope]).await;
        sync(&key, &path(&fixture), "Name\nx\n").await.expect(403);
    }
    let stranger = fixture.app.other_tenant().await;
    sync(&stranger, &path(&fixture), "Name\nx\n")
        .await
        .expect(403);
    assert_eq!(fixture.names("Tasks").await, ["Kept"]);
    let both = ["data.records:write", "schema.bases:write"];
    let key = fixture.app.key(&fixture.owner, &both).await;
    sync(&key, &path(&fixture), "Name\nx\n").await.expect(200);
    assert_eq!(fixture.names("Tasks").await, ["x"]);
}

#[tokio::test]
async fn a_base_that_is_synced_too_often_is_told_when_to_come_back() {
    let fixture = Fixture::with_settings(|settings| settings.limits.sync_per_base = 3).await;
    let editor = fixture.app.member(&fixture.owner, Role::Editor).await;
    // Who may not sync at all takes no turn of those who may.
    for _ in 0..5 {
        sync(&editor, &path(&fixture), "Name\nno\n")
            .await
            .expect(403);
    }
    for name in ["one", "two", "three"] {
        let csv = format!("Name\n{name}\n");
        sync(&fixture.owner, &path(&fixture), csv).await.expect(200);
    }
    let other = fixture.path("People/sync/elsewhere");
    let refused = sync(&fixture.owner, &other, "Name\nx\n").await.expect(429);
    let wanted = json!({"error": {"type": "RATE_LIMIT_REACHED", "message": "Rate limit exceeded. Please try again later"}});
    assert_eq!(refused.json, wanted);
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=100).contains(&wait), "{wait}");
    assert_eq!(fixture.names("Tasks").await, ["three"]);
    assert!(fixture.names("People").await.is_empty());
    if fixture.app.platform.redis.is_some() {
        // Redis counts by a clock of its own.
        return;
    }
    fixture.app.clock.advance(Duration::from_secs(wait));
    sync(&fixture.owner, &other, "Name\nx\n").await.expect(200);
    sync(&fixture.owner, &other, "Name\ny\n").await.expect(429);
    assert_eq!(fixture.names("People").await, ["x"]);
}

#[cfg(feature = "saga")]
#[tokio::test]
async fn a_sync_is_one_change_and_undone_as_one() {
    let fixture = Fixture::new().await;
    let saw = fixture
        .create("Tasks", json!({"Name": "Saw", "Hours": 1}))
        .await;
    let gone = fixture
        .create("Tasks", json!({"Name": "Gone", "Tags": ["home"]}))
        .await;
    let csv = "Name,Hours\nSaw,7\nDrill,2\nNail,3\n";
    sync(&fixture.owner, &path(&fixture), csv).await.expect(200);
    let newest = "/api/saga/changes?limit=1";
    let change = fixture.owner.get(newest).await.expect(200).json["items"][0].clone();
    assert_eq!(change["title"], "sync warehouse-1");
    let counts = ["created", "updated", "deleted"].map(|name| change[name].clone());
    assert_eq!(counts, [json!(2), json!(1), json!(1)]);
    let undo = format!("/api/saga/changes/{}/undo", change["id"].as_str().unwrap());
    fixture.owner.post(&undo, json!({})).await.expect(200);
    let page = json!({"records": rows(&fixture).await});
    assert_eq!(names(&page), ["Saw", "Gone"]);
    assert_eq!(page["records"][0]["id"], json!(saw));
    assert_eq!(page["records"][0]["fields"]["Hours"], 1);
    assert_eq!(page["records"][1]["id"], json!(gone));
    assert_eq!(page["records"][1]["fields"]["Tags"], json!(["home"]));
}
