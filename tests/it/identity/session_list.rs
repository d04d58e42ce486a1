use pyairtable::contracts::Role;
use pyairtable::platform::ids::SessionId;
use reqwest::Method;
use serde_json::{Value, json};

use super::sessions::{PASSWORD, login};
use crate::support::{Actor, Answer, TestApp};

const SESSIONS: &str = "/api/auth/sessions";

fn bearer(app: &TestApp, session: &Answer) -> Actor {
    app.anonymous()
        .with_token(session.json["access_token"].as_str().unwrap())
}

async fn login_from(app: &TestApp, client: &str) -> Actor {
    let anonymous = app.anonymous();
    let body = json!({"email": "owner@example.org", "password": PASSWORD});
    let request = anonymous
        .request(Method::POST, "/api/auth/login")
        .json(&body);
    let session = anonymous.send(request.header("user-agent", client)).await;
    bearer(app, &session.expect(200))
}

async fn listed(actor: &Actor, path: &str) -> Vec<Value> {
    let list = actor.get(path).await.expect(200).json;
    list["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn the_twenty_first_session_ends_the_oldest() {
    let app = TestApp::new().await;
    let first = app.owner().await;
    let second = bearer(&app, &login(&app).await);
    for _ in 0..18 {
        login(&app).await;
    }
    first.get("/api/auth/me").await.expect(200);
    let last = bearer(&app, &login(&app).await);
    first
        .get("/api/auth/me")
        .await
        .expect_problem(401, "unauthenticated");
    second.get("/api/auth/me").await.expect(200);
    assert_eq!(listed(&last, SESSIONS).await.len(), 20);
}

#[tokio::test]
async fn people_see_and_end_their_sessions() {
    let app = TestApp::new().await;
    app.owner().await;
    let phone = login_from(&app, "Phone/1.0").await;
    let laptop = login_from(&app, "Laptop/2.0").await;
    let sessions = listed(&laptop, SESSIONS).await;
    assert_eq!(sessions.len(), 3);
    assert_eq!(sessions[0]["client"], "Laptop/2.0");
    assert_eq!(sessions[0]["is_current"], true);
    assert_eq!(sessions[1]["client"], "Phone/1.0");
    assert_eq!(sessions[1]["is_current"], false);
    let path = format!("{SESSIONS}/{}", sessions[1]["id"].as_str().unwrap());
    laptop.delete(&path).await.expect(204);
    phone
        .get("/api/auth/me")
        .await
        .expect_problem(401, "unauthenticated");
    laptop.delete(&path).await.expect_problem(404, "not_found");
    let key = app.key(&laptop, &["user.email:read"]).await;
    key.get(SESSIONS).await.expect_problem(403, "session_only");
    key.delete(SESSIONS)
        .await
        .expect_problem(403, "session_only");
    laptop.delete(SESSIONS).await.expect(204);
    assert_eq!(listed(&laptop, SESSIONS).await.len(), 1);
}

#[tokio::test]
async fn sessions_of_others_look_like_unknown_ones() {
    let app = TestApp::new().await;
    let owner = app.owner().await;
    let editor = app.member(&owner, Role::Editor).await;
    let other = listed(&editor, SESSIONS).await[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    for id in [other, SessionId::fresh().to_string(), "nonsense".to_owned()] {
        owner
            .delete(&format!("{SESSIONS}/{id}"))
            .await
            .expect_problem(404, "not_found");
    }
    editor.get("/api/auth/me").await.expect(200);
}

#[tokio::test]
async fn who_manages_members_sees_and_ends_their_sessions() {
    let app = TestApp::new().await;
    let owner = app.owner().await;
    let admin = app.member(&owner, Role::Admin).await;
    let editor = app.member(&owner, Role::Editor).await;
    let key = app.key(&editor, &["user.email:read"]).await;
    let members = format!("/api/workspaces/{}/members", app.workspace_of(&owner).await);
    let sessions_of = async |actor: &Actor| {
        let me = actor.get("/api/auth/me").await.expect(200).json;
        format!("{members}/{}/sessions", me["user"]["id"].as_str().unwrap())
    };
    let (of_owner, of_editor) = (sessions_of(&owner).await, sessions_of(&editor).await);
    editor
        .get(&of_editor)
        .await
        .expect_problem(403, "forbidden");
    editor
        .delete(&of_editor)
        .await
        .expect_problem(403, "forbidden");
    admin
        .delete(&of_owner)
        .await
        .expect_problem(409, "conflict");
    assert_eq!(listed(&admin, &of_editor).await.len(), 1);
    admin.delete(&of_editor).await.expect(204);
    editor
        .get("/api/auth/me")
        .await
        .expect_problem(401, "unauthenticated");
    assert_eq!(listed(&admin, &of_editor).await.len(), 0);
    key.get("/api/auth/me").await.expect(200);
}
