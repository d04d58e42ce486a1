use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use reqwest::Method;

use super::server::{Server, head};
use super::settings_with_private;
use crate::platform::outbound::own::Own;
use crate::platform::outbound::{Client, Error, Lookup};
use crate::platform::settings::{Inputs, Settings, load};

/// Knows a few names.
struct Names(HashMap<&'static str, IpAddr>);

impl Lookup for Names {
    fn lookup(&self, host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let found = self.0.get(host.as_str()).map(|address| vec![*address]);
        Box::pin(async { found.ok_or_else(|| io::ErrorKind::NotFound.into()) })
    }
}

/// The client of an instance that may call all of the network, and knows where names lead.
fn client(network: &str, settings: &Settings, names: &[(&'static str, &str)]) -> Client {
    // Another test may have been first.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let address =
        |(name, address): &(&'static str, &str)| (*name, address.parse().expect("an address"));
    let names = Names(names.iter().map(address).collect());
    let outbound = settings_with_private(network);
    Client::with_lookup(&outbound, Own::of(settings), Arc::new(names))
}

fn settings() -> Settings {
    load(Inputs::default()).expect("the defaults").settings
}

async fn outcome(client: &Client, url: &str) -> Option<Error> {
    client.request(Method::GET, url).send().await.err()
}

#[tokio::test]
async fn our_own_ports_are_refused_where_their_neighbours_are_not() {
    let (ours, neighbour) = (
        Server::saying(head(200, "Content-Length: 0\r\n")).await,
        Server::saying(head(200, "Content-Length: 0\r\n")).await,
    );
    let port = ours.address.port();
    let names = [("here.test", "127.0.0.1")];
    let set: [fn(&mut Settings, u16); 4] = [
        |settings, port| settings.server.listen.set_port(port),
        |settings, port| settings.server.metrics_listen = Some(([0, 0, 0, 0], port).into()),
        |settings, port| {
            settings.database.url = Some(format!("postgres://u@localhost:{port}/db").into());
        },
        |settings, port| settings.redis.url = Some(format!("redis://127.0.0.1:{port}").into()),
    ];
    for set in set {
        let mut settings = settings();
        set(&mut settings, port);
        let client = client("127.0.0.0/8", &settings, &names);
        assert_eq!(outcome(&client, &neighbour.url("127.0.0.1")).await, None);
        assert_eq!(outcome(&client, &neighbour.url("here.test")).await, None);
        for host in ["127.0.0.1", "127.9.9.9", "here.test"] {
            let refused = outcome(&client, &ours.url(host)).await;
            assert!(
                matches!(
                    refused,
                    Some(Error::BlockedTarget | Error::SchemeNotAllowed)
                ),
                "{host}: {refused:?}"
            );
        }
    }
    assert_eq!(ours.hits(), 0);
    assert_eq!(neighbour.hits(), 8);
}

#[tokio::test]
async fn database_and_redis_hosts_are_refused_on_every_port() {
    let server = Server::saying(head(200, "Content-Length: 0\r\n")).await;
    let names = [
        ("db.test", "127.0.0.2"),
        ("alias.test", "127.0.0.2"),
        ("cache.test", "127.0.0.3"),
        ("owner.test", "127.0.0.4"),
        ("free.test", "127.0.0.1"),
    ];
    let mut settings = settings();
    settings.database.url = Some("postgres://u@DB.test./x".into());
    settings.database.migration_url = Some("postgres://u@owner.test/x".into());
    settings.redis.url = Some("rediss://cache.test:7000".into());
    let client = client("127.0.0.0/8", &settings, &names);
    for host in [
        "db.test",
        "db.test.",
        "alias.test",
        "127.0.0.2",
        "cache.test",
        "127.0.0.3",
        "owner.test",
    ] {
        let refused = outcome(&client, &server.url(host)).await;
        assert!(
            matches!(
                refused,
                Some(Error::BlockedTarget | Error::SchemeNotAllowed)
            ),
            "{host}: {refused:?}"
        );
    }
    assert_eq!(server.hits(), 0);
    assert_eq!(outcome(&client, &server.url("free.test")).await, None);
    assert_eq!(server.hits(), 1);
}
