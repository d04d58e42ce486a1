use std::error::Error as _;
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::Method;
use reqwest::redirect::Policy as RedirectPolicy;
use tokio::time::timeout;

use super::error::{Error, Result};
use super::own::Own;
use super::policy::{Networks, Policy, Reach};
use super::redirect;
use super::request::{Hop, Request};
use super::resolver::{Blocked, Guard, Lookup, SystemLookup};
use super::response::Response;
use super::streamed::Streamed;
use crate::platform::settings::{Outbound, Settings};

/// The outbound HTTP client; cheap to clone.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    policy: Arc<Policy>,
    lookup: Arc<dyn Lookup>,
    /// The guard is part of a client, so each reach has its own, made when it is first needed.
    clients: [[OnceLock<Option<reqwest::Client>>; 2]; 2],
    connect_timeout: Duration,
    total_timeout: Duration,
    max_body: usize,
}

impl Client {
    /// A client that asks the operating system for addresses.
    pub fn new(settings: &Settings) -> Self {
        let own = Own::of(settings);
        Self::with_lookup(&settings.outbound, own, Arc::new(SystemLookup))
    }

    /// A client that finds addresses by the given means and checks them all the same.
    pub(super) fn with_lookup(settings: &Outbound, own: Own, lookup: Arc<dyn Lookup>) -> Self {
        Self(Arc::new(Inner {
            policy: Arc::new(Policy::new(settings, own)),
            lookup,
            clients: Default::default(),
            connect_timeout: settings.connect_timeout,
            total_timeout: settings.total_timeout,
            max_body: settings.max_body,
        }))
    }

    /// Begins a request.
    pub fn request(&self, method: Method, url: &str) -> Request {
        Request::new(self.clone(), method, url)
    }

    /// Whether a request to this URL could be made, as far as that can be said without asking for addresses.
    pub fn check(&self, url: &str) -> Result<()> {
        let url = url::Url::parse(url).map_err(|_| Error::BadUrl)?;
        self.0.policy.admit(&url).map(drop)
    }

    pub(super) async fn send(&self, hop: Result<Hop>, follow: u8) -> Result<Response> {
        let answer = self.within(async {
            let response = self.travel(hop?, follow).await?;
            Response::read(response, self.0.max_body).await
        });
        let answer = answer.await;
        count(&answer);
        answer
    }

    /// The head of an answer, with a body that the caller reads as it comes.
    pub(super) async fn open(&self, hop: Result<Hop>, follow: u8, most: u64) -> Result<Streamed> {
        let answer = self.within(async {
            let response = self.travel(hop?, follow).await?;
            Streamed::new(response, most, self.0.total_timeout)
        });
        let answer = answer.await;
        count(&answer);
        answer
    }

    async fn within<T>(&self, answer: impl Future<Output = Result<T>>) -> Result<T> {
        let answer = timeout(self.0.total_timeout, answer).await;
        answer.unwrap_or(Err(Error::Timeout))
    }

    async fn travel(&self, mut hop: Hop, follow: u8) -> Result<reqwest::Response> {
        let mut left = follow;
        loop {
            let response = self.call(&hop).await?;
            if follow == 0 || !redirect::apply(&mut hop, response.status(), response.headers())? {
                return Ok(response);
            }
            left = left.checked_sub(1).ok_or(Error::RedirectRefused)?;
        }
    }

    async fn call(&self, hop: &Hop) -> Result<reqwest::Response> {
        let Inner { policy, lookup, .. } = &*self.0;
        let reach = policy.admit(&hop.url)?;
        let host = hop.url.host().ok_or(Error::BadUrl)?;
        if policy.own().is_store(host, &**lookup).await {
            return Err(Error::BlockedTarget);
        }
        let client = self.client(reach).ok_or(Error::ConnectFailed)?;
        let mut request = client.request(hop.method.clone(), hop.url.clone());
        request = request.headers(hop.headers.clone());
        if let Some(body) = &hop.body {
            request = request.body(body.clone());
        }
        let sent = request.send().await;
        sent.map_err(|error| self.explain(sort(error), &hop.url, reach))
    }

    fn client(&self, reach: Reach) -> Option<&reqwest::Client> {
        let of_networks = &self.0.clients[reach.networks as usize];
        let client = of_networks[usize::from(reach.is_own_port)].get_or_init(|| {
            let guard = Guard {
                lookup: Arc::clone(&self.0.lookup),
                policy: Arc::clone(&self.0.policy),
                reach,
            };
            build(self.0.connect_timeout, guard)
        });
        client.as_ref()
    }

    /// Says what a user can mend: a name that is not a named private host has a wrong scheme or port.
    fn explain(&self, error: Error, url: &url::Url, reach: Reach) -> Error {
        if error == Error::BlockedTarget && reach.networks == Networks::NamedPrivate {
            return self
                .0
                .policy
                .check_open_internet(url)
                .err()
                .unwrap_or(error);
        }
        error
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one client, and it has the guard"
)]
fn build(connect_timeout: Duration, guard: Guard) -> Option<reqwest::Client> {
    let client = reqwest::Client::builder()
        .user_agent(concat!("PyAirtable/", env!("CARGO_PKG_VERSION")))
        .no_proxy()
        .redirect(RedirectPolicy::none())
        .referer(false)
        .retry(reqwest::retry::never())
        .connect_timeout(connect_timeout)
        .dns_resolver(Arc::new(guard))
        .build();
    // Without a trust store there is no TLS; the rest of the server works.
    client
        .inspect_err(|error| tracing::error!(%error, "outbound.unusable"))
        .ok()
}

/// What happened, without the addresses that reqwest's own texts have.
pub(super) fn sort(error: reqwest::Error) -> Error {
    let mut source = error.source();
    while let Some(cause) = source {
        if cause.is::<Blocked>() {
            return Error::BlockedTarget;
        }
        source = cause.source();
    }
    let (is_timeout, is_connect) = (error.is_timeout(), error.is_connect());
    // The URL may hold a secret in its query.
    tracing::debug!(error = %error.without_url(), "outbound.failed");
    match (is_connect, is_timeout) {
        // One that took too long to make, too.
        (true, _) => Error::ConnectFailed,
        (false, true) => Error::Timeout,
        (false, false) => Error::Broken,
    }
}

fn count<T>(answer: &Result<T>) {
    let outcome = answer
        .as_ref()
        .map_or_else(|error| error.code(), |_| "answered");
    metrics::counter!("outbound_requests_total", "outcome" => outcome).increment(1);
    if let Err(error) = answer
        && error.is_refusal()
    {
        metrics::counter!("outbound_blocked_total", "reason" => outcome).increment(1);
        tracing::warn!(reason = outcome, "outbound.blocked");
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("outbound::Client")
    }
}
