use serde_json::json;

use crate::support::TestApp;

#[tokio::test]
async fn an_instance_is_set_up_once() {
    let app = TestApp::new().await;
    let anonymous = app.anonymous();
    let state = anonymous.get("/api/auth/state").await.expect(200).json;
    assert_eq!(state, json!({"setup_required": true}));
    let attempt = |token: &str| json!({"token": token, "email": "eve@example.org", "password": "a long enough secret", "name": "Eve"});
    for token in ["", "null", &"x".repeat(43)] {
        let refused = anonymous.post("/api/auth/setup", attempt(token)).await;
        refused.expect_problem(403, "invalid_link");
    }
    let owner = app.owner().await;
    let state = anonymous.get("/api/auth/state").await.expect(200).json;
    assert_eq!(state, json!({"setup_required": false}));
    let again = anonymous
        .post("/api/auth/setup", attempt(&"x".repeat(43)))
        .await;
    again.expect_problem(409, "already_set_up");
    let me = owner.get("/api/auth/me").await.expect(200).json;
    assert_eq!(me["role"], "owner");
    assert_eq!(me["user"]["email"], "owner@example.org");
    assert_eq!(me["workspaces"][0]["role"], "owner");
}

#[tokio::test]
async fn bodies_are_checked_strictly() {
    let app = TestApp::new().await;
    let anonymous = app.anonymous();
    let path = "/api/auth/login";
    let unknown = json!({"email": "a@b", "password": "x", "admin": true});
    anonymous
        .post(path, unknown)
        .await
        .expect_problem(422, "invalid_request");
    anonymous
        .post(path, json!({"email": 1}))
        .await
        .expect_problem(422, "invalid_request");
    let broken = anonymous
        .request(reqwest::Method::POST, path)
        .header("content-type", "application/json");
    anonymous
        .send(broken.body("{"))
        .await
        .expect_problem(400, "bad_request");
    let form = anonymous
        .request(reqwest::Method::POST, path)
        .header("content-type", "text/plain");
    anonymous
        .send(form.body("{}"))
        .await
        .expect_problem(415, "unsupported_media_type");
}
