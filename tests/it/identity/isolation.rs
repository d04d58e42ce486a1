use pyairtable::contracts::Role;
use pyairtable::identity::{EmailAddress, Identity, Name, NewUser, TenantChoice};
use pyairtable::platform::ids::{UserId, WorkspaceId};
use reqwest::Method;
use serde_json::json;

use crate::support::{Actor, TestApp};

/// Somebody who owns another tenant of the same instance, and that tenant's workspace.
pub(super) async fn stranger(app: &TestApp) -> (Actor, String, String) {
    let identity = Identity::new(&app.platform);
    let new = NewUser {
        email: EmailAddress::parse("stranger@example.net").unwrap(),
        name: Name::parse("name", "Sam Stranger").unwrap(),
        password: "a quite different secret".to_owned(),
        role: Some(Role::Owner),
        tenant: TenantChoice::New(Name::parse("tenant", "Elsewhere").unwrap()),
    };
    let made = identity.create_user(new).await.unwrap();
    let body = json!({"email": "stranger@example.net", "password": "a quite different secret"});
    let session = app
        .anonymous()
        .post("/api/auth/login", body)
        .await
        .expect(200)
        .json;
    let actor = app
        .anonymous()
        .with_token(session["access_token"].as_str().unwrap());
    (actor, made.workspace.to_string(), made.user.to_string())
}

#[tokio::test]
async fn foreign_things_look_exactly_like_unknown_ones() {
    let app = TestApp::new().await;
    let owner = app.owner().await;
    let own_workspace = app.workspace_of(&owner).await;
    let (stranger, foreign_workspace, foreign_user) = stranger(&app).await;
    let key = stranger
        .post("/api/auth/keys", json!({"name": "k"}))
        .await
        .expect(201)
        .json;
    let foreign_key = key["id"].as_str().unwrap();
    let unknown_workspace = WorkspaceId::fresh().to_string();
    let unknown_user = UserId::fresh().to_string();
    let unknown_key = foreign_key.chars().rev().take(14).collect::<String>();
    let pairs = [
        (
            Method::PATCH,
            format!("/api/workspaces/{foreign_workspace}"),
            format!("/api/workspaces/{unknown_workspace}"),
        ),
        (
            Method::GET,
            format!("/api/workspaces/{foreign_workspace}/members"),
            format!("/api/workspaces/{unknown_workspace}/members"),
        ),
        (
            Method::POST,
            format!("/api/workspaces/{foreign_workspace}/members"),
            format!("/api/workspaces/{unknown_workspace}/members"),
        ),
        (
            Method::DELETE,
            format!("/api/workspaces/{foreign_workspace}/members/{foreign_user}"),
            format!("/api/workspaces/{unknown_workspace}/members/{unknown_user}"),
        ),
        (
            Method::DELETE,
            format!("/api/workspaces/{own_workspace}/members/{foreign_user}"),
            format!("/api/workspaces/{own_workspace}/members/{unknown_user}"),
        ),
        (
            Method::DELETE,
            format!("/api/auth/keys/{foreign_key}"),
            format!("/api/auth/keys/key{unknown_key}"),
        ),
        (
            Method::DELETE,
            format!("/api/auth/keys/{foreign_key}"),
            "/api/auth/keys/nonsense".to_owned(),
        ),
    ];
    for (method, foreign, unknown) in pairs {
        let ask = async |path: &str| {
            let body = json!({"name": "N", "email": "n@example.org", "role": "viewer"});
            let body = if method == Method::PATCH {
                json!({"name": "N"})
            } else {
                body
            };
            let request = owner.request(method.clone(), path).json(&body);
            owner
                .send(request.header("x-request-id", "fixed"))
                .await
                .expect_problem(404, "not_found")
                .text
        };
        assert_eq!(
            ask(&foreign).await,
            ask(&unknown).await,
            "{method} {foreign}"
        );
    }
}

#[tokio::test]
async fn tenants_do_not_see_one_another() {
    let app = TestApp::new().await;
    let owner = app.owner().await;
    let (stranger, foreign_workspace, _) = stranger(&app).await;
    let own = owner.get("/api/workspaces").await.expect(200).text;
    assert!(!own.contains(&foreign_workspace), "{own}");
    let foreign = stranger.get("/api/workspaces").await.expect(200).json;
    assert_eq!(foreign["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_one_tenant_does_to_a_person_ends_nothing_in_another() {
    let app = TestApp::new().await;
    let owner = app.owner().await;
    let (stranger, _, stranger_id) = stranger(&app).await;
    let members = format!("/api/workspaces/{}/members", app.workspace_of(&owner).await);
    let body = json!({"email": "stranger@example.net", "name": "Guest", "role": "editor"});
    let invited = owner.post(&members, body).await.expect(201).json;
    assert_eq!(invited["member"]["name"], "Guest");
    let listed = owner.get(&members).await.expect(200).text;
    assert!(!listed.contains("Sam Stranger"), "{listed}");
    let link = invited["invite_url"].as_str().unwrap();
    let token = link.split_once("#token=").unwrap().1;
    let wrong = json!({"token": token, "password": "a wrong secret altogether"});
    let anonymous = app.anonymous();
    anonymous
        .post("/api/auth/invite", wrong)
        .await
        .expect_problem(401, "invalid_credentials");
    let right = json!({"token": token, "password": "a quite different secret"});
    let joined = anonymous.post("/api/auth/invite", right).await.expect(200);
    let guest = anonymous.with_token(joined.json["access_token"].as_str().unwrap());
    guest.get("/api/auth/me").await.expect(200);
    // Tokens count seconds.
    app.clock.advance(std::time::Duration::from_secs(2));
    let path = format!("{members}/{stranger_id}");
    owner
        .patch(&path, json!({"role": "viewer"}))
        .await
        .expect(200);
    guest
        .get("/api/auth/me")
        .await
        .expect_problem(401, "unauthenticated");
    stranger.get("/api/auth/me").await.expect(200);
    owner.delete(&path).await.expect(204);
    stranger.get("/api/auth/me").await.expect(200);
}
