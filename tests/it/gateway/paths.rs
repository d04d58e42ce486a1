use reqwest::Method;
use serde_json::json;

use crate::support::TestApp;

#[tokio::test]
async fn unknown_paths_are_problems_and_on_v0_airtable_errors() {
    let app = TestApp::new().await;
    let anyone = app.anonymous();
    for path in ["/api/nothing", "/api/v1/nothing", "/api", "/nothing"] {
        anyone.get(path).await.expect_problem(404, "not_found");
    }
    for path in ["/v0", "/v0/meta/nothing/here/at/all"] {
        let answer = anyone.get(path).await.expect(404);
        assert_eq!(answer.json, json!({"error": "NOT_FOUND"}), "{path}");
    }
}

#[tokio::test]
async fn a_wrong_method_is_told_which_methods_there_are() {
    let app = TestApp::new().await;
    for path in ["/api/health", "/api/v1/health", "/health/live"] {
        let answer = app
            .anonymous()
            .delete(path)
            .await
            .expect_problem(405, "method_not_allowed");
        assert_eq!(answer.header("allow"), "GET", "{path}");
    }
}

#[tokio::test]
async fn bodies_above_the_limit_are_refused_before_they_are_read() {
    let app = TestApp::with_settings(|settings| settings.server.body_limit = 1000).await;
    let anyone = app.anonymous();
    let body = "x".repeat(1001);
    let request = |path: &str| anyone.request(Method::POST, path).body(body.clone());
    anyone
        .send(request("/api/auth/login"))
        .await
        .expect_problem(413, "too_large");
    let refused = anyone.send(request("/v0/appX/Tasks")).await.expect(413);
    assert_eq!(refused.json["error"]["type"], "REQUEST_TOO_LARGE");
}

#[tokio::test]
async fn an_escaped_path_is_treated_like_the_plain_one() {
    let app = TestApp::new().await;
    let anyone = app.anonymous();
    let plain = anyone.get("/api/auth/me").await.expect(401);
    let escaped = anyone.get("/%61pi/auth/me").await.expect(401);
    assert_eq!(escaped.json["code"], plain.json["code"]);
    assert_eq!(escaped.header("content-type"), "application/problem+json");
    assert_eq!(escaped.header("cache-control"), "no-store");
    let owner = app.owner().await;
    owner.get("/%61pi/auth/me").await.expect(200);
    let answer = anyone.get("/%76%30/meta/nothing/here").await.expect(404);
    assert_eq!(answer.json, json!({"error": "NOT_FOUND"}));
}
