use std::collections::VecDeque;
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::BoxFuture;
use reqwest::dns::Resolve;
use url::Url;

use super::{ALLOWED, NAMED_PRIVATE, policy, settings, settings_with_private};
use crate::platform::outbound::resolver::{Blocked, Guard};
use crate::platform::outbound::{Error, Lookup};
use crate::platform::settings::Outbound;

/// Answers from a list, one row a question; the last row again and again.
pub(super) struct Script(Mutex<VecDeque<Vec<IpAddr>>>);

impl Script {
    pub(super) fn new(rows: &[&[&str]]) -> Arc<Self> {
        let address = |text: &&str| text.parse().expect("an address");
        let rows = rows.iter().map(|row| row.iter().map(address).collect());
        Arc::new(Self(Mutex::new(rows.collect())))
    }
}

impl Lookup for Script {
    fn lookup(&self, _host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let mut rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let row = if rows.len() > 1 {
            rows.pop_front()
        } else {
            rows.front().cloned()
        };
        Box::pin(async { row.ok_or_else(|| io::ErrorKind::NotFound.into()) })
    }
}

async fn resolve(guard: &Guard) -> Result<usize, bool> {
    let found = guard.resolve("rebind.test".parse().expect("a name")).await;
    found
        .map(Iterator::count)
        .map_err(|error| error.is::<Blocked>())
}

#[tokio::test]
async fn every_answer_of_the_resolver_is_checked_anew() {
    let lookup = Script::new(&[
        &["93.184.215.14"],
        &["127.0.0.1"],
        &["93.184.215.14", "10.0.0.1"],
        &["::ffff:93.184.215.14"],
        &["2606:4700::1111", "93.184.215.14"],
    ]);
    let policy = Arc::new(policy(&settings()));
    let guard = Guard {
        lookup,
        policy,
        reach: ALLOWED,
    };
    assert_eq!(resolve(&guard).await, Ok(1));
    for _ in 0..3 {
        assert_eq!(resolve(&guard).await, Err(true));
    }
    assert_eq!(resolve(&guard).await, Ok(2));
}

#[tokio::test]
async fn a_named_private_reach_goes_nowhere_else() {
    let lookup = Script::new(&[&["10.1.2.3"], &["93.184.215.14"], &["10.1.2.3", "10.2.0.1"]]);
    let policy = Arc::new(policy(&settings_with_private("10.1.0.0/16")));
    let guard = Guard {
        lookup,
        policy,
        reach: NAMED_PRIVATE,
    };
    assert_eq!(resolve(&guard).await, Ok(1));
    assert_eq!(resolve(&guard).await, Err(true));
    assert_eq!(resolve(&guard).await, Err(true));
}

#[test]
fn private_networks_that_are_named_may_be_called_on_any_port_and_without_tls() {
    let policy = policy(&settings_with_private("10.1.0.0/16"));
    for (url, wanted) in [
        ("http://10.1.2.3:9000/", Ok(NAMED_PRIVATE)),
        ("https://10.1.2.3/", Ok(NAMED_PRIVATE)),
        ("https://10.2.0.1/", Err(Error::BlockedTarget)),
        ("https://[::ffff:10.1.2.3]/", Err(Error::BlockedTarget)),
        ("http://8.8.8.8/", Err(Error::SchemeNotAllowed)),
        ("https://8.8.8.8:9000/", Err(Error::PortNotAllowed)),
        ("http://files.test:9000/", Ok(NAMED_PRIVATE)),
        ("https://files.test/", Ok(ALLOWED)),
        ("ftp://10.1.2.3/", Err(Error::SchemeNotAllowed)),
    ] {
        let url: Url = url.parse().expect("a URL");
        assert_eq!(policy.admit(&url), wanted, "{url}");
    }
}

#[test]
fn plain_http_is_for_hosts_on_the_list() {
    let allow_http = vec!["Plain.Example.".to_owned()];
    let policy = policy(&Outbound {
        allow_http,
        ..settings()
    });
    for (url, wanted) in [
        ("http://plain.example/", Ok(ALLOWED)),
        ("http://PLAIN.example./", Ok(ALLOWED)),
        ("http://plain.example:8080/", Err(Error::PortNotAllowed)),
        ("http://sub.plain.example/", Err(Error::SchemeNotAllowed)),
        (
            "http://plain.example.evil.test/",
            Err(Error::SchemeNotAllowed),
        ),
    ] {
        let url: Url = url.parse().expect("a URL");
        assert_eq!(policy.admit(&url), wanted, "{url}");
    }
}
