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
        let own = |origin: &str| self.allows_origin(origin);
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

    fn allows_origin(&self, origin: &str) -> bool {
        if self.origins.contains(&origin.to_ascii_lowercase()) {
            return true;
        }
        let Ok(url) = Url::parse(origin) else {
            return false;
        };
        let web = matches!(url.scheme(), "http" | "https");
        web && url.host_str().is_some_and(|host| self.allows_host(host))
    }
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
