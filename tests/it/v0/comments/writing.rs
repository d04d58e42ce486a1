use serde_json::{Value, json};

use super::{HIDDEN, commented, id, me, say, texts};
use crate::v0::fixture::{Fixture, line};
use pyairtable::contracts::Role;

#[tokio::test]
async fn comments_are_written_listed_changed_and_deleted() {
    let fixture = Fixture::new().await;
    let (_, path) = commented(&fixture).await;
    let owner = me(&fixture.owner).await;
    let first = say(&fixture.owner, &path, "Red, please").await;
    assert!(id(&first).starts_with("com") && id(&first).len() == 17);
    assert_eq!(
        first["author"],
        json!({"id": owner["id"], "email": "owner@example.org", "name": "Olga Owner"})
    );
    assert_eq!(first["lastUpdatedTime"], Value::Null);
    assert!(first["createdTime"].as_str().unwrap().ends_with('Z'));
    for absent in ["mentioned", "parentCommentId"] {
        assert!(first.get(absent).is_none(), "{first}");
    }
    say(&fixture.owner, &path, "Two coats").await;
    assert_eq!(
        texts(&fixture.owner, &path).await,
        ["Two coats", "Red, please"]
    );

    let one = format!("{path}/{}", id(&first));
    let body = json!({"text": "Blue, please"});
    let changed = fixture.owner.patch(&one, body).await.expect(200).json;
    assert_eq!(changed["text"], "Blue, please");
    assert!(changed["lastUpdatedTime"].is_string(), "{changed}");
    assert_eq!(changed["createdTime"], first["createdTime"]);
    assert_eq!(
        texts(&fixture.owner, &path).await,
        ["Two coats", "Blue, please"]
    );

    let deleted = fixture.owner.delete(&one).await;
    let gone = format!(r#"200 {{"deleted":true,"id":"{}"}}"#, id(&first));
    let gone_too = format!(r#"200 {{"id":"{}","deleted":true}}"#, id(&first));
    assert!(
        [gone, gone_too].contains(&line(&deleted)),
        "{}",
        deleted.text
    );
    assert_eq!(texts(&fixture.owner, &path).await, ["Two coats"]);
    let again = fixture.owner.delete(&one).await.expect(403).json;
    assert_eq!(again["error"]["type"], HIDDEN);
}

#[tokio::test]
async fn people_are_mentioned_by_id_and_address_and_anew_on_every_edit() {
    let fixture = Fixture::new().await;
    let editor = fixture.app.member(&fixture.owner, Role::Editor).await;
    let (owner, mia) = (me(&fixture.owner).await, me(&editor).await);
    let (_, path) = commented(&fixture).await;
    let mia_id = mia["id"].as_str().unwrap();
    let address = mia["email"].as_str().unwrap().to_uppercase();
    let text = format!("@[{address}] and @[nobody@example.org], look");
    let made = say(&fixture.owner, &path, &text).await;
    let wanted = format!("@[{mia_id}] and @[nobody@example.org], look");
    assert_eq!(made["text"], wanted);
    let mention = json!({"type": "user", "id": mia["id"], "displayName": "Mia Member", "email": mia["email"]});
    assert_eq!(made["mentioned"], json!({mia_id: mention}));
    let owner_id = owner["id"].as_str().unwrap();
    let one = format!("{path}/{}", id(&made));
    let body = json!({"text": format!("No, @[{owner_id}]")});
    let changed = fixture.owner.patch(&one, body).await.expect(200).json;
    let names: Vec<&String> = changed["mentioned"].as_object().unwrap().keys().collect();
    assert_eq!(names, [owner_id]);
    let body = json!({"text": "Nobody"});
    let changed = fixture.owner.patch(&one, body).await.expect(200).json;
    assert!(changed.get("mentioned").is_none(), "{changed}");

    let events = fixture.texts_of(&["event_log"]).await;
    let told = |part: &str| events.iter().filter(|text| text.contains(part)).count();
    assert_eq!(
        events
            .iter()
            .filter(|text| *text == "comment.changed")
            .count(),
        3
    );
    assert_eq!(told(&format!("\"mentioned\":[\"{mia_id}\"]")), 1);
    let history = fixture.texts_of(&["event_log", "airtable_changes"]).await;
    assert!(
        !history.iter().any(|text| text.contains("look")),
        "the text of a comment is in its own row alone"
    );
}

#[tokio::test]
async fn an_answer_names_a_comment_of_the_same_record_and_outlives_it() {
    let fixture = Fixture::new().await;
    let (_, path) = commented(&fixture).await;
    let (_, elsewhere) = commented(&fixture).await;
    let question = say(&fixture.owner, &path, "Which red?").await;
    let body = json!({"text": "Dark", "parentCommentId": question["id"]});
    let answer = fixture
        .owner
        .post(&path, body.clone())
        .await
        .expect(200)
        .json;
    assert_eq!(answer["parentCommentId"], question["id"]);
    let wrong = fixture.owner.post(&elsewhere, body).await.expect(422).json;
    assert_eq!(wrong["error"]["type"], "INVALID_REQUEST_UNKNOWN");
    let message = wrong["error"]["message"].as_str().unwrap();
    assert!(message.contains("parentCommentId"), "{message}");
    let malformed = json!({"text": "x", "parentCommentId": "recNoComment00000"});
    fixture.owner.post(&path, malformed).await.expect(422);
    let one = format!("{path}/{}", id(&question));
    fixture.owner.delete(&one).await.expect(200);
    assert_eq!(texts(&fixture.owner, &path).await, ["Dark"]);
    assert!(texts(&fixture.owner, &elsewhere).await.is_empty());
}

#[tokio::test]
async fn pages_run_from_the_newest_to_the_oldest_whatever_comes_and_goes() {
    let fixture = Fixture::new().await;
    let (_, path) = commented(&fixture).await;
    let mut made = Vec::new();
    for number in 0..5 {
        made.push(say(&fixture.owner, &path, &number.to_string()).await);
    }
    let all = fixture.owner.get(&path).await.expect(200).json;
    assert_eq!(all["offset"], Value::Null);
    assert!(all.as_object().unwrap().contains_key("offset"));
    let first = fixture
        .owner
        .get(&format!("{path}?pageSize=2&offset="))
        .await;
    let first = first.expect(200).json;
    assert_eq!(first["comments"][1]["text"], "3");
    // The page goes on behind its last comment though that one is gone, and a new one does not shift it.
    fixture
        .owner
        .delete(&format!("{path}/{}", id(&made[3])))
        .await
        .expect(200);
    say(&fixture.owner, &path, "new").await;
    let offset = first["offset"].as_str().unwrap();
    let second = format!("{path}?pageSize=2&offset={offset}");
    let page = fixture.owner.get(&second).await.expect(200).json;
    assert_eq!(page["comments"][0]["text"], "2");
    let offset = page["offset"].as_str().unwrap();
    let last = format!("{path}?pageSize=2&offset={offset}");
    let page = fixture.owner.get(&last).await.expect(200).json;
    assert_eq!(page["comments"][0]["text"], "0");
    assert_eq!(page["offset"], Value::Null);

    let bad = fixture.owner.get(&format!("{path}?offset=nonsense")).await;
    assert_eq!(
        bad.expect(422).json["error"]["type"],
        "INVALID_OFFSET_VALUE"
    );
    for query in [
        "pageSize=0",
        "pageSize=101",
        "pageSize=x",
        "sort=up",
        "offset[]=a",
    ] {
        let refused = fixture
            .owner
            .get(&format!("{path}?{query}"))
            .await
            .expect(422);
        assert_eq!(
            refused.json["error"]["type"], "INVALID_REQUEST_UNKNOWN",
            "{query}"
        );
    }
}
