use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use pyairtable::platform::secrets::hmac_sha256;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use super::sessions::{PASSWORD, login, refresh_cookie};
use crate::support::{Actor, TestApp};

const SECRET: &str = "a secret that instances share, 32 bytes or more";

fn claims_of(token: &str) -> Value {
    let claims = URL_SAFE_NO_PAD
        .decode(token.split('.').nth(1).unwrap())
        .unwrap();
    serde_json::from_slice(&claims).unwrap()
}

fn sign(claims: &Value, algorithm: Algorithm, key: &[u8]) -> String {
    encode(
        &Header::new(algorithm),
        claims,
        &EncodingKey::from_secret(key),
    )
    .unwrap()
}

async fn is_accepted(owner: &Actor, token: &str) -> bool {
    let answer = owner.with_token(token).get("/api/auth/me").await;
    assert!(matches!(answer.status, 200 | 401), "{}", answer.text);
    answer.status == 200
}

#[tokio::test]
async fn only_our_own_untouched_access_tokens_are_accepted() {
    let app = TestApp::with_settings(|settings| {
        settings.identity.token_secret = Some(SECRET.to_owned().into());
    })
    .await;
    let owner = app.owner().await;
    let token = owner.token().unwrap().to_owned();
    let claims = claims_of(&token);
    let key = hmac_sha256(SECRET.as_bytes(), b"identity.access_token.v1");
    assert!(is_accepted(&owner, &sign(&claims, Algorithm::HS256, &key)).await);
    for (algorithm, key) in [
        (Algorithm::HS256, &[0; 32]),
        (Algorithm::HS384, &key),
        (Algorithm::HS512, &key),
    ] {
        assert!(
            !is_accepted(&owner, &sign(&claims, algorithm, key)).await,
            "{algorithm:?}"
        );
    }
    let changes = [
        ("exp", json!(1)),
        ("nbf", json!(i64::MAX / 2000)),
        ("iss", json!("other")),
        ("aud", json!("other")),
        ("typ", json!("refresh")),
        ("typ", Value::Null),
        ("sub", json!("usr00000000000000")),
        ("ten", json!("ten00000000000000")),
        ("sid", json!("ses00000000000000")),
    ];
    for (member, value) in changes {
        let mut forged = claims.clone();
        forged[member] = value;
        assert!(
            !is_accepted(&owner, &sign(&forged, Algorithm::HS256, &key)).await,
            "{member}"
        );
    }
    let unsigned = token
        .rsplit_once('.')
        .unwrap()
        .0
        .split_once('.')
        .unwrap()
        .1
        .to_owned();
    for header in [r#"{"alg":"none"}"#, r#"{"alg":"NONE","typ":"JWT"}"#] {
        let header = URL_SAFE_NO_PAD.encode(header);
        assert!(!is_accepted(&owner, &format!("{header}.{unsigned}.")).await);
    }
    for garbage in ["x", "..", "pya", &"a".repeat(3000)] {
        assert!(!is_accepted(&owner, garbage).await);
    }
}

#[tokio::test]
async fn credentials_in_the_address_are_not_accepted() {
    let app = TestApp::new().await;
    let owner = app.owner().await;
    let token = owner.token().unwrap().to_owned();
    for name in ["access_token", "token", "api_key", "key"] {
        let path = format!("/api/auth/me?{name}={token}");
        app.anonymous()
            .get(&path)
            .await
            .expect_problem(401, "unauthenticated");
    }
}

/// Every text in identity's tables.
async fn dump(app: &TestApp) -> String {
    let tx = app.platform.db.system_read().await.unwrap();
    let mut texts = String::new();
    for table in ["api_keys", "sessions", "links", "users"] {
        let sql = format!("SELECT * FROM identity_{table}");
        let statement = Statement::from_string(tx.conn().get_database_backend(), sql);
        for row in tx.conn().query_all_raw(statement).await.unwrap() {
            for column in row.column_names() {
                texts += &row.try_get::<String>("", &column).unwrap_or_default();
                texts.push('\n');
            }
        }
    }
    texts
}

#[tokio::test]
async fn the_database_holds_nothing_to_sign_in_with() {
    let app = TestApp::new().await;
    let owner = app.owner().await;
    let key = app.key(&owner, &["user.email:read"]).await;
    let session = login(&app).await;
    let members = format!("/api/workspaces/{}/members", app.workspace_of(&owner).await);
    let body = json!({"email": "ada@example.org", "name": "Ada", "role": "editor"});
    let invited = owner.post(&members, body).await.expect(201).json;
    let link = invited["invite_url"].as_str().unwrap();
    let key = key.token().unwrap();
    let dump = dump(&app).await;
    assert!(dump.contains("owner@example.org") && dump.contains(&key[3..17]));
    let refresh = refresh_cookie(&session);
    for secret in [
        &key[18..],
        refresh.split('.').nth(1).unwrap(),
        link.split_once('=').unwrap().1,
        session.json["access_token"].as_str().unwrap(),
        PASSWORD,
    ] {
        assert!(!dump.contains(secret), "{secret}");
    }
}
