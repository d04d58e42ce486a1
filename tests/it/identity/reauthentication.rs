use std::time::Duration;

use pyairtable::contracts::ScopeSet;
use pyairtable::identity::{EmailAddress, Identity, Name, NewKey};
use reqwest::Method;
use serde_json::json;

use super::sessions::{EMAIL, PASSWORD, login, refresh, refresh_cookie};
use crate::support::{Actor, Answer, TestApp};

const PATH: &str = "/api/auth/reauthenticate";
const KEYS: &str = "/api/auth/keys";

fn bearer(app: &TestApp, session: &Answer) -> Actor {
    app.anonymous()
        .with_token(session.json["access_token"].as_str().unwrap())
}

/// Somebody who signed in more than ten minutes ago, and their refresh token.
async fn stale(app: &TestApp) -> (Actor, String) {
    let session = login(app).await;
    app.clock.advance(Duration::from_secs(601));
    let renewed = refresh(&app.anonymous(), &refresh_cookie(&session)).await;
    let renewed = renewed.expect(200);
    (bearer(app, &renewed), refresh_cookie(&renewed))
}

#[tokio::test]
async fn keys_and_passwords_need_a_fresh_proof_of_the_password() {
    let app = TestApp::new().await;
    app.owner().await;
    let (actor, _) = stale(&app).await;
    let table = [
        (KEYS, json!({"name": "key"})),
        (
            "/api/auth/password",
            json!({"new_password": "another long secret"}),
        ),
    ];
    for (path, body) in &table {
        let refused = actor.post(path, body.clone()).await;
        let refused = refused.expect_problem(403, "reauthentication_required");
        let next = refused.json["next"].as_str().unwrap();
        assert!(next.contains(PATH), "{next}");
    }
    actor
        .post(PATH, json!({"password": "wrong"}))
        .await
        .expect_problem(401, "invalid_credentials");
    let renewed = actor.post(PATH, json!({"password": PASSWORD})).await;
    let fresh = bearer(&app, &renewed.expect(200));
    for (path, body) in &table {
        let answer = fresh.post(path, body.clone()).await;
        assert!(matches!(answer.status, 201 | 204), "{}", answer.text);
    }
}

#[tokio::test]
async fn a_reauthentication_renews_the_session() {
    let app = TestApp::new().await;
    app.owner().await;
    let (actor, old_refresh) = stale(&app).await;
    let renewed = actor.post(PATH, json!({"password": PASSWORD})).await;
    let renewed = renewed.expect(200);
    actor
        .get("/api/auth/me")
        .await
        .expect_problem(401, "unauthenticated");
    refresh(&app.anonymous(), &old_refresh)
        .await
        .expect_problem(401, "unauthenticated");
    app.clock.advance(Duration::from_secs(590));
    let again = refresh(&app.anonymous(), &refresh_cookie(&renewed)).await;
    let again = again.expect(200);
    let body = json!({"name": "key"});
    bearer(&app, &again)
        .post(KEYS, body.clone())
        .await
        .expect(201);
    app.clock.advance(Duration::from_secs(11));
    bearer(&app, &again)
        .post(KEYS, body)
        .await
        .expect_problem(403, "reauthentication_required");
}

#[tokio::test]
async fn the_current_password_proves_itself() {
    let app = TestApp::new().await;
    app.owner().await;
    let (actor, _) = stale(&app).await;
    let change =
        |current: &str| json!({"current_password": current, "new_password": "another long secret"});
    actor
        .post("/api/auth/password", change("wrong"))
        .await
        .expect_problem(401, "invalid_credentials");
    actor
        .post("/api/auth/password", change(PASSWORD))
        .await
        .expect(204);
}

#[tokio::test]
async fn browsers_get_the_renewed_session_as_cookies_alone() {
    let app = TestApp::new().await;
    app.owner().await;
    let (actor, _) = stale(&app).await;
    let body = json!({"password": PASSWORD});
    let request = actor.request(Method::POST, PATH).json(&body);
    let renewed = actor
        .send(request.header("sec-fetch-site", "same-origin"))
        .await
        .expect(200);
    assert!(renewed.json.get("access_token").is_none());
    assert_eq!(renewed.headers.get_all("set-cookie").iter().count(), 2);
}

#[tokio::test]
async fn api_keys_and_the_command_line_go_on_without() {
    let app = TestApp::new().await;
    let owner = app.owner().await;
    let key = app.key(&owner, &["user.email:read"]).await;
    key.post(PATH, json!({"password": PASSWORD}))
        .await
        .expect_problem(403, "session_only");
    app.clock.advance(Duration::from_secs(3600));
    key.get("/api/auth/me").await.expect(200);
    let identity = Identity::new(&app.platform);
    let email = EmailAddress::parse(EMAIL).unwrap();
    let name = Name::parse("name", "from the command line").unwrap();
    let new = NewKey {
        name,
        scopes: ScopeSet::ALL,
        days: 90,
        records_changes: true,
    };
    let made = identity.create_key_for(&email, new);
    let made = owner.with_token(made.await.unwrap().text);
    made.get("/api/auth/me").await.expect(200);
}

#[tokio::test]
async fn proofs_are_counted_as_tries_of_the_account() {
    let app = TestApp::with_settings(|settings| settings.limits.login_per_account = 3).await;
    let owner = app.owner().await;
    let wrong = json!({"password": "wrong"});
    for _ in 0..3 {
        owner
            .post(PATH, wrong.clone())
            .await
            .expect_problem(401, "invalid_credentials");
    }
    owner
        .post(PATH, json!({"password": PASSWORD}))
        .await
        .expect_problem(429, "too_many_attempts");
}

#[tokio::test]
async fn long_passwords_of_any_characters_work_to_the_last() {
    let app = TestApp::new().await;
    let owner = app.owner().await;
    let longest: String = ('\u{1F300}'..).take(256).collect();
    let change = |new: &str| json!({"new_password": new});
    owner
        .post("/api/auth/password", change(&format!("{longest}x")))
        .await
        .expect_problem(422, "weak_password");
    owner
        .post("/api/auth/password", change(&longest))
        .await
        .expect(204);
    let login = |password: &str| json!({"email": EMAIL, "password": password});
    let shorter: String = longest.chars().take(255).collect();
    app.anonymous()
        .post("/api/auth/login", login(&shorter))
        .await
        .expect_problem(401, "invalid_credentials");
    app.anonymous()
        .post("/api/auth/login", login(&longest))
        .await
        .expect(200);
}
