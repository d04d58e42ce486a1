use std::net::{IpAddr, UdpSocket};

use url::Host;

use super::resolver::Lookup;
use crate::platform::settings::{Peer, Settings};

/// What belongs to this instance and no request may reach, even where its network is allowed.
#[derive(Clone, Debug, Default)]
pub(super) struct Own {
    /// Ports of this machine: our listeners, and a database or Redis beside us.
    ports: Vec<u16>,
    /// Database and Redis on other machines, on any port.
    stores: Vec<String>,
}

impl Own {
    pub(super) fn of(settings: &Settings) -> Self {
        let (server, database) = (&settings.server, &settings.database);
        let listeners = [Some(server.listen), server.metrics_listen];
        let mut own = Self {
            ports: listeners
                .into_iter()
                .flatten()
                .map(|it| it.port())
                .collect(),
            stores: Vec::new(),
        };
        let urls = [&database.url, &database.migration_url, &settings.redis.url];
        for peer in urls.into_iter().flatten().filter_map(Peer::of_url) {
            match peer.host.clone() {
                Some(host) if !peer.is_local() => own.stores.push(host),
                _ => own.ports.push(peer.port),
            }
        }
        own
    }

    pub(super) fn has_port(&self, port: Option<u16>) -> bool {
        port.is_some_and(|port| self.ports.contains(&port))
    }

    /// Whether the host of a URL is one of our stores, by its name or by one of its addresses.
    pub(super) async fn is_store(&self, host: Host<&str>, lookup: &dyn Lookup) -> bool {
        match host {
            Host::Ipv4(address) => self.has_store(&[address.into()], lookup).await,
            Host::Ipv6(address) => self.has_store(&[address.into()], lookup).await,
            Host::Domain(name) => self.stores.contains(&super::policy::normal_name(name)),
        }
    }

    /// Whether one of these is an address of one of our stores.
    pub(super) async fn has_store(&self, addresses: &[IpAddr], lookup: &dyn Lookup) -> bool {
        for store in &self.stores {
            let found = match store.parse::<IpAddr>() {
                Ok(address) => vec![address],
                // A store whose name leads nowhere cannot be reached by anybody.
                Err(_) => lookup.lookup(store.clone()).await.unwrap_or_default(),
            };
            let same = |address: &IpAddr| {
                let mut known = found.iter().map(IpAddr::to_canonical);
                known.any(|known| known == address.to_canonical())
            };
            if addresses.iter().any(same) {
                return true;
            }
        }
        false
    }
}

/// Whether an address is one of this machine's, which only those can be bound to.
pub(super) fn is_this_machine(address: IpAddr) -> bool {
    let address = address.to_canonical();
    address.is_loopback() || address.is_unspecified() || UdpSocket::bind((address, 0)).is_ok()
}
