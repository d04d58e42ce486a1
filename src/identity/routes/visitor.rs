use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::USER_AGENT;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use crate::contracts::ClientAddress;
use crate::identity::visitor::Visitor;
use crate::platform::problem::Problem;

impl FromRequest for Visitor {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let address = request.extensions().get::<ClientAddress>().copied();
        let client = request.headers().get(USER_AGENT);
        let client = client.and_then(|value| value.to_str().ok());
        ready(Ok(Self::new(
            address.and_then(|address| address.0),
            client.unwrap_or_default(),
        )))
    }
}
