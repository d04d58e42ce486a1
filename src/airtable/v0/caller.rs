use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use super::error::Failure;
use crate::contracts::{Actor, CallerState};

/// Extractor for routes of `/v0`: 401 in Airtable's form without a valid token.
pub(super) struct Caller(pub(super) Arc<Actor>);

impl std::ops::Deref for Caller {
    type Target = Actor;

    fn deref(&self) -> &Actor {
        &self.0
    }
}

impl FromRequest for Caller {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(match request.extensions().get::<CallerState>() {
            Some(CallerState::Known(actor)) => Ok(Self(actor.clone())),
            Some(CallerState::Unavailable) => Err(Failure::unavailable()),
            _ => Err(Failure::unauthenticated()),
        })
    }
}
