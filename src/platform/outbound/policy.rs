use std::net::IpAddr;

use ipnet::IpNet;
use url::{Host, Url};

use super::address::is_public;
use super::error::{Error, Result};
use crate::platform::settings::Outbound;

/// Who may be called, and how.
#[derive(Debug)]
pub(super) struct Policy {
    allow_private: Vec<IpNet>,
    allow_http: Vec<String>,
    ports: Vec<u16>,
}

/// Which addresses a connection may go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Those of the internet, and the private ones the administrator named.
    Allowed,
    /// Only the private ones the administrator named: the URL's port or scheme is fine nowhere else.
    NamedPrivate,
}

impl Policy {
    pub(super) fn new(settings: &Outbound) -> Self {
        Self {
            allow_private: settings.allow_private.clone(),
            allow_http: settings
                .allow_http
                .iter()
                .map(|host| normal_name(host))
                .collect(),
            ports: settings.ports.clone(),
        }
    }

    /// Checks a URL before anything is sent, and says how far its connection may reach.
    pub(super) fn admit(&self, url: &Url) -> Result<Reach> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Error::SchemeNotAllowed);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Error::BadUrl);
        }
        let host = url.host().ok_or(Error::BadUrl)?;
        let literal = match host {
            Host::Ipv4(address) => Some(IpAddr::V4(address)),
            Host::Ipv6(address) => Some(IpAddr::V6(address)),
            Host::Domain(_) => None,
        };
        if let Some(address) = literal {
            if self.is_named_private(address) {
                return Ok(Reach::NamedPrivate);
            }
            if !is_public(address) {
                return Err(Error::BlockedTarget);
            }
        }
        match self.check_open_internet(url) {
            Ok(()) => Ok(Reach::Allowed),
            // A name may still be that of a named private host, which the resolver will know.
            Err(_) if literal.is_none() && !self.allow_private.is_empty() => {
                Ok(Reach::NamedPrivate)
            }
            Err(error) => Err(error),
        }
    }

    /// Whether a connection may go to this address.
    pub(super) fn may_connect(&self, address: IpAddr, reach: Reach) -> bool {
        self.is_named_private(address) || (reach == Reach::Allowed && is_public(address))
    }

    /// Scheme and port rules of the open internet.
    pub(super) fn check_open_internet(&self, url: &Url) -> Result<()> {
        let host = normal_name(url.host_str().unwrap_or_default());
        if url.scheme() != "https" && !self.allow_http.contains(&host) {
            return Err(Error::SchemeNotAllowed);
        }
        let port = url.port_or_known_default().ok_or(Error::PortNotAllowed)?;
        if self.ports.contains(&port) {
            Ok(())
        } else {
            Err(Error::PortNotAllowed)
        }
    }

    fn is_named_private(&self, address: IpAddr) -> bool {
        self.allow_private.iter().any(|net| net.contains(&address))
    }
}

fn normal_name(host: &str) -> String {
    host.trim_end_matches('.').to_ascii_lowercase()
}
