use std::collections::HashSet;
use std::net::IpAddr;

use actix_web::http::header::{HOST, HeaderMap, ORIGIN};
use url::Url;

use crate::platform::settings::Server;

/// Which hosts and origins a request may name; the wall against DNS rebinding and foreign pages.
pub(super) struct Guard {
    names: HashSet<String>,
    origins: HashSet<String>,
    any_address: bool,
}

/// Why a request is turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hostile {
    /// The Host header names another server.
    Host,
    /// A page of another origin sent it.
    Origin,
}

impl Hostile {
    /// What the caller is told.
    pub(super) fn message(self) -> &'static str {
        match self {
            Self::Host => "The Host header does not name this server; see server.allowed_hosts",
            Self::Origin => "This origin may not call this server; see server.cors_origins",
        }
    }
}

impl Guard {
    /// The guard for these settings.
    pub(super) fn new(server: &Server) -> Self {
        let public = server
            .public_url
            .as_deref()
            .and_then(|url| Url::parse(url).ok());
        let public = public.and_then(|url| url.host_str().map(str::to_owned));
        let mut names: HashSet<String> = ["localhost", "127.0.0.1", "[::1]"]
            .map(str::to_owned)
            .into();
        names.extend(
            server
                .allowed_hosts
                .iter()
                .chain(&public)
                .map(|name| name.to_ascii_lowercase()),
        );
        names.insert(match server.listen.ip() {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => format!("[{address}]"),
        });
        let origins = server
            .cors_origins
            .iter()
            .map(|origin| origin.to_ascii_lowercase())
            .collect();
        Self {
            names,
            origins,
            any_address: server.listen.ip().is_unspecified(),
        }
    }

    /// Lets a request pass or says what is hostile about it; `authority` is HTTP/2's Host.
    pub(super) fn check(
        &self,
        headers: &HeaderMap,
        authority: Option<&str>,
    ) -> Result<(), Hostile> {
        let host = headers
            .get(HOST)
            .map(|host| host.to_str().unwrap_or_default())
            .or(authority);
        if !host.is_some_and(|host| self.allows_host(host)) {
            return Err(Hostile::Host);
        }
        let mut origins = headers.get_all(ORIGIN);
        let own = |origin: &str| self.allows_origin(origin, host.unwrap_or_default());
        if origins.all(|origin| origin.to_str().is_ok_and(own)) {
            Ok(())
        } else {
            Err(Hostile::Origin)
        }
    }

    fn allows_host(&self, host: &str) -> bool {
        let lower = host.to_ascii_lowercase();
        let name = match lower.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            _ => &lower,
        };
        // Behind a wildcard listener any of the machine's addresses is fine: rebinding needs a name.
        let literal = || name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
        self.names.contains(name) || self.names.contains(&lower) || self.any_address && literal()
    }

    // An address is no excuse here: a page under a foreign address is a foreign page.
    fn allows_origin(&self, origin: &str, host: &str) -> bool {
        if self.origins.contains(&origin.to_ascii_lowercase()) {
            return true;
        }
        let Ok(url) = Url::parse(origin) else {
            return false;
        };
        let web = matches!(url.scheme(), "http" | "https");
        web && (self.names_origin(&url) || is_same(&url, host))
    }

    fn names_origin(&self, url: &Url) -> bool {
        let Some(name) = url.host_str() else {
            return false;
        };
        let port = url.port_or_known_default().unwrap_or_default();
        self.names.contains(name) || self.names.contains(&format!("{name}:{port}"))
    }
}

/// Whether an origin is the host that the request itself was sent to.
fn is_same(origin: &Url, host: &str) -> bool {
    // A proxy may end TLS, so the scheme is the origin's word.
    let own = Url::parse(&format!("{}://{host}", origin.scheme()));
    own.is_ok_and(|own| {
        own.host() == origin.host() && own.port_or_known_default() == origin.port_or_known_default()
    })
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn guard() -> Guard {
        let names = ["localhost", "127.0.0.1", "[::1]", "data.example.org"].map(str::to_owned);
        let origins = ["https://app.example.com".to_owned()];
        Guard {
            names: names.into(),
            origins: origins.into(),
            any_address: false,
        }
    }

    fn check(host: &str, origin: Option<&str>) -> Result<(), Hostile> {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_str(host).unwrap());
        if let Some(origin) = origin {
            headers.insert(ORIGIN, HeaderValue::from_str(origin).unwrap());
        }
        guard().check(&headers, None)
    }

    #[test]
    fn behind_a_wildcard_listener_only_the_own_address_is_an_origin() {
        let guard = Guard {
            any_address: true,
            ..guard()
        };
        let check = |origin: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, HeaderValue::from_static("192.0.2.7:8080"));
            headers.insert(ORIGIN, HeaderValue::from_str(origin).unwrap());
            guard.check(&headers, None)
        };
        for own in ["http://192.0.2.7:8080", "http://localhost:5173"] {
            assert_eq!(check(own), Ok(()), "{own}");
        }
        for foreign in [
            "http://203.0.113.9",
            "http://192.0.2.7:9090",
            "http://[2001:db8::1]:8080",
        ] {
            assert_eq!(check(foreign), Err(Hostile::Origin), "{foreign}");
        }
    }

    #[test]
    fn own_names_pass_and_foreign_ones_do_not() {
        assert_eq!(check("localhost:8080", None), Ok(()));
        assert_eq!(check("[::1]:8080", Some("http://[::1]:8080")), Ok(()));
        assert_eq!(
            check("Data.example.org", Some("https://data.example.org")),
            Ok(())
        );
        assert_eq!(
            check("127.0.0.1:1", Some("https://app.example.com")),
            Ok(())
        );
        assert_eq!(check("evil.example", None), Err(Hostile::Host));
        assert_eq!(check("localhost.evil.example:80", None), Err(Hostile::Host));
        for origin in [
            "http://evil.example",
            "null",
            "https://app.example.com.evil",
            "file:///x",
        ] {
            assert_eq!(
                check("localhost", Some(origin)),
                Err(Hostile::Origin),
                "{origin}"
            );
        }
        assert_eq!(guard().check(&HeaderMap::new(), None), Err(Hostile::Host));
        assert_eq!(
            guard().check(&HeaderMap::new(), Some("localhost:1")),
            Ok(())
        );
    }
}
