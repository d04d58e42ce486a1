use crate::support::TestApp;

#[tokio::test]
async fn a_started_instance_is_alive_ready_and_names_its_dependencies() {
    let app = TestApp::new().await;
    let anyone = app.anonymous();
    for path in [
        "/health/live",
        "/health/ready",
        "/health",
        "/api/health",
        "/api/v1/health",
    ] {
        let answer = anyone.get(path).await.expect(200);
        assert_eq!(answer.json["status"], "ok", "{path}: {}", answer.text);
        assert!(answer.json["version"].is_string());
    }
    let checks = anyone.get("/api/health").await.json["checks"].clone();
    let database = checks
        .as_array()
        .unwrap()
        .iter()
        .find(|check| check["name"] == "database");
    assert!(database.unwrap()["latency_ms"].is_number());
}

#[tokio::test]
async fn health_answers_under_any_host_name() {
    let app = TestApp::new().await;
    let anyone = app.anonymous();
    let request = anyone
        .request(reqwest::Method::GET, "/health/ready")
        .header("host", "10.0.0.1");
    anyone.send(request).await.expect(200);
}

#[tokio::test]
async fn metrics_are_served_on_their_own_listener_only() {
    let side = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let app = TestApp::with_settings(|settings| settings.server.metrics_listen = Some(side)).await;
    app.anonymous().get("/api/health").await.expect(200);
    app.anonymous().get("/metrics").await.expect(404);
    let text = reqwest::get(format!("http://{side}/metrics"))
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(
        text.contains(
            "api_requests_total{method=\"GET\",route=\"/api/health\",status_class=\"2xx\"}"
        ),
        "{text}"
    );
    assert!(
        text.contains("request_duration_seconds_bucket") && text.contains("requests_in_flight")
    );
}
