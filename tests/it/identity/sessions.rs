use std::collections::HashSet;
use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use crate::support::{Actor, Answer, TestApp};

pub(super) const EMAIL: &str = "owner@example.org";
pub(super) const PASSWORD: &str = "correct horse battery staple";

pub(super) async fn login(app: &TestApp) -> Answer {
    let body = json!({"email": "Owner@Example.org", "password": PASSWORD});
    app.anonymous()
        .post("/api/auth/login", body)
        .await
        .expect(200)
}

/// The refresh token that an answer sets.
pub(super) fn refresh_cookie(answer: &Answer) -> String {
    let cookies = answer.headers.get_all("set-cookie").iter();
    let mut texts = cookies.map(|cookie| cookie.to_str().unwrap());
    let text = texts
        .find_map(|text| text.strip_prefix("pyairtable_refresh="))
        .unwrap();
    text.split(';').next().unwrap().to_owned()
}

pub(super) async fn refresh(actor: &Actor, token: &str) -> Answer {
    let cookie = format!("pyairtable_refresh={token}");
    actor
        .send(
            actor
                .request(Method::POST, "/api/auth/refresh")
                .header("cookie", cookie),
        )
        .await
}

#[tokio::test]
async fn wrong_unknown_and_right_credentials() {
    let app = TestApp::new().await;
    app.owner().await;
    let session = login(&app).await.json;
    assert_eq!(session["token_type"], "Bearer");
    assert_eq!(session["expires_in"], 600);
    let bearer = app
        .anonymous()
        .with_token(session["access_token"].as_str().unwrap());
    bearer.get("/api/auth/me").await.expect(200);
    let mut answers = HashSet::new();
    for (email, password) in [
        (EMAIL, "wrong password"),
        ("nobody@example.org", PASSWORD),
        ("", ""),
    ] {
        let body = json!({"email": email, "password": password});
        let request = app
            .anonymous()
            .request(Method::POST, "/api/auth/login")
            .json(&body);
        let answer = app
            .anonymous()
            .send(request.header("x-request-id", "fixed"))
            .await;
        answers.insert(answer.expect_problem(401, "invalid_credentials").text);
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
}

#[tokio::test]
async fn a_refresh_token_used_twice_ends_the_session() {
    let app = TestApp::new().await;
    app.owner().await;
    let anonymous = app.anonymous();
    let first = refresh_cookie(&login(&app).await);
    let renewed = refresh(&anonymous, &first).await.expect(200);
    let second = refresh_cookie(&renewed);
    assert_ne!(first, second);
    let bearer = anonymous.with_token(renewed.json["access_token"].as_str().unwrap());
    bearer.get("/api/auth/me").await.expect(200);
    app.clock.advance(Duration::from_secs(11));
    refresh(&anonymous, &first)
        .await
        .expect_problem(401, "unauthenticated");
    refresh(&anonymous, &second)
        .await
        .expect_problem(401, "unauthenticated");
    bearer
        .get("/api/auth/me")
        .await
        .expect_problem(401, "unauthenticated");
}

#[tokio::test]
async fn another_client_does_not_share_the_grace() {
    let app = TestApp::new().await;
    app.owner().await;
    let anonymous = app.anonymous();
    let first = refresh_cookie(&login(&app).await);
    let second = refresh_cookie(&refresh(&anonymous, &first).await.expect(200));
    let stolen = anonymous
        .request(Method::POST, "/api/auth/refresh")
        .header("cookie", format!("pyairtable_refresh={first}"))
        .header("user-agent", "Thief/1.0");
    anonymous
        .send(stolen)
        .await
        .expect_problem(401, "unauthenticated");
    refresh(&anonymous, &second)
        .await
        .expect_problem(401, "unauthenticated");
}

#[tokio::test]
async fn twenty_parallel_refreshes_have_one_successor() {
    let app = TestApp::new().await;
    app.owner().await;
    let anonymous = app.anonymous();
    let first = refresh_cookie(&login(&app).await);
    let answers =
        futures_util::future::join_all((0..20).map(|_| refresh(&anonymous, &first))).await;
    let successors: HashSet<String> = answers
        .into_iter()
        .map(|answer| refresh_cookie(&answer.expect(200)))
        .collect();
    assert_eq!(successors.len(), 1);
    refresh(&anonymous, successors.iter().next().unwrap())
        .await
        .expect(200);
}

#[tokio::test]
async fn forged_refresh_tokens_do_not_end_a_session() {
    let app = TestApp::new().await;
    app.owner().await;
    let token = refresh_cookie(&login(&app).await);
    let session = token.split('.').next().unwrap();
    for forged in [
        String::new(),
        "x".to_owned(),
        format!("{session}.{}.{}", "A".repeat(43), "A".repeat(43)),
    ] {
        refresh(&app.anonymous(), &forged)
            .await
            .expect_problem(401, "unauthenticated");
    }
    refresh(&app.anonymous(), &token).await.expect(200);
}

#[tokio::test]
async fn logout_ends_the_session_on_the_server() {
    let app = TestApp::new().await;
    app.owner().await;
    let session = login(&app).await;
    let bearer = app
        .anonymous()
        .with_token(session.json["access_token"].as_str().unwrap());
    bearer.get("/api/auth/me").await.expect(200);
    let gone = bearer
        .send(bearer.request(Method::POST, "/api/auth/logout"))
        .await
        .expect(204);
    assert_eq!(gone.header("clear-site-data"), "\"cache\", \"storage\"");
    bearer
        .get("/api/auth/me")
        .await
        .expect_problem(401, "unauthenticated");
    refresh(&app.anonymous(), &refresh_cookie(&session))
        .await
        .expect_problem(401, "unauthenticated");
}

#[tokio::test]
async fn sessions_end_when_idle_and_access_tokens_sooner() {
    let app = TestApp::new().await;
    app.owner().await;
    let session = login(&app).await;
    let bearer = app
        .anonymous()
        .with_token(session.json["access_token"].as_str().unwrap());
    app.clock.advance(Duration::from_secs(601));
    bearer
        .get("/api/auth/me")
        .await
        .expect_problem(401, "unauthenticated");
    let renewed = refresh(&app.anonymous(), &refresh_cookie(&session))
        .await
        .expect(200);
    app.clock.advance(Duration::from_secs(12 * 3600 + 1));
    refresh(&app.anonymous(), &refresh_cookie(&renewed))
        .await
        .expect_problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_password_change_ends_the_other_sessions() {
    let app = TestApp::new().await;
    app.owner().await;
    let anonymous = app.anonymous();
    let other = login(&app).await;
    let session = login(&app).await;
    let bearer = anonymous.with_token(session.json["access_token"].as_str().unwrap());
    let path = "/api/auth/password";
    let change =
        |current: &str, new: &str| json!({"current_password": current, "new_password": new});
    bearer
        .post(path, change("wrong", "another long secret"))
        .await
        .expect_problem(401, "invalid_credentials");
    for weak in ["short", "owner owner!", "pyairtable12"] {
        bearer
            .post(path, change(PASSWORD, weak))
            .await
            .expect_problem(422, "weak_password");
    }
    bearer
        .post(path, change(PASSWORD, "another long secret"))
        .await
        .expect(204);
    bearer.get("/api/auth/me").await.expect(200);
    refresh(&anonymous, &refresh_cookie(&other))
        .await
        .expect_problem(401, "unauthenticated");
    let old = anonymous.with_token(other.json["access_token"].as_str().unwrap());
    old.get("/api/auth/me")
        .await
        .expect_problem(401, "unauthenticated");
    let body = json!({"email": EMAIL, "password": PASSWORD});
    anonymous
        .post("/api/auth/login", body)
        .await
        .expect_problem(401, "invalid_credentials");
    let body = json!({"email": EMAIL, "password": "another long secret"});
    anonymous.post("/api/auth/login", body).await.expect(200);
}
