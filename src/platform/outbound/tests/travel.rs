use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine;
use reqwest::{Method, StatusCode};

use super::policies::Script;
use super::server::{Server, head};
use super::{settings, settings_with_private};
use crate::platform::outbound::own::Own;
use crate::platform::outbound::{Client, Error, SystemLookup};
use crate::platform::settings::Outbound;

/// 64 KiB of zeros.
const BOMB: &str = "H4sIAAAAAAACA+3BAQEAAACAkP6v7ggKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAauuOl9cAAAEA";

fn install_crypto() {
    // Another test may have been first.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
}

fn client(settings: &Outbound) -> Client {
    install_crypto();
    Client::with_lookup(settings, Own::default(), Arc::new(SystemLookup))
}

fn local() -> Client {
    client(&settings_with_private("127.0.0.1/32"))
}

fn scripted(settings: &Outbound, rows: &[&[&str]]) -> Client {
    install_crypto();
    Client::with_lookup(settings, Own::default(), Script::new(rows))
}

#[tokio::test]
async fn local_servers_are_reached_only_when_named() {
    let server = Server::saying(head(200, "Content-Length: 2\r\n") + "{}").await;
    let url = server.url("127.0.0.1");
    let refused = client(&settings()).request(Method::GET, &url).send().await;
    assert_eq!(refused.err(), Some(Error::BlockedTarget));
    assert_eq!(server.hits(), 0);
    let answer = local()
        .request(Method::GET, &url)
        .send()
        .await
        .expect("an answer");
    assert_eq!(
        (answer.status, answer.body.as_ref()),
        (StatusCode::OK, b"{}".as_slice())
    );
    assert_eq!(
        answer.json::<serde_json::Value>().ok(),
        Some(serde_json::json!({}))
    );
}

#[tokio::test]
async fn names_of_private_hosts_are_refused_by_the_resolver() {
    for row in ["127.0.0.1", "::1", "169.254.169.254", "::ffff:10.0.0.1"] {
        let client = scripted(&settings(), &[&[row]]);
        let refused = client
            .request(Method::GET, "https://rebind.test/")
            .send()
            .await;
        assert_eq!(refused.err(), Some(Error::BlockedTarget), "{row}");
    }
    let refused = client(&settings())
        .request(Method::GET, "https://localhost/")
        .send()
        .await;
    assert_eq!(refused.err(), Some(Error::BlockedTarget));
}

#[tokio::test]
async fn a_name_that_moves_after_the_first_answer_is_refused() {
    let server = Server::saying(head(200, "Content-Length: 0\r\n")).await;
    let named = settings_with_private("127.0.0.1/32");
    let client = scripted(&named, &[&["127.0.0.1"], &["127.0.0.2"]]);
    let url = server.url("rebind.test");
    assert!(client.request(Method::GET, &url).send().await.is_ok());
    let refused = client.request(Method::GET, &url).send().await;
    assert_eq!(refused.err(), Some(Error::SchemeNotAllowed));
    assert_eq!(server.hits(), 1);
}

#[tokio::test]
async fn a_redirect_is_an_answer_unless_it_is_followed() {
    let target = Server::saying(head(200, "Content-Length: 2\r\n") + "ok").await;
    let server = Server::redirecting(302, &target.url("127.0.0.1")).await;
    let url = server.url("127.0.0.1");
    let answer = local()
        .request(Method::GET, &url)
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status, StatusCode::FOUND);
    assert_eq!(target.hits(), 0);
    let request = local().request(Method::GET, &url).follow(1);
    let request = request
        .header("X-Api-Key", "secret-1")
        .header("Cookie", "secret-2");
    let answer = request
        .bearer("secret-3")
        .header("X-Kept", "kept")
        .send()
        .await;
    assert_eq!(
        answer.map(|answer| answer.body).ok().as_deref(),
        Some(b"ok".as_slice())
    );
    assert!(server.heard().contains("secret-1") && server.heard().contains("bearer secret-3"));
    assert!(!target.heard().contains("secret") && target.heard().contains("x-kept: kept"));
}

#[tokio::test]
async fn redirects_into_private_networks_are_refused() {
    for location in [
        "http://127.0.0.2:9/",
        "https://10.0.0.1/",
        "http://[::1]/",
        "https://0x7f000002/",
    ] {
        let server = Server::redirecting(302, location).await;
        let request = local().request(Method::GET, &server.url("127.0.0.1"));
        assert_eq!(
            request.follow(3).send().await.err(),
            Some(Error::BlockedTarget),
            "{location}"
        );
    }
    let server = Server::redirecting(302, "https://inner.test/").await;
    let client = scripted(&settings_with_private("127.0.0.1/32"), &[&["192.168.0.7"]]);
    let request = client.request(Method::GET, &server.url("127.0.0.1"));
    assert_eq!(
        request.follow(3).send().await.err(),
        Some(Error::BlockedTarget)
    );
}

#[tokio::test]
async fn no_more_than_three_redirects_are_followed() {
    let server = Server::redirecting(302, "/again").await;
    let request = local().request(Method::GET, &server.url("127.0.0.1"));
    assert_eq!(
        request.follow(200).send().await.err(),
        Some(Error::RedirectRefused)
    );
    assert_eq!(server.hits(), 4);
}

#[tokio::test]
async fn a_dripping_server_meets_the_total_timeout() {
    let server = Server::dripping().await;
    let total_timeout = Duration::from_millis(400);
    let settings = Outbound {
        total_timeout,
        ..settings_with_private("127.0.0.1/32")
    };
    let started = Instant::now();
    let answer = client(&settings)
        .request(Method::GET, &server.url("127.0.0.1"))
        .send()
        .await;
    assert_eq!(answer.err(), Some(Error::Timeout));
    assert!(started.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn bodies_are_counted_after_decompression() {
    let bomb = base64::engine::general_purpose::STANDARD
        .decode(BOMB)
        .expect("base64");
    let headers = format!(
        "Content-Encoding: gzip\r\nContent-Length: {}\r\n",
        bomb.len()
    );
    let server = Server::saying([head(200, &headers).into_bytes(), bomb].concat()).await;
    let answer = local()
        .request(Method::GET, &server.url("127.0.0.1"))
        .send()
        .await;
    assert_eq!(answer.err(), Some(Error::TooLarge));
    let roomy = Outbound {
        max_body: 1 << 16,
        ..settings_with_private("127.0.0.1/32")
    };
    let answer = client(&roomy)
        .request(Method::GET, &server.url("127.0.0.1"))
        .send()
        .await;
    assert_eq!(answer.map(|answer| answer.body.len()).ok(), Some(1 << 16));
    let endless = Server::saying(head(200, "") + &"x".repeat(40_000)).await;
    let answer = local()
        .request(Method::GET, &endless.url("127.0.0.1"))
        .send()
        .await;
    assert_eq!(answer.err(), Some(Error::TooLarge));
}

#[tokio::test]
async fn headers_of_the_connection_are_refused_before_anything_is_sent() {
    let server = Server::saying(head(200, "Content-Length: 0\r\n")).await;
    let url = server.url("127.0.0.1");
    for (name, value) in [
        ("Host", "evil.test"),
        ("X-Forwarded-For", "1.1.1.1"),
        ("A b", "c"),
        ("A", "b\r\nC: d"),
    ] {
        let refused = local()
            .request(Method::GET, &url)
            .header(name, value)
            .send()
            .await;
        assert_eq!(refused.err(), Some(Error::HeaderNotAllowed), "{name}");
    }
    assert_eq!(server.hits(), 0);
    let sent = local()
        .request(Method::POST, &url)
        .json(&serde_json::json!({"a": 1}))
        .send()
        .await;
    assert!(sent.is_ok() && server.heard().contains("content-type: application/json"));
}

#[tokio::test]
async fn errors_name_no_address() {
    let named = settings_with_private("127.0.0.1/32");
    let closed = client(&named)
        .request(Method::GET, "http://127.0.0.1:1/?token=secret")
        .send()
        .await;
    let error = closed.expect_err("nobody listens there");
    assert_eq!(error, Error::ConnectFailed);
    assert!(!format!("{error} {error:?}").contains("127.0.0.1"));
}
