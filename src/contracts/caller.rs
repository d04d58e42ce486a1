use std::convert::Infallible;
use std::future::{Ready, ready};
use std::net::IpAddr;
use std::ops::Deref;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header::USER_AGENT;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use super::access::Actor;
use super::changes::{ChangeSet, Origin, WriteContext};
use crate::platform::ids::ChangeSetId;
use crate::platform::problem::Problem;

/// Characters kept of what a client calls itself.
const LONGEST_CLIENT: usize = 200;

/// What the gateway found out about the caller of a request; kept in the request's extensions.
#[derive(Clone)]
pub enum CallerState {
    /// No credential, or one that is not valid.
    Anonymous,
    /// A valid credential.
    Known(Arc<Actor>),
    /// The credential could not be checked.
    Unavailable,
}

/// Extractor for routes below `/api` that need a signed-in person or a key: 401 without.
#[derive(Clone)]
pub struct Caller(pub Arc<Actor>);

impl Deref for Caller {
    type Target = Actor;

    fn deref(&self) -> &Actor {
        &self.0
    }
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(match request.extensions().get::<CallerState>() {
            Some(CallerState::Known(actor)) => Ok(Self(actor.clone())),
            Some(CallerState::Unavailable) => Err(Problem::unavailable()
                .retry_after(2)
                .next("Try again in a few seconds")),
            _ => Err(Problem::unauthenticated()
                .next("Send Authorization: Bearer with an access token or an API key")),
        })
    }
}

/// The address a request comes from, as far as trusted proxies vouch for it; kept in the request's extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub Option<IpAddr>);

impl FromRequest for ClientAddress {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(request
            .extensions()
            .get::<Self>()
            .copied()
            .unwrap_or(Self(None))))
    }
}

/// Extractor for routes that write: the change set of this one request.
pub struct RequestChange(ChangeSet);

impl RequestChange {
    /// The change set that the writes of this request belong to.
    pub fn id(&self) -> ChangeSetId {
        self.0.id
    }

    /// The caller's write, as part of this request's change set.
    pub fn by<'a>(&'a self, actor: &'a Actor) -> WriteContext<'a> {
        WriteContext::new(actor, &self.0)
    }
}

impl FromRequest for RequestChange {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let origin = match request.path().starts_with("/v0/") {
            true => Origin::Api,
            false => Origin::App,
        };
        let agent = request.headers().get(USER_AGENT);
        let mut change = ChangeSet::single(origin, request.method().as_str().to_lowercase());
        change.client = agent
            .and_then(|agent| agent.to_str().ok())
            .map(|agent| agent.chars().take(LONGEST_CLIENT).collect());
        ready(Ok(Self(change)))
    }
}
