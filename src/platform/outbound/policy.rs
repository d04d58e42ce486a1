use std::net::IpAddr;

use ipnet::IpNet;
use url::{Host, Url};

use super::address::is_public;
use super::error::{Error, Result};
use super::own::{Own, is_this_machine};
use crate::platform::settings::Outbound;

/// Who may be called, and how.
#[derive(Debug)]
pub(super) struct Policy {
    allow_private: Vec<IpNet>,
    allow_http: Vec<String>,
    ports: Vec<u16>,
    own: Own,
}

/// Where a connection may go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reach {
    pub(super) networks: Networks,
    /// The URL's port is one of ours, so it must lead to another machine.
    pub(super) is_own_port: bool,
}

/// Which networks a connection may go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Networks {
    /// Those of the internet, and the private ones the administrator named.
    Allowed,
    /// Only the private ones the administrator named: the URL's port or scheme is fine nowhere else.
    NamedPrivate,
}

impl Policy {
    pub(super) fn new(settings: &Outbound, own: Own) -> Self {
        Self {
            allow_private: settings.allow_private.clone(),
            allow_http: settings
                .allow_http
                .iter()
                .map(|host| normal_name(host))
                .collect(),
            ports: settings.ports.clone(),
            own,
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
        let is_own_port = self.own.has_port(url.port_or_known_default());
        let reach = |networks| Reach {
            networks,
            is_own_port,
        };
        let literal = match host {
            Host::Ipv4(address) => Some(IpAddr::V4(address)),
            Host::Ipv6(address) => Some(IpAddr::V6(address)),
            Host::Domain(_) => None,
        };
        if let Some(address) = literal {
            if is_own_port && is_this_machine(address) {
                return Err(Error::BlockedTarget);
            }
            if self.is_named_private(address) {
                return Ok(reach(Networks::NamedPrivate));
            }
            if !is_public(address) {
                return Err(Error::BlockedTarget);
            }
        }
        match self.check_open_internet(url) {
            Ok(()) => Ok(reach(Networks::Allowed)),
            // A name may still be that of a named private host, which the resolver will know.
            Err(_) if literal.is_none() && !self.allow_private.is_empty() => {
                Ok(reach(Networks::NamedPrivate))
            }
            Err(error) => Err(error),
        }
    }

    /// Whether a connection may go to this address.
    pub(super) fn may_connect(&self, address: IpAddr, reach: Reach) -> bool {
        if reach.is_own_port && is_this_machine(address) {
            return false;
        }
        let is_open = reach.networks == Networks::Allowed && is_public(address);
        is_open || self.is_named_private(address)
    }

    /// What belongs to this instance.
    pub(super) fn own(&self) -> &Own {
        &self.own
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

pub(super) fn normal_name(host: &str) -> String {
    host.trim_end_matches('.').to_ascii_lowercase()
}
