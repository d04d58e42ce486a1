use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};

use crate::platform::settings::Server;

/// The names a request may use for this instance; the wall against DNS rebinding.
pub(super) struct Hosts {
    names: HashSet<String>,
    any_address: bool,
}

impl Hosts {
    /// The names from the settings and the address that is really listened on.
    pub(super) fn new(server: &Server, listen: SocketAddr) -> Self {
        let public = server
            .public_url
            .as_deref()
            .and_then(|url| url::Url::parse(url).ok());
        let public = public.and_then(|url| url.host_str().map(str::to_owned));
        let names = server.allowed_hosts.iter().cloned().chain(public);
        let mut names: HashSet<String> = names.map(|name| name.to_ascii_lowercase()).collect();
        names.extend(["localhost", "127.0.0.1", "[::1]"].map(str::to_owned));
        names.insert(match listen.ip() {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => format!("[{address}]"),
        });
        Self {
            names,
            any_address: listen.ip().is_unspecified(),
        }
    }

    /// Whether a Host header (with or without port) names this instance.
    pub(super) fn allows(&self, host: &str) -> bool {
        let name = without_port(host);
        if self.names.contains(name) {
            return true;
        }
        // Behind a wildcard listener any of the machine's addresses is fine: rebinding needs a name.
        let literal = || name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
        self.names.contains(&name.to_ascii_lowercase())
            || self.names.contains(&host.to_ascii_lowercase())
            || (self.any_address && literal())
    }
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(listen: &str, any: bool) -> Hosts {
        let names = ["localhost", "data.example.org", listen].map(str::to_owned);
        Hosts {
            names: names.into(),
            any_address: any,
        }
    }

    #[test]
    fn only_own_names_pass() {
        let own = hosts("192.0.2.7", false);
        for good in [
            "localhost:8080",
            "LOCALHOST",
            "Data.example.org",
            "192.0.2.7:1",
        ] {
            assert!(own.allows(good), "{good}");
        }
        for bad in [
            "evil.example",
            "192.0.2.8",
            "localhost.evil.example",
            "",
            "[::1]:x",
        ] {
            assert!(!own.allows(bad), "{bad}");
        }
    }

    #[test]
    fn behind_a_wildcard_listener_any_address_passes_but_no_name() {
        let own = hosts("0.0.0.0", true);
        assert!(own.allows("10.1.2.3:8080") && own.allows("[fd00::1]:8080"));
        assert!(!own.allows("evil.example:8080"));
    }
}
