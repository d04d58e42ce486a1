use secrecy::{ExposeSecret, SecretString};
use url::Url;

/// The server that a database or Redis URL leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::platform) struct Peer {
    /// Name or address; `None` for a unix socket.
    pub(in crate::platform) host: Option<String>,
    pub(in crate::platform) port: u16,
    /// Whether the connection is encrypted and the server has to prove its name.
    pub(in crate::platform) is_verified: bool,
}

impl Peer {
    /// `None` where the URL names a file, or no server.
    pub(in crate::platform) fn of_url(url: &SecretString) -> Option<Self> {
        let url = Url::parse(url.expose_secret()).ok()?;
        match url.scheme() {
            "postgres" | "postgresql" => Some(Self::postgres(&url)),
            "redis" | "rediss" => Some(Self {
                host: host(url.host_str()),
                port: url.port().unwrap_or(6379),
                is_verified: url.scheme() == "rediss" && url.fragment() != Some("insecure"),
            }),
            _ => None,
        }
    }

    /// The parameters of the query win over the rest of the URL, as in libpq.
    fn postgres(url: &Url) -> Self {
        let mut peer = Self {
            host: host(url.host_str()),
            port: url.port().unwrap_or(5432),
            is_verified: false,
        };
        for (name, value) in url.query_pairs() {
            match &*name {
                "host" | "hostaddr" => peer.host = host(Some(&value)),
                "port" => peer.port = value.parse().unwrap_or(peer.port),
                "sslmode" | "ssl-mode" => {
                    peer.is_verified = value.eq_ignore_ascii_case("verify-full");
                }
                _ => {}
            }
        }
        peer
    }

    /// Whether the connection stays on this machine.
    pub(in crate::platform) fn is_local(&self) -> bool {
        let Some(host) = &self.host else { return true };
        let address = host.parse::<std::net::IpAddr>();
        host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    }
}

fn host(text: Option<&str>) -> Option<String> {
    let text = text?.trim_start_matches('[').trim_end_matches(']');
    let is_socket = text.is_empty() || text.starts_with('/') || text.starts_with("%2F");
    (!is_socket && !text.starts_with("%2f"))
        .then(|| text.trim_end_matches('.').to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(url: &str) -> Peer {
        Peer::of_url(&url.into()).expect("a server")
    }

    #[test]
    fn servers_of_this_machine_are_told_from_others() {
        for url in [
            "postgres://u:p@localhost/db",
            "postgres://u@127.0.0.1:5433/db",
            "postgresql://u@[::1]/db",
            "postgres:///db?host=/run/postgresql",
            "postgres://u@%2Frun%2Fpostgresql/db",
            "postgres://u@db.example/db?host=127.0.0.1",
            "redis://127.8.9.1:6380/0",
            "redis://localhost",
        ] {
            assert!(peer(url).is_local(), "{url}");
        }
        for url in [
            "postgres://u:p@db/db",
            "postgres://u@10.0.0.7/db",
            "postgres://u@localhost.example/db",
            "postgres://u@127.0.0.1/db?host=db.example",
            "postgres://u@127.0.0.1/db?hostaddr=10.0.0.7",
            "redis://:p@cache:6379/0",
            "rediss://[fd00::1]/",
        ] {
            assert!(!peer(url).is_local(), "{url}");
        }
        assert_eq!(Peer::of_url(&"sqlite:/tmp/x.db?mode=rwc".into()), None);
    }

    #[test]
    fn only_tls_that_checks_the_name_counts() {
        for (url, is_verified) in [
            ("postgres://db/x", false),
            ("postgres://db/x?sslmode=prefer", false),
            ("postgres://db/x?sslmode=require", false),
            ("postgres://db/x?sslmode=verify-ca", false),
            ("postgres://db/x?sslmode=verify-full", true),
            ("postgres://db/x?sslmode=verify-full&sslmode=disable", false),
            ("redis://cache", false),
            ("rediss://cache", true),
            ("rediss://cache/#insecure", false),
        ] {
            assert_eq!(peer(url).is_verified, is_verified, "{url}");
        }
        assert_eq!(peer("postgres://db/x").port, 5432);
        assert_eq!(peer("postgres://db:1/x?port=6000").port, 6000);
        assert_eq!(peer("redis://cache").port, 6379);
    }
}
