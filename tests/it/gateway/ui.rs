use reqwest::Method;

use crate::support::TestApp;

#[tokio::test]
async fn the_page_comes_with_a_fresh_nonce_for_every_path_of_the_browser() {
    let app = TestApp::new().await;
    let anyone = app.anonymous();
    let page = |path: &'static str| {
        anyone.send(
            anyone
                .request(Method::GET, path)
                .header("accept", "text/html,*/*"),
        )
    };
    let mut nonces = Vec::new();
    for path in ["/", "/bases/appX/tblY", "/sign-in"] {
        let answer = page(path).await.expect(200);
        assert!(answer.header("content-type").starts_with("text/html"));
        assert!(!answer.text.contains("__CSP_NONCE__"));
        let policy = answer.header("content-security-policy");
        let nonce = policy
            .split("'nonce-")
            .nth(1)
            .unwrap()
            .split('\'')
            .next()
            .unwrap()
            .to_owned();
        assert!(
            nonce.len() >= 22 && policy.contains("default-src 'self'"),
            "{policy}"
        );
        nonces.push(nonce);
    }
    nonces.sort();
    nonces.dedup();
    assert_eq!(nonces.len(), 3);
    page("/assets/missing.js").await.expect(404);
    page("/api/missing").await.expect_problem(404, "not_found");
    page("/v0/missing").await.expect(404);
}
