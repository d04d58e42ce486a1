use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use futures_util::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::policy::{Policy, Reach};

/// Finds the addresses of a host; tests bring their own.
pub trait Lookup: Send + Sync + 'static {
    /// All addresses of the host.
    fn lookup(&self, host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>>;
}

/// Asks the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemLookup;

impl Lookup for SystemLookup {
    fn lookup(&self, host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        Box::pin(async move {
            let found = tokio::net::lookup_host((host, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// The host has an address that must not be called.
#[derive(Debug, thiserror::Error)]
#[error("the host has a blocked address")]
pub(super) struct Blocked;

/// Resolves for the connector, so that what was checked is what is connected to, each time anew.
pub(super) struct Guard {
    pub(super) lookup: Arc<dyn Lookup>,
    pub(super) policy: Arc<Policy>,
    pub(super) reach: Reach,
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let lookup = Arc::clone(&self.lookup);
        let (policy, reach) = (Arc::clone(&self.policy), self.reach);
        let found = lookup.lookup(name.as_str().to_owned());
        Box::pin(async move {
            let addresses = found.await?;
            // One blocked address spoils the name: mixed answers are how rebinding looks.
            let may_connect = |address: &IpAddr| policy.may_connect(*address, reach);
            if !addresses.iter().all(may_connect)
                || policy.own().has_store(&addresses, &*lookup).await
            {
                return Err(Blocked.into());
            }
            let addresses: Addrs = Box::new(
                addresses
                    .into_iter()
                    .map(|address| SocketAddr::new(address, 0)),
            );
            Ok(addresses)
        })
    }
}
