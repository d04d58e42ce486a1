use pyairtable::contracts::Role;
use serde_json::{Value, json};

use super::{HIDDEN, commented, id, say, texts};
use crate::v0::fixture::{Fixture, line};

#[tokio::test]
async fn what_is_no_comment_is_refused_and_nothing_is_written() {
    let fixture = Fixture::new().await;
    let (task, path) = commented(&fixture).await;
    let long = "x".repeat(10_001);
    let bodies = [
        json!({}),
        json!({"text": ""}),
        json!({"text": " \n"}),
        json!({"text": 3}),
        json!({"text": long}),
        json!({"text": "x", "author": "me"}),
        json!(["x"]),
    ];
    for body in bodies {
        let refused = fixture
            .owner
            .post(&path, body.clone())
            .await
            .expect(422)
            .json;
        assert_eq!(
            refused["error"]["type"], "INVALID_REQUEST_UNKNOWN",
            "{body}"
        );
    }
    fixture
        .owner
        .post(&format!("{path}?x=1"), json!({"text": "x"}))
        .await
        .expect(422);
    let malformed = fixture
        .owner
        .delete(&format!("{path}/rec00000000000000"))
        .await;
    assert_eq!(line(&malformed), r#"404 {"error":"NOT_FOUND"}"#);
    // The table must be the record's own.
    let people = fixture.path(&format!("People/{task}/comments"));
    let wrong = fixture
        .owner
        .post(&people, json!({"text": "x"}))
        .await
        .expect(403);
    assert_eq!(wrong.json["error"]["type"], HIDDEN);
    fixture.owner.get(&people).await.expect(403);
    let anonymous = fixture.app.anonymous().get(&path).await;
    anonymous.expect(401);
    assert!(texts(&fixture.owner, &path).await.is_empty());
}

#[tokio::test]
async fn authors_change_their_own_and_admins_delete_any() {
    let fixture = Fixture::new().await;
    let editor = fixture.app.member(&fixture.owner, Role::Editor).await;
    let viewer = fixture.app.member(&fixture.owner, Role::Viewer).await;
    let (_, path) = commented(&fixture).await;
    let by_owner = say(&fixture.owner, &path, "Owner's").await;
    let by_editor = say(&editor, &path, "Editor's").await;
    let kind = |answer: Value| answer["error"]["type"].as_str().unwrap().to_owned();
    let body = || json!({"text": "Mine now"});
    let foreign = format!("{path}/{}", id(&by_owner));
    let refused = editor.patch(&foreign, body()).await.expect(403).json;
    assert_eq!(kind(refused), "INVALID_PERMISSIONS");
    let refused = editor.delete(&foreign).await.expect(403).json;
    assert_eq!(kind(refused), "INVALID_PERMISSIONS");
    let theirs = format!("{path}/{}", id(&by_editor));
    let refused = fixture.owner.patch(&theirs, body()).await.expect(403).json;
    assert_eq!(kind(refused), "INVALID_PERMISSIONS");
    assert_eq!(texts(&viewer, &path).await, ["Editor's", "Owner's"]);
    let refused = viewer.post(&path, body()).await.expect(403).json;
    assert_eq!(kind(refused), "INVALID_PERMISSIONS");
    fixture.owner.delete(&theirs).await.expect(200);
    assert_eq!(texts(&viewer, &path).await, ["Owner's"]);

    let records = [
        "data.records:read",
        "data.records:write",
        "schema.bases:read",
    ];
    let none = fixture.app.key(&fixture.owner, &records).await;
    assert_eq!(kind(none.get(&path).await.expect(403).json), HIDDEN);
    let reads = fixture
        .app
        .key(&fixture.owner, &["data.recordComments:read"])
        .await;
    assert_eq!(texts(&reads, &path).await, ["Owner's"]);
    assert_eq!(
        kind(reads.post(&path, body()).await.expect(403).json),
        HIDDEN
    );
    let scopes = ["data.recordComments:read", "data.recordComments:write"];
    let writes = fixture.app.key(&fixture.owner, &scopes).await;
    say(&writes, &path, "By key").await;
    writes.get(&fixture.path("Tasks")).await.expect(403);
}
