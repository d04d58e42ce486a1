mod counting;
#[cfg(feature = "saga")]
mod history;
mod reacting;
mod refusing;
mod writing;

use serde_json::{Value, json};

use super::fixture::Fixture;
use crate::support::Actor;

const HIDDEN: &str = "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND";

/// A task and where its comments are.
async fn commented(fixture: &Fixture) -> (String, String) {
    let task = fixture.create("Tasks", json!({"Name": "Paint"})).await;
    let path = fixture.path(&format!("Tasks/{task}/comments"));
    (task, path)
}

async fn say(who: &Actor, path: &str, text: &str) -> Value {
    who.post(path, json!({"text": text})).await.expect(200).json
}

async fn texts(who: &Actor, path: &str) -> Vec<String> {
    let page = who.get(path).await.expect(200).json;
    let comments = page["comments"].as_array().unwrap();
    let text = |comment: &Value| comment["text"].as_str().unwrap().to_owned();
    comments.iter().map(text).collect()
}

fn id(value: &Value) -> String {
    value["id"].as_str().unwrap().to_owned()
}

async fn me(who: &Actor) -> Value {
    who.get("/api/auth/me").await.expect(200).json["user"].clone()
}
