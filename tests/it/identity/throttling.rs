use std::time::Duration;

use serde_json::json;

use crate::support::TestApp;

async fn throttled() -> TestApp {
    TestApp::with_settings(|settings| {
        settings.limits.login_per_account = 5;
        settings.limits.login_per_address = 20;
    })
    .await
}

#[tokio::test]
async fn an_account_can_be_tried_five_times_a_minute() {
    let app = throttled().await;
    app.owner().await;
    let anonymous = app.anonymous();
    let wrong = json!({"email": "owner@example.org", "password": "wrong"});
    for _ in 0..5 {
        anonymous
            .post("/api/auth/login", wrong.clone())
            .await
            .expect_problem(401, "invalid_credentials");
    }
    let right = json!({"email": "OWNER@example.org", "password": "correct horse battery staple"});
    let refused = anonymous.post("/api/auth/login", right.clone()).await;
    let refused = refused.expect_problem(429, "too_many_attempts");
    assert!(refused.header("retry-after").parse::<u64>().unwrap() <= 12);
    app.clock.advance(Duration::from_secs(61));
    anonymous.post("/api/auth/login", right).await.expect(200);
}

#[tokio::test]
async fn an_address_can_try_twenty_accounts_a_minute() {
    let app = throttled().await;
    let anonymous = app.anonymous();
    let mut statuses = Vec::new();
    for number in 0..40 {
        let body = json!({"email": format!("u{number}@example.org"), "password": "wrong"});
        statuses.push(anonymous.post("/api/auth/login", body).await.status);
    }
    assert!(
        statuses[..20].iter().all(|status| *status == 401),
        "{statuses:?}"
    );
    // A slow machine regains a try every three seconds.
    assert!(statuses[20..].contains(&429), "{statuses:?}");
}
