use pyairtable::contracts::Role;
use pyairtable::identity::{EmailAddress, Identity, Name, NewUser, TenantChoice};
use pyairtable::platform::ids::UserId;
use serde_json::json;

use crate::support::TestApp;

const PASSWORD: &str = "correct horse battery staple";

async fn throttled() -> TestApp {
    TestApp::with_settings(|settings| {
        settings.limits.login_per_account = 5;
        settings.limits.login_per_address = 20;
    })
    .await
}

/// A name that no other test counts tries of, should they share one Redis.
fn unique(domain: &str) -> String {
    format!("{}@{domain}", UserId::fresh()).to_lowercase()
}

/// Makes somebody with the password, without a try at the limits.
async fn person(app: &TestApp) -> String {
    let email = unique("example.org");
    let new = NewUser {
        email: EmailAddress::parse(&email).unwrap(),
        name: Name::parse("name", "Ada").unwrap(),
        password: PASSWORD.to_owned(),
        role: Some(Role::Owner),
        tenant: TenantChoice::New(Name::parse("tenant", "Throttled").unwrap()),
    };
    let identity = Identity::new(&app.platform);
    identity.create_user(new).await.unwrap();
    email
}

#[tokio::test]
async fn an_account_can_be_tried_five_times_a_minute() {
    let app = throttled().await;
    let email = person(&app).await;
    let anonymous = app.anonymous();
    let wrong = json!({"email": email, "password": "wrong"});
    for _ in 0..5 {
        anonymous
            .post("/api/auth/login", wrong.clone())
            .await
            .expect_problem(401, "invalid_credentials");
    }
    let right = json!({"email": email.to_uppercase(), "password": PASSWORD});
    let refused = anonymous.post("/api/auth/login", right).await;
    let refused = refused.expect_problem(429, "too_many_attempts");
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
}

#[tokio::test]
async fn an_address_can_try_twenty_accounts_a_minute() {
    let app = throttled().await;
    let anonymous = app.anonymous();
    let mut statuses = Vec::new();
    for _ in 0..40 {
        let body = json!({"email": unique("example.org"), "password": "wrong"});
        statuses.push(anonymous.post("/api/auth/login", body).await.status);
    }
    assert!(
        statuses[..20].iter().all(|status| *status == 401),
        "{statuses:?}"
    );
    // A slow machine regains a try every three seconds.
    assert!(statuses[20..].contains(&429), "{statuses:?}");
}
