use pyairtable::contracts::Role;
use serde_json::{Value, json};

use super::world::World;

fn on(record: &str, more: Value) -> Value {
    let mut arguments = json!({"table_id": "Tasks", "record_id": record});
    for (name, value) in more.as_object().unwrap() {
        arguments[name] = value.clone();
    }
    arguments
}

#[tokio::test]
async fn comments_are_written_and_read_page_by_page() {
    let world = World::new().await;
    let task = world.add_tasks(1).await.remove(0);
    let mut made = Vec::new();
    for number in 0..3 {
        let text = json!({"text": format!("Said {number}")});
        made.push(world.ok("create_comment", on(&task, text)).await);
    }
    assert_eq!(made[0]["author"]["name"], "Olga Owner");
    let reply = json!({"text": "@[owner@example.org] yes", "parent_comment_id": made[0]["id"]});
    let reply = world.ok("create_comment", on(&task, reply)).await;
    assert_eq!(reply["parentCommentId"], made[0]["id"]);
    assert_eq!(reply["mentioned"].as_object().unwrap().len(), 1);
    let page = world
        .ok("list_comments", on(&task, json!({"limit": 3})))
        .await;
    assert_eq!(page["comment_count"], 3);
    assert_eq!(page["comments"][0], reply);
    let rest = json!({"cursor": page["next_cursor"]});
    let rest = world.ok("list_comments", on(&task, rest)).await;
    assert_eq!(rest["comments"], json!([made[0]]));
    assert!(rest.get("next_cursor").is_none());
    let bad = on(&task, json!({"cursor": "nonsense"}));
    world.fault("list_comments", bad, "invalid_cursor").await;
    let empty = on(&task, json!({"text": " "}));
    world
        .fault("create_comment", empty, "invalid_argument")
        .await;
    let nowhere = on("rec00000000000000", json!({"text": "x"}));
    world.fault("create_comment", nowhere, "not_found").await;
}

#[tokio::test]
async fn long_comments_come_in_answers_of_bounded_size() {
    let world = World::new().await;
    let task = world.add_tasks(1).await.remove(0);
    let long = "é".repeat(10_000);
    for _ in 0..20 {
        let text = json!({"text": long});
        world.ok("create_comment", on(&task, text)).await;
    }
    let (mut seen, mut cursor) = (0, Value::Null);
    loop {
        let page = on(&task, json!({"limit": 100, "cursor": cursor}));
        let page = world.ok("list_comments", page).await;
        assert!(page.to_string().len() <= 256 * 1024);
        seen += page["comments"].as_array().unwrap().len();
        match page.get("next_cursor") {
            Some(next) => cursor = next.clone(),
            None => break,
        }
        assert!(page["notice"].is_string(), "what was cut is said");
    }
    assert_eq!(seen, 20);
}

#[tokio::test]
async fn a_preview_writes_no_comment_and_the_same_key_writes_one() {
    let world = World::new().await;
    let task = world.add_tasks(1).await.remove(0);
    let mut arguments = on(&task, json!({"text": "Once", "idempotency_key": "k"}));
    let mut previewed = arguments.clone();
    previewed["base_id"] = json!(world.base);
    let preview = json!({"tool": "create_comment", "arguments": previewed});
    let preview = world.ok("preview_changes", preview).await;
    assert_eq!(preview["changes_anything"], true);
    let said = preview["plan"]["schema"][0].as_str().unwrap();
    assert!(said.starts_with("A comment on \"Task 0\""), "{said}");
    let list = async || world.ok("list_comments", on(&task, json!({}))).await;
    assert_eq!(list().await["comment_count"], 0);
    let first = world.ok("create_comment", arguments.clone()).await;
    let again = world.ok("create_comment", arguments.clone()).await;
    assert_eq!(again["deduplicated"], true);
    assert_eq!(again["id"], first["id"]);
    assert_eq!(list().await["comment_count"], 1);
    arguments["text"] = json!("Twice");
    world
        .fault("create_comment", arguments, "idempotency_key_reused")
        .await;
    let changes = world.ok("list_changes", json!({"limit": 1})).await;
    assert_eq!(changes["changes"][0]["title"], "create_comment");
}

#[tokio::test]
async fn a_viewer_reads_comments_and_writes_none() {
    let world = World::new().await;
    let task = world.add_tasks(1).await.remove(0);
    world
        .ok("create_comment", on(&task, json!({"text": "Seen"})))
        .await;
    let viewer = world.app.member(&world.owner, Role::Viewer).await;
    let list = on(&task, json!({}));
    let (success, page) = world.call_as(&viewer, "list_comments", list).await;
    assert!(success, "{page}");
    assert_eq!(page["comments"][0]["text"], "Seen");
    let write = on(&task, json!({"text": "Mine"}));
    let (success, fault) = world.call_as(&viewer, "create_comment", write).await;
    assert!(!success, "{fault}");
    assert_eq!(fault["code"], "forbidden");
}
