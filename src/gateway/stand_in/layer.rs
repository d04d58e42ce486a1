use std::rc::Rc;

use actix_web::body::{BoxBody, to_bytes};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::http::Method;
use actix_web::http::header::{CONTENT_LENGTH, HeaderMap};
use actix_web::{Error, HttpMessage, error};
use bytes::Bytes;
use futures_util::future::{LocalBoxFuture, Ready, ready};
use serde_json::Value;

use super::dice::Fate;
use super::ledger::{Effect, Ids};
use super::plan::{Kind, When};
use super::{StandIn, harm};
use crate::contracts::CallerState;

const KEY: &str = "idempotency-key";

/// Puts the stand-in between the caller and the engine.
#[derive(Clone)]
pub(super) struct Layer(pub(super) StandIn);

impl<S> Transform<S, ServiceRequest> for Layer
where
    S: Service<ServiceRequest, Response = ServiceResponse<BoxBody>, Error = Error> + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type InitError = ();
    type Transform = Layered<S>;
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(Layered {
            service: Rc::new(service),
            stand_in: self.0.clone(),
        }))
    }
}

/// The engine's routes with the stand-in before them.
pub(super) struct Layered<S> {
    service: Rc<S>,
    stand_in: StandIn,
}

impl<S> Service<ServiceRequest> for Layered<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<BoxBody>, Error = Error> + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self::Response, Error>>;

    forward_ready!(service);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let stand_in = self.stand_in.clone();
        let caller = stand_in.caller(request.headers());
        let is_known = caller.is_some();
        let state = caller.map_or(CallerState::Anonymous, CallerState::Known);
        request.extensions_mut().insert(state);
        // Who has no token learns that, and nothing else happens to him.
        if !is_known || !request.path().starts_with("/v0/") {
            return Box::pin(self.service.call(request));
        }
        if !stand_in.admits(request.path()) {
            return Box::pin(ready(Ok(request.into_response(harm::too_many()))));
        }
        let fate = stand_in.fate(request.method().as_str(), request.path());
        let service = self.service.clone();
        // A caller that hangs up does not take back what Airtable has begun.
        let done = tokio::task::spawn_local(fulfil(service, stand_in, request, fate));
        Box::pin(async move { done.await.map_err(error::ErrorInternalServerError)? })
    }
}

async fn fulfil<S>(
    service: Rc<S>,
    stand_in: StandIn,
    request: ServiceRequest,
    (fate, plan): (Fate, u64),
) -> Result<ServiceResponse<BoxBody>, Error>
where
    S: Service<ServiceRequest, Response = ServiceResponse<BoxBody>, Error = Error>,
{
    stand_in.wait(fate.before, plan).await;
    match fate.harm {
        Some(Kind::Status {
            status,
            when: When::Before,
        }) => {
            return Ok(request.into_response(harm::status(status)));
        }
        Some(Kind::Reset { when: When::Before }) => {
            let answer = harm::reset(request.request());
            return Ok(request.into_response(answer));
        }
        _ => {}
    }
    let key = header(request.headers(), KEY);
    let response = service.call(request).await?;
    let (request, response) = response.into_parts();
    let (mut response, body) = response.into_parts();
    let body = to_bytes(body)
        .await
        .map_err(error::ErrorInternalServerError)?;
    let is_change = !matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    let is_long_read = request
        .path()
        .trim_end_matches('/')
        .ends_with("/listRecords");
    if is_change && !is_long_read && response.status().is_success() {
        let method = request.method().as_str();
        let answer: Value = serde_json::from_slice(&body).unwrap_or_default();
        stand_in.accept(&Effect {
            method: method.to_owned(),
            path: request.path().to_owned(),
            status: response.status().as_u16(),
            idempotency_key: key,
            ids: Ids::of(method, &answer),
            fault: fate.harm.as_ref().map(name),
        });
    }
    stand_in.wait(fate.after, plan).await;
    let body = match fate.harm {
        Some(Kind::Status {
            status,
            when: When::After,
        }) => {
            return Ok(ServiceResponse::new(request, harm::status(status)));
        }
        Some(Kind::Reset { when: When::After }) => {
            let answer = harm::reset(&request);
            return Ok(ServiceResponse::new(request, answer));
        }
        Some(Kind::SlowBody { bytes_per_second }) => {
            harm::slow(body, bytes_per_second, stand_in.0.clock.clone())
        }
        Some(Kind::MalformedJson) => whole(harm::cut(&body)),
        _ => whole(body),
    };
    response.headers_mut().remove(CONTENT_LENGTH);
    Ok(ServiceResponse::new(request, response.set_body(body)))
}

fn whole(body: Bytes) -> BoxBody {
    BoxBody::new(body)
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(name)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}

fn name(harm: &Kind) -> &'static str {
    match harm {
        Kind::Latency { .. } => "latency",
        Kind::Status { .. } => "status",
        Kind::Reset { .. } => "reset",
        Kind::SlowBody { .. } => "slow_body",
        Kind::MalformedJson => "malformed_json",
    }
}
