use pyairtable::platform::ids::{ApiKeyId, random_text};
use pyairtable::platform::secrets::sha256;
use serde_json::json;

use crate::support::TestApp;

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A key that only the database can tell from a real one.
fn made_up_key() -> String {
    let id = ApiKeyId::fresh().to_string();
    let mut text = format!("pya{}.{}", &id[3..], random_text(43));
    let digest = sha256(text.as_bytes());
    let mut number = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
    for _ in 0..6 {
        text.push(char::from(ALPHABET[(number % 62) as usize]));
        number /= 62;
    }
    text
}

fn mistyped(key: &str) -> String {
    let last = if key.ends_with('0') { '1' } else { '0' };
    format!("{}{last}", &key[..key.len() - 1])
}

#[tokio::test]
async fn a_mistyped_key_fails_without_the_database() {
    let app = TestApp::new().await;
    let owner = app.owner().await;
    let key = app.key(&owner, &["user.email:read"]).await;
    app.platform.db.close().await;
    let ask = async |token: &str| owner.with_token(token).get("/api/auth/me").await;
    let mistyped = mistyped(key.token().unwrap());
    for token in [&mistyped, "pya", "a.b.c", &mistyped[1..]] {
        ask(token).await.expect_problem(401, "unauthenticated");
    }
    ask(&made_up_key()).await.expect_problem(503, "unavailable");
}

#[tokio::test]
async fn a_stream_of_made_up_keys_stops_before_the_database_and_good_keys_go_on() {
    let app = TestApp::with_settings(|settings| settings.limits.login_per_address = 5).await;
    let owner = app.owner().await;
    let good = app.key(&owner, &["user.email:read"]).await;
    good.get("/api/auth/me").await.expect(200);
    let mut refused = 0;
    for _ in 0..30 {
        let answer = owner.with_token(made_up_key()).get("/api/auth/me").await;
        if answer.status == 429 {
            let answer = answer.expect_problem(429, "too_many_requests");
            assert!(answer.header("retry-after").parse::<u64>().unwrap() >= 1);
            refused += 1;
        } else {
            answer.expect_problem(401, "unauthenticated");
        }
        good.get("/api/auth/me").await.expect(200);
    }
    // One was looked for before the address was suspected, then five; a slow machine regains one every 12 seconds.
    assert!((15..=24).contains(&refused), "{refused}");
    // A change of rights empties the cache of callers; keys and sessions that were good before are looked up all the same.
    owner
        .post("/api/workspaces", json!({"name": "Second"}))
        .await
        .expect(201);
    good.get("/api/auth/me").await.expect(200);
    owner.get("/api/auth/me").await.expect(200);
    let airtable = owner.with_token(made_up_key()).get("/v0/meta/bases").await;
    assert_eq!(
        airtable.expect(429).json["errors"][0]["error"],
        "RATE_LIMIT_REACHED"
    );
    app.platform.db.close().await;
    let answer = owner.with_token(made_up_key()).get("/api/auth/me").await;
    answer.expect_problem(429, "too_many_requests");
}

#[tokio::test]
async fn mistyped_keys_hold_up_nobody() {
    let app = TestApp::with_settings(|settings| settings.limits.login_per_address = 2).await;
    let owner = app.owner().await;
    let first = app.key(&owner, &["user.email:read"]).await;
    let mistyped = owner.with_token(mistyped(first.token().unwrap()));
    for _ in 0..10 {
        mistyped
            .get("/api/auth/me")
            .await
            .expect_problem(401, "unauthenticated");
    }
    for _ in 0..5 {
        let fresh = app.key(&owner, &["user.email:read"]).await;
        fresh.get("/api/auth/me").await.expect(200);
    }
}
