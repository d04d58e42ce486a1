use std::error::Error as _;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use reqwest::redirect::Policy as RedirectPolicy;
use tokio::time::timeout;

use super::error::{Error, Result};
use super::policy::{Policy, Reach};
use super::redirect;
use super::request::{Hop, Request};
use super::resolver::{Blocked, Guard, Lookup, SystemLookup};
use super::response::Response;
use crate::platform::settings::Outbound;

/// The outbound HTTP client; cheap to clone.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    policy: Arc<Policy>,
    open: Option<reqwest::Client>,
    named_private: Option<reqwest::Client>,
    total_timeout: Duration,
    max_body: usize,
}

impl Client {
    /// A client that asks the operating system for addresses.
    pub fn new(settings: &Outbound) -> Self {
        Self::with_lookup(settings, Arc::new(SystemLookup))
    }

    /// A client that finds addresses by the given means and checks them all the same.
    pub fn with_lookup(settings: &Outbound, lookup: Arc<dyn Lookup>) -> Self {
        let policy = Arc::new(Policy::new(settings));
        let client = |reach| {
            let guard = Guard {
                lookup: Arc::clone(&lookup),
                policy: Arc::clone(&policy),
                reach,
            };
            build(settings, guard)
        };
        // The guard is part of a client, so each reach has its own.
        let (open, named_private) = (client(Reach::Allowed), client(Reach::NamedPrivate));
        let (total_timeout, max_body) = (settings.total_timeout, settings.max_body);
        Self(Arc::new(Inner {
            policy,
            open,
            named_private,
            total_timeout,
            max_body,
        }))
    }

    /// Begins a request.
    pub fn request(&self, method: Method, url: &str) -> Request {
        Request::new(self.clone(), method, url)
    }

    pub(super) async fn send(&self, hop: Result<Hop>, follow: u8) -> Result<Response> {
        let answer = match hop {
            Ok(hop) => timeout(self.0.total_timeout, self.travel(hop, follow))
                .await
                .unwrap_or(Err(Error::Timeout)),
            Err(error) => Err(error),
        };
        count(&answer);
        answer
    }

    async fn travel(&self, mut hop: Hop, follow: u8) -> Result<Response> {
        let mut left = follow;
        loop {
            let response = self.call(&hop).await?;
            if follow == 0 || !redirect::apply(&mut hop, response.status(), response.headers())? {
                return Response::read(response, self.0.max_body).await;
            }
            left = left.checked_sub(1).ok_or(Error::RedirectRefused)?;
        }
    }

    async fn call(&self, hop: &Hop) -> Result<reqwest::Response> {
        let reach = self.0.policy.admit(&hop.url)?;
        let client = match reach {
            Reach::Allowed => &self.0.open,
            Reach::NamedPrivate => &self.0.named_private,
        };
        let client = client.as_ref().ok_or(Error::ConnectFailed)?;
        let mut request = client.request(hop.method.clone(), hop.url.clone());
        request = request.headers(hop.headers.clone());
        if let Some(body) = &hop.body {
            request = request.body(body.clone());
        }
        let sent = request.send().await;
        sent.map_err(|error| self.explain(sort(error), &hop.url, reach))
    }

    /// Says what a user can mend: a name that is not a named private host has a wrong scheme or port.
    fn explain(&self, error: Error, url: &url::Url, reach: Reach) -> Error {
        if error == Error::BlockedTarget && reach == Reach::NamedPrivate {
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
fn build(settings: &Outbound, guard: Guard) -> Option<reqwest::Client> {
    let client = reqwest::Client::builder()
        .user_agent(concat!("PyAirtable/", env!("CARGO_PKG_VERSION")))
        .no_proxy()
        .redirect(RedirectPolicy::none())
        .referer(false)
        .retry(reqwest::retry::never())
        .connect_timeout(settings.connect_timeout)
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
    let is_timeout = error.is_timeout();
    // The URL may hold a secret in its query.
    tracing::debug!(error = %error.without_url(), "outbound.failed");
    if is_timeout {
        Error::Timeout
    } else {
        Error::ConnectFailed
    }
}

fn count(answer: &Result<Response>) {
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
