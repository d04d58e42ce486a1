use std::future::{Ready, ready};
use std::net::IpAddr;
use std::ops::Deref;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use super::access::Actor;
use crate::platform::problem::Problem;

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
