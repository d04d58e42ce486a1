use std::time::Duration;

use pyairtable::contracts::Role;
use serde_json::{Value, json};

use crate::support::TestApp;

const KEYS: &str = "/api/auth/keys";

#[tokio::test]
async fn a_key_works_until_it_is_revoked() {
    let app = TestApp::new().await;
    let owner = app.owner().await;
    let created = owner
        .post(KEYS, json!({"name": "script"}))
        .await
        .expect(201)
        .json;
    assert_eq!(created["scopes"].as_array().unwrap().len(), 8);
    let text = created["key"].as_str().unwrap();
    assert!(text.starts_with(created["prefix"].as_str().unwrap()));
    let key = owner.with_token(text);
    let listed = owner.get(KEYS).await.expect(200);
    assert!(!listed.text.contains(&text[20..]));
    assert_eq!(listed.json["items"][0]["id"], created["id"]);
    assert_eq!(
        key.get("/api/auth/me").await.expect(200).json["role"],
        "owner"
    );
    let path = format!("{KEYS}/{}", created["id"].as_str().unwrap());
    owner.delete(&path).await.expect(204);
    key.get("/api/auth/me")
        .await
        .expect_problem(401, "unauthenticated");
    owner.delete(&path).await.expect_problem(404, "not_found");
    assert_eq!(owner.get(KEYS).await.json["items"], json!([]));
}

#[tokio::test]
async fn keys_expire() {
    let app = TestApp::new().await;
    let owner = app.owner().await;
    let make = async |body: Value| owner.post(KEYS, body).await.expect(201).json;
    let usual = make(json!({"name": "usual"})).await;
    let longest = make(json!({"name": "longest", "expires_in_days": 365})).await;
    for days in [0, 366] {
        let body = json!({"name": "odd", "expires_in_days": days});
        owner
            .post(KEYS, body)
            .await
            .expect_problem(422, "invalid_request");
    }
    let usual = owner.with_token(usual["key"].as_str().unwrap());
    let longest = owner.with_token(longest["key"].as_str().unwrap());
    usual.get("/api/auth/me").await.expect(200);
    app.clock.advance(Duration::from_secs(90 * 86_400 + 1));
    usual
        .get("/api/auth/me")
        .await
        .expect_problem(401, "unauthenticated");
    longest.get("/api/auth/me").await.expect(200);
}

#[tokio::test]
async fn a_key_does_what_its_scopes_say_and_manages_nothing() {
    let app = TestApp::new().await;
    let owner = app.owner().await;
    let workspace = app.workspace_of(&owner).await;
    let records = app.key(&owner, &["data.records:read"]).await;
    records
        .get("/api/auth/me")
        .await
        .expect_problem(403, "scope_missing");
    records
        .get("/api/workspaces")
        .await
        .expect_problem(403, "scope_missing");
    let schema = app.key(&owner, &["schema.bases:read"]).await;
    schema.get("/api/workspaces").await.expect(200);
    let everything = owner
        .post(KEYS, json!({"name": "all"}))
        .await
        .expect(201)
        .json;
    let everything = owner.with_token(everything["key"].as_str().unwrap());
    let members = format!("/api/workspaces/{workspace}/members");
    everything
        .get(KEYS)
        .await
        .expect_problem(403, "session_only");
    everything
        .post(KEYS, json!({"name": "child"}))
        .await
        .expect_problem(403, "session_only");
    everything
        .get(&members)
        .await
        .expect_problem(403, "session_only");
    everything
        .post("/api/workspaces", json!({"name": "x"}))
        .await
        .expect_problem(403, "session_only");
    let change = json!({"current_password": "x", "new_password": "a long enough secret"});
    everything
        .post("/api/auth/password", change)
        .await
        .expect_problem(403, "session_only");
    owner
        .post(KEYS, json!({"name": "none", "scopes": []}))
        .await
        .expect_problem(422, "invalid_request");
    owner
        .post(KEYS, json!({"name": "odd", "scopes": ["x"]}))
        .await
        .expect_problem(422, "invalid_request");
}

#[tokio::test]
async fn a_key_is_its_owners_alone_and_follows_their_role() {
    let app = TestApp::new().await;
    let owner = app.owner().await;
    let admin = app.member(&owner, Role::Admin).await;
    let created = admin
        .post(KEYS, json!({"name": "mine"}))
        .await
        .expect(201)
        .json;
    let path = format!("{KEYS}/{}", created["id"].as_str().unwrap());
    owner.delete(&path).await.expect_problem(404, "not_found");
    let key = admin.with_token(created["key"].as_str().unwrap());
    assert_eq!(
        key.get("/api/workspaces").await.json["items"][0]["role"],
        "admin"
    );
    let workspace = app.workspace_of(&owner).await;
    let me = admin.get("/api/auth/me").await.json["user"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let member = format!("/api/workspaces/{workspace}/members/{me}");
    owner
        .patch(&member, json!({"role": "viewer"}))
        .await
        .expect(200);
    assert_eq!(
        key.get("/api/workspaces").await.json["items"][0]["role"],
        "viewer"
    );
    admin
        .get("/api/auth/me")
        .await
        .expect_problem(401, "unauthenticated");
    owner.delete(&member).await.expect(204);
    key.get("/api/workspaces")
        .await
        .expect_problem(401, "unauthenticated");
}
