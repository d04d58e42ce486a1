use crate::support::TestApp;

#[tokio::test]
async fn an_address_that_asks_too_often_is_told_when_to_come_back() {
    let app = TestApp::with_settings(|settings| settings.limits.anonymous_per_minute = 3).await;
    let anyone = app.anonymous();
    for _ in 0..3 {
        anyone.get("/api/health").await.expect(200);
    }
    let refused = anyone
        .get("/api/health")
        .await
        .expect_problem(429, "too_many_requests");
    assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);
    anyone
        .get("/%61pi/health")
        .await
        .expect_problem(429, "too_many_requests");
    let refused = anyone.get("/v0/appX/Tasks").await.expect(429);
    assert_eq!(refused.json["errors"][0]["error"], "RATE_LIMIT_REACHED");
    assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);
    anyone.get("/health/ready").await.expect(200);
}
