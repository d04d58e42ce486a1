use reqwest::Method;
use serde_json::json;

use super::sessions::refresh_cookie;
use crate::support::{Answer, TestApp};

async fn browser_login(app: &TestApp) -> Answer {
    let body = json!({"email": "owner@example.org", "password": "correct horse battery staple"});
    let anonymous = app.anonymous();
    let request = anonymous
        .request(Method::POST, "/api/auth/login")
        .json(&body);
    anonymous
        .send(request.header("sec-fetch-site", "same-origin"))
        .await
        .expect(200)
}

fn cookies(answer: &Answer) -> Vec<String> {
    let cookies = answer.headers.get_all("set-cookie").iter();
    cookies
        .map(|cookie| cookie.to_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_browser_gets_its_tokens_as_cookies_alone() {
    let app = TestApp::new().await;
    app.owner().await;
    let session = browser_login(&app).await;
    assert!(
        session.json.get("access_token").is_none(),
        "{}",
        session.text
    );
    let cookies = cookies(&session);
    assert_eq!(cookies.len(), 2);
    for cookie in &cookies {
        assert!(
            cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
            "{cookie}"
        );
        assert!(!cookie.contains("Secure"), "{cookie}");
    }
}

#[tokio::test]
async fn cookies_are_bound_to_the_host_where_the_public_url_is_https() {
    let app = TestApp::with_settings(|settings| {
        settings.server.public_url = Some("https://base.example.org".to_owned());
    })
    .await;
    let link = app.anonymous();
    let body = json!({"email": "nobody@example.org", "password": "x"});
    link.post("/api/auth/login", body)
        .await
        .expect_problem(401, "invalid_credentials");
    let gone = link
        .send(link.request(Method::POST, "/api/auth/logout"))
        .await
        .expect(204);
    let cookies = cookies(&gone);
    assert!(cookies.iter().any(
        |cookie| cookie.starts_with("__Host-pyairtable_access=") && cookie.contains("Path=/;")
    ));
    assert!(
        cookies
            .iter()
            .all(|cookie| cookie.contains("Secure") && cookie.contains("Max-Age=0")),
        "{cookies:?}"
    );
}

#[tokio::test]
async fn changes_by_cookie_need_the_guard_header_and_the_own_site() {
    let app = TestApp::new().await;
    app.owner().await;
    let session = browser_login(&app).await;
    let access = cookies(&session)
        .into_iter()
        .find(|cookie| cookie.starts_with("pyairtable_access="))
        .unwrap();
    let access = access.split(';').next().unwrap().to_owned();
    let anonymous = app.anonymous();
    let body = json!({"name": "Second"});
    let change = || {
        anonymous
            .request(Method::POST, "/api/workspaces")
            .header("cookie", &access)
            .json(&body)
    };
    anonymous.send(change()).await.expect(403);
    anonymous
        .send(
            change()
                .header("x-pyairtable", "1")
                .header("sec-fetch-site", "cross-site"),
        )
        .await
        .expect(403);
    anonymous
        .send(change().header("x-pyairtable", "1"))
        .await
        .expect(201);
    let refresh = format!("pyairtable_refresh={}", refresh_cookie(&session));
    let renew = || {
        anonymous
            .request(Method::POST, "/api/auth/refresh")
            .header("cookie", &refresh)
    };
    let foreign = renew()
        .header("sec-fetch-site", "cross-site")
        .header("x-pyairtable", "1");
    anonymous
        .send(foreign)
        .await
        .expect_problem(403, "cross_site");
    let bare = renew().header("sec-fetch-site", "same-origin");
    anonymous.send(bare).await.expect_problem(403, "cross_site");
    let own = renew()
        .header("sec-fetch-site", "same-origin")
        .header("x-pyairtable", "1");
    let renewed = anonymous.send(own).await.expect(200);
    assert!(renewed.json.get("access_token").is_none());
}
