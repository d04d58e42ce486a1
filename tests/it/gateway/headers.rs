use reqwest::Method;

use crate::support::TestApp;

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let app = TestApp::new().await;
    for path in [
        "/",
        "/api/health",
        "/api/nothing",
        "/v0/nothing",
        "/health/live",
        "/api/docs/",
    ] {
        let answer = app.anonymous().get(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(
            answer.header("cross-origin-opener-policy"),
            "same-origin",
            "{path}"
        );
        assert!(
            answer
                .header("content-security-policy")
                .contains("frame-ancestors 'none'"),
            "{path}"
        );
        assert_eq!(answer.header("strict-transport-security"), "", "{path}");
    }
    let answer = app.anonymous().get("/api/health").await;
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn an_https_instance_asks_for_strict_transport() {
    let app = TestApp::with_settings(|settings| {
        settings.server.public_url = Some("https://data.example.org".to_owned());
    });
    let answer = app.await.anonymous().get("/api/health").await;
    assert!(
        answer
            .header("strict-transport-security")
            .contains("includeSubDomains")
    );
}

#[tokio::test]
async fn a_sane_request_id_is_kept_and_any_other_replaced() {
    let app = TestApp::new().await;
    let anyone = app.anonymous();
    let with_id = |id: &'static str| {
        anyone.send(
            anyone
                .request(Method::GET, "/health/live")
                .header("x-request-id", id),
        )
    };
    assert_eq!(
        with_id("build-42.a_b").await.header("x-request-id"),
        "build-42.a_b"
    );
    let too_long: &'static str =
        "0123456789012345678901234567890123456789012345678901234567890123456789";
    for bad in ["has space", "semi;colon", "", too_long] {
        let id = with_id(bad).await.header("x-request-id").to_owned();
        assert!(id.starts_with("req") && id.len() == 17, "{id}");
    }
}

#[tokio::test]
async fn only_own_host_names_are_answered() {
    let app = TestApp::with_settings(|settings| {
        settings.server.allowed_hosts = vec!["data.example.org".to_owned()];
    })
    .await;
    let anyone = app.anonymous();
    let under = |host: &'static str| {
        anyone.send(
            anyone
                .request(Method::GET, "/api/health")
                .header("host", host),
        )
    };
    for good in ["localhost:1234", "127.0.0.1", "data.example.org"] {
        under(good).await.expect(200);
    }
    for bad in [
        "evil.example",
        "data.example.org.evil.example",
        "169.254.169.254",
    ] {
        under(bad).await.expect_problem(403, "forbidden_host");
    }
}

#[tokio::test]
async fn other_origins_may_call_v0_but_not_the_api_unless_listed() {
    let app = TestApp::with_settings(|settings| {
        settings.server.cors_origins = vec!["https://app.example".to_owned()];
    })
    .await;
    let anyone = app.anonymous();
    let from = |method: Method, path: &'static str, origin: &'static str| {
        let request = anyone.request(method, path).header("origin", origin);
        anyone.send(request.header("access-control-request-method", "PATCH"))
    };
    let asked = from(Method::OPTIONS, "/v0/appX/Tasks", "https://any.example")
        .await
        .expect(204);
    assert_eq!(asked.header("access-control-allow-origin"), "*");
    assert!(
        asked
            .header("access-control-allow-methods")
            .contains("PATCH")
    );
    assert_eq!(asked.header("access-control-allow-credentials"), "");
    let listed = from(Method::OPTIONS, "/api/health", "https://app.example")
        .await
        .expect(204);
    assert_eq!(
        listed.header("access-control-allow-origin"),
        "https://app.example"
    );
    for origin in ["https://any.example", "null"] {
        let refused = from(Method::GET, "/api/health", origin).await;
        assert_eq!(
            refused.header("access-control-allow-origin"),
            "",
            "{origin}"
        );
    }
}

#[tokio::test]
async fn answers_are_compressed_only_for_those_who_ask() {
    let app = TestApp::new().await;
    let anyone = app.anonymous();
    let plain = anyone.get("/api/openapi.json");
    let request = anyone
        .request(Method::GET, "/api/docs/swagger-ui.css")
        .header("accept-encoding", "identity");
    assert_eq!(anyone.send(request).await.header("content-encoding"), "");
    assert!(plain.await.json.is_object());
}
