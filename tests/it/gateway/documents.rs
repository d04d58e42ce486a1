use std::collections::BTreeSet;

use crate::support::TestApp;

#[tokio::test]
async fn the_document_is_openapi_3_1_and_every_path_in_it_is_mounted() {
    let app = TestApp::new().await;
    let document = app
        .anonymous()
        .get("/api/openapi.json")
        .await
        .expect(200)
        .json;
    assert_eq!(document["openapi"], "3.1.0");
    let paths = document["paths"].as_object().unwrap();
    assert!(paths.contains_key("/api/health") && paths.contains_key("/health/ready"));
    assert!(
        paths.keys().all(|path| !path.starts_with("/api/v1")),
        "the pinned twin is not listed"
    );
    let mut operations = BTreeSet::new();
    for (path, item) in paths {
        for (method, operation) in item.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap_or_default();
            assert!(
                operations.insert(name.to_owned()),
                "{method} {path}: operation id {name} is taken"
            );
        }
        // A method that no route has tells a mounted path (405) from a missing one (404).
        let example = path.replace(['{', '}'], "");
        let request = app.anonymous().request(reqwest::Method::TRACE, &example);
        let answer = app.anonymous().send(request).await;
        let expected = if path.starts_with("/v0") { 404 } else { 405 };
        assert!(
            answer.status == expected || answer.status == 401,
            "{path}: {}",
            answer.text
        );
    }
}

#[tokio::test]
async fn the_reader_page_loads_nothing_from_elsewhere() {
    let app = TestApp::new().await;
    let moved = app.anonymous().get("/api/docs").await.expect(308);
    assert_eq!(moved.header("location"), "/api/docs/");
    for file in ["", "swagger-initializer.js", "index.css"] {
        let answer = app
            .anonymous()
            .get(&format!("/api/docs/{file}"))
            .await
            .expect(200);
        assert!(
            !answer.text.contains("https://") && !answer.text.contains("http://"),
            "{}",
            answer.text
        );
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'self'"), "{policy}");
    }
    app.anonymous()
        .get("/api/docs/swagger-ui-bundle.js")
        .await
        .expect(200);
    app.anonymous()
        .get("/api/docs/nothing.js")
        .await
        .expect_problem(404, "not_found");
}

#[tokio::test]
async fn the_reader_page_can_be_switched_off() {
    let app = TestApp::with_settings(|settings| settings.server.docs = false).await;
    app.anonymous()
        .get("/api/docs")
        .await
        .expect_problem(404, "not_found");
    app.anonymous().get("/api/openapi.json").await.expect(200);
}
