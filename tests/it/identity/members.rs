use pyairtable::contracts::Role;
use reqwest::Method;
use serde_json::json;

use crate::support::{Actor, TestApp};

async fn status(actor: &Actor, method: Method, path: &str, body: serde_json::Value) -> u16 {
    actor
        .send(actor.request(method, path).json(&body))
        .await
        .status
}

#[tokio::test]
async fn each_role_may_do_what_the_matrix_says() {
    let app = TestApp::new().await;
    let owner = app.owner().await;
    let workspace = app.workspace_of(&owner).await;
    let matrix = [
        (Role::Admin, true),
        (Role::Editor, false),
        (Role::Viewer, false),
    ];
    for (role, manages) in matrix {
        let actor = app.member(&owner, role).await;
        let target = app.member(&owner, Role::Viewer).await;
        let target = target.get("/api/auth/me").await.json["user"]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let path = format!("/api/workspaces/{workspace}");
        let members = format!("{path}/members");
        let member = format!("{members}/{target}");
        let wanted = |good: u16| if manages { good } else { 403 };
        actor.get("/api/workspaces").await.expect(200);
        actor.get(&members).await.expect(200);
        actor
            .post("/api/workspaces", json!({"name": "x"}))
            .await
            .expect_problem(403, "forbidden");
        assert_eq!(
            status(&actor, Method::PATCH, &path, json!({"name": "Renamed"})).await,
            wanted(200)
        );
        let newcomer = json!({"email": format!("new-{}@example.org", role.as_str()), "name": "N", "role": "editor"});
        assert_eq!(
            status(&actor, Method::POST, &members, newcomer).await,
            wanted(201)
        );
        assert_eq!(
            status(&actor, Method::PATCH, &member, json!({"role": "editor"})).await,
            wanted(200)
        );
        assert_eq!(
            status(&actor, Method::PATCH, &member, json!({"role": "owner"})).await,
            403
        );
        assert_eq!(
            status(&actor, Method::DELETE, &member, json!({})).await,
            wanted(204)
        );
    }
}

#[tokio::test]
async fn an_invitation_works_once_and_gives_the_role() {
    let app = TestApp::new().await;
    let owner = app.owner().await;
    let members = format!("/api/workspaces/{}/members", app.workspace_of(&owner).await);
    let body = json!({"email": "ada@example.org", "name": "Ada", "role": "editor"});
    let first = owner.post(&members, body.clone()).await.expect(201).json;
    assert_eq!(first["member"]["status"], "invited");
    let second = owner.post(&members, body.clone()).await.expect(201).json;
    let token = |answer: &serde_json::Value| {
        answer["invite_url"]
            .as_str()
            .unwrap()
            .split_once("#token=")
            .unwrap()
            .1
            .to_owned()
    };
    let accept = |token: &str, password: &str| json!({"token": token, "password": password, "name": "Ada L."});
    let anonymous = app.anonymous();
    let path = "/api/auth/invite";
    let good = "a secret of my own";
    anonymous
        .post(path, accept(&token(&first), good))
        .await
        .expect_problem(403, "invalid_link");
    anonymous
        .post(path, accept(&token(&second), "too short"))
        .await
        .expect_problem(422, "weak_password");
    let login = json!({"email": "ada@example.org", "password": good});
    anonymous
        .post("/api/auth/login", login.clone())
        .await
        .expect_problem(401, "invalid_credentials");
    let joined = anonymous
        .post(path, accept(&token(&second), good))
        .await
        .expect(200)
        .json;
    assert_eq!(joined["user"]["name"], "Ada L.");
    anonymous
        .post(path, accept(&token(&second), good))
        .await
        .expect_problem(403, "invalid_link");
    let ada = anonymous
        .post("/api/auth/login", login)
        .await
        .expect(200)
        .json;
    let ada = anonymous.with_token(ada["access_token"].as_str().unwrap());
    assert_eq!(
        ada.get("/api/workspaces").await.json["items"][0]["role"],
        "editor"
    );
    owner
        .post(&members, body)
        .await
        .expect_problem(409, "conflict");
}

#[tokio::test]
async fn invitations_end_after_three_days() {
    let app = TestApp::new().await;
    let owner = app.owner().await;
    let members = format!("/api/workspaces/{}/members", app.workspace_of(&owner).await);
    let body = json!({"email": "ada@example.org", "name": "Ada", "role": "editor"});
    let url = owner.post(&members, body).await.expect(201).json["invite_url"]
        .as_str()
        .unwrap()
        .to_owned();
    app.clock
        .advance(std::time::Duration::from_secs(72 * 3600 + 1));
    let body = json!({"token": url.split_once('=').unwrap().1, "password": "a secret of my own"});
    app.anonymous()
        .post("/api/auth/invite", body)
        .await
        .expect_problem(403, "invalid_link");
}

#[tokio::test]
async fn a_workspace_keeps_an_owner_and_a_removed_member_has_nothing_left() {
    let app = TestApp::new().await;
    let owner = app.owner().await;
    let members = format!("/api/workspaces/{}/members", app.workspace_of(&owner).await);
    let me = owner.get("/api/auth/me").await.json["user"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    owner
        .delete(&format!("{members}/{me}"))
        .await
        .expect_problem(409, "conflict");
    let demote = json!({"role": "viewer"});
    owner
        .patch(&format!("{members}/{me}"), demote)
        .await
        .expect_problem(409, "conflict");
    let editor = app.member(&owner, Role::Editor).await;
    let key = app
        .key(&editor, &["data.records:read", "schema.bases:read"])
        .await;
    key.get("/api/workspaces").await.expect(200);
    let editor_id = editor.get("/api/auth/me").await.json["user"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    owner
        .delete(&format!("{members}/{editor_id}"))
        .await
        .expect(204);
    editor
        .get("/api/workspaces")
        .await
        .expect_problem(401, "unauthenticated");
    key.get("/api/workspaces")
        .await
        .expect_problem(401, "unauthenticated");
    owner
        .delete(&format!("{members}/{editor_id}"))
        .await
        .expect_problem(404, "not_found");
    assert_eq!(
        owner.get(&members).await.json["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn only_who_could_give_all_of_an_invitation_renews_it() {
    let app = TestApp::new().await;
    let owner = app.owner().await;
    let admin = app.member(&owner, Role::Admin).await;
    let members = format!("/api/workspaces/{}/members", app.workspace_of(&owner).await);
    let other = owner
        .post("/api/workspaces", json!({"name": "Board"}))
        .await
        .expect(201)
        .json;
    let of_other = format!("/api/workspaces/{}/members", other["id"].as_str().unwrap());
    let body = |role: &str| json!({"email": "ada@example.org", "name": "Ada", "role": role});
    let first = owner.post(&of_other, body("owner")).await.expect(201).json;
    admin
        .post(&members, body("viewer"))
        .await
        .expect_problem(409, "conflict");
    let token = first["invite_url"].as_str().unwrap();
    let token = token.split_once("#token=").unwrap().1;
    let accept = json!({"token": token, "password": "a secret of my own"});
    app.anonymous()
        .post("/api/auth/invite", accept)
        .await
        .expect(200);
    admin.post(&members, body("viewer")).await.expect(201);
}
