//! The one middleware: request id, admission, headers, metrics and the access log in a single layer.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::error::InternalError;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::{Error, HttpMessage, HttpResponse, ResponseError};
use futures_util::future::{LocalBoxFuture, Ready, ready};
use metrics::Gauge;
use tracing::Instrument;

use super::addresses::client_address;
use super::admission::Refusal;
use super::hosts::Hosts;
use super::metrics::RequestMetrics;
use super::state::Door;
use super::surface::Surface;
use super::{admission, bodies, cors, headers};
use crate::contracts::{CallerState, ClientAddress};
use crate::platform::ids::RequestId;
use crate::platform::problem::Problem;
use crate::platform::telemetry::ACCESS;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const LONGEST_REQUEST_ID: usize = 64;

/// Puts [`Observed`] around the routes of one worker.
#[derive(Clone)]
pub(super) struct Observe {
    pub(super) door: Door,
    pub(super) hosts: Arc<Hosts>,
}

impl<S> Transform<S, ServiceRequest> for Observe
where
    S: Service<ServiceRequest, Response = ServiceResponse<BoxBody>, Error = Error> + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type InitError = ();
    type Transform = Observed<S>;
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        let public_url = self.door.platform.settings.server.public_url.as_deref();
        let shared = Shared {
            https: public_url.is_some_and(|url| url.starts_with("https://")),
            door: self.door.clone(),
            hosts: self.hosts.clone(),
            metrics: RequestMetrics::default(),
            in_flight: metrics::gauge!("requests_in_flight"),
        };
        ready(Ok(Observed {
            service: Rc::new(service),
            shared: Rc::new(shared),
        }))
    }
}

/// The routes of one worker with everything around them.
pub(super) struct Observed<S> {
    service: Rc<S>,
    shared: Rc<Shared>,
}

struct Shared {
    door: Door,
    hosts: Arc<Hosts>,
    https: bool,
    metrics: RequestMetrics,
    in_flight: Gauge,
}

/// What outlives the request for its answer's sake.
struct Facts {
    started: Instant,
    id: HeaderValue,
    surface: Surface,
    origin: Option<HeaderValue>,
    is_preflight: bool,
}

impl<S> Service<ServiceRequest> for Observed<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<BoxBody>, Error = Error> + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self::Response, Error>>;

    forward_ready!(service);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let (service, shared) = (self.service.clone(), self.shared.clone());
        let id = request_id(request.headers());
        let span = tracing::info_span!("request", request_id = id.to_str().unwrap_or_default());
        let facts = Facts {
            started: Instant::now(),
            surface: Surface::of(request.match_info().as_str()),
            origin: request.headers().get(header::ORIGIN).cloned(),
            is_preflight: request.method() == Method::OPTIONS,
            id,
        };
        let answer = async move {
            let flight = Flight::begin(&shared.in_flight);
            let response = answer(&*service, &shared, request, &facts).await;
            drop(flight);
            Ok(finish(&shared, &facts, response?))
        };
        Box::pin(answer.instrument(span))
    }
}

/// Counts a request as running until dropped, also when its client goes away.
struct Flight(Gauge);

impl Flight {
    fn begin(gauge: &Gauge) -> Self {
        gauge.increment(1.0);
        Self(gauge.clone())
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.0.decrement(1.0);
    }
}

async fn answer<S>(
    service: &S,
    shared: &Shared,
    request: ServiceRequest,
    facts: &Facts,
) -> Result<ServiceResponse<BoxBody>, Error>
where
    S: Service<ServiceRequest, Response = ServiceResponse<BoxBody>, Error = Error>,
{
    if let Some(refusal) = admit(shared, &request, facts).await {
        return Ok(request.into_response(refusal));
    }
    let patience = bodies::patience(
        &shared.door.platform.settings,
        request.match_info().as_str(),
    );
    let method = request.method().clone();
    // The router needs the request for itself, so nothing of it is left here when the time is over.
    let outcome = tokio::time::timeout(patience, service.call(request)).await;
    outcome.unwrap_or_else(|_| {
        let mut response = timed_out(facts.surface);
        dress(shared, facts, response.headers_mut());
        let seconds = facts.started.elapsed().as_secs_f64();
        shared
            .metrics
            .record(&method, "timed_out", response.status().as_u16(), seconds);
        tracing::warn!(method = method.as_str(), "request.timed_out");
        Err(InternalError::from_response("the request timed out", response).into())
    })
}

/// Lets a request in, or says what to answer instead.
async fn admit(shared: &Shared, request: &ServiceRequest, facts: &Facts) -> Option<HttpResponse> {
    let surface = facts.surface;
    if surface == Surface::Health {
        return None;
    }
    if !shared.hosts.allows(host(request)) {
        return Some(forbidden_host().error_response());
    }
    if let Some(response) = cors::preflight(request.method(), request.headers(), surface) {
        return Some(response);
    }
    if is_too_large(shared, request) {
        return Some(too_large(surface));
    }
    if !surface.authenticates() {
        return None;
    }
    let settings = &shared.door.platform.settings;
    let address = client_address(request, &settings.server.trusted_proxies);
    let authenticator = shared.door.services.authenticator.as_ref();
    let caller = admission::caller(request, surface, authenticator, shared.https, address);
    let caller = match caller.await {
        Ok(caller) => caller,
        Err(Refusal::Problem(problem)) => return Some(problem.error_response()),
        Err(Refusal::TooMany(seconds)) => return Some(too_many(surface, seconds)),
    };
    // Who has a key that cannot be checked now hears that, and not that strangers are too many.
    let is_unchecked = authenticator.is_some() && matches!(caller, CallerState::Unavailable);
    let (limiter, method) = (&shared.door.platform.limits, request.method());
    let limits = &settings.limits;
    if !is_unchecked
        && let Err(seconds) =
            admission::within_limits(&caller, method, address, limiter, limits).await
    {
        return Some(too_many(surface, seconds));
    }
    let mut extensions = request.extensions_mut();
    extensions.insert(ClientAddress(address));
    extensions.insert(caller);
    None
}

fn host(request: &ServiceRequest) -> &str {
    // HTTP/2 names the host in the request target.
    let target = request
        .uri()
        .authority()
        .map(|authority| authority.as_str());
    let header = request
        .headers()
        .get(header::HOST)
        .and_then(|value| value.to_str().ok());
    target.or(header).unwrap_or_default()
}

fn is_too_large(shared: &Shared, request: &ServiceRequest) -> bool {
    let Some(length) = request.headers().get(header::CONTENT_LENGTH) else {
        return false;
    };
    let length: Option<usize> = length.to_str().ok().and_then(|text| text.parse().ok());
    let limit = bodies::limit(
        &shared.door.platform.settings,
        request.match_info().as_str(),
    );
    length.is_some_and(|length| length > limit)
}

/// Headers, counters and the access line of a finished request.
fn finish(
    shared: &Shared,
    facts: &Facts,
    response: ServiceResponse<BoxBody>,
) -> ServiceResponse<BoxBody> {
    let mut response = with_request_id(response, &facts.id);
    dress(shared, facts, response.headers_mut());
    record(shared, facts, &response);
    response
}

/// Puts on an answer what every answer carries.
fn dress(shared: &Shared, facts: &Facts, all: &mut HeaderMap) {
    let allowed = &shared.door.platform.settings.server.cors_origins;
    all.insert(REQUEST_ID, facts.id.clone());
    headers::secure(all, facts.surface, shared.https);
    cors::allow(
        all,
        facts.surface,
        facts.origin.as_ref(),
        allowed,
        facts.is_preflight,
    );
    if shared.door.readiness.is_draining() {
        all.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
}

fn record(shared: &Shared, facts: &Facts, response: &ServiceResponse<BoxBody>) {
    let request = response.request();
    let status = response.status().as_u16();
    let route = request.match_pattern();
    // The engine's routes take a trailing slash; the label is the same with and without.
    let route = route.as_deref().unwrap_or("unmatched");
    let route = route.trim_end_matches("{slash:/?}");
    let seconds = facts.started.elapsed().as_secs_f64();
    shared
        .metrics
        .record(request.method(), route, status, seconds);
    if !tracing::enabled!(target: ACCESS, tracing::Level::INFO) {
        return;
    }
    let extensions = request.extensions();
    let actor = match extensions.get::<CallerState>() {
        Some(CallerState::Known(actor)) => Some(tracing::field::display(actor.user)),
        _ => None,
    };
    tracing::info!(
        target: ACCESS,
        method = request.method().as_str(),
        route,
        status,
        duration_ms = (seconds * 1e6).round() / 1e3,
        request_id = facts.id.to_str().unwrap_or_default(),
        actor,
        "request"
    );
}

/// Writes the request id into a problem document, where its reader looks for it.
fn with_request_id(
    response: ServiceResponse<BoxBody>,
    id: &HeaderValue,
) -> ServiceResponse<BoxBody> {
    let kind = response.headers().get(header::CONTENT_TYPE);
    if kind.is_none_or(|kind| kind.as_bytes() != b"application/problem+json") {
        return response;
    }
    response.map_body(|_, body| match body.try_into_bytes() {
        Ok(bytes) if bytes.ends_with(b"}") => {
            let mut text = bytes.to_vec();
            text.pop();
            text.extend_from_slice(b",\"request_id\":\"");
            text.extend_from_slice(id.as_bytes());
            text.extend_from_slice(b"\"}");
            BoxBody::new(text)
        }
        Ok(bytes) => BoxBody::new(bytes),
        Err(body) => body,
    })
}

/// The caller's own id if it is harmless in a log line, else a fresh one.
fn request_id(headers: &HeaderMap) -> HeaderValue {
    let given = headers.get(&REQUEST_ID).filter(|value| {
        let bytes = value.as_bytes();
        let harmless =
            |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        (1..=LONGEST_REQUEST_ID).contains(&bytes.len()) && bytes.iter().all(harmless)
    });
    given.cloned().unwrap_or_else(|| {
        let fresh = RequestId::fresh().to_string();
        HeaderValue::try_from(fresh).expect("an id is ASCII")
    })
}

fn forbidden_host() -> Problem {
    let title = "This name is not one of this instance";
    Problem::new(StatusCode::FORBIDDEN, "forbidden_host", title)
        .next("Add the name to server.allowed_hosts (PYAIRTABLE__SERVER__ALLOWED_HOSTS) or set server.public_url")
}

fn too_large(surface: Surface) -> HttpResponse {
    if surface == Surface::Airtable {
        return airtable(
            StatusCode::PAYLOAD_TOO_LARGE,
            "REQUEST_TOO_LARGE",
            "Request body is too large",
        );
    }
    Problem::too_large()
        .next("Send less at once; server.body_limit sets the limit")
        .error_response()
}

fn timed_out(surface: Surface) -> HttpResponse {
    if surface == Surface::Airtable {
        let message = "The server did not finish the request in time";
        return airtable(
            StatusCode::SERVICE_UNAVAILABLE,
            "SERVICE_UNAVAILABLE",
            message,
        );
    }
    Problem::unavailable()
        .detail("The request took longer than server.request_timeout")
        .next("Ask for less at once, or try again later")
        .retry_after(5)
        .error_response()
}

fn too_many(surface: Surface, seconds: u64) -> HttpResponse {
    if surface != Surface::Airtable {
        let next = format!("Try again in {seconds} seconds");
        return Problem::too_many_requests()
            .retry_after(seconds)
            .next(next)
            .error_response();
    }
    let body = r#"{"errors":[{"error":"RATE_LIMIT_REACHED","message":"Rate limit exceeded. Please try again later"}]}"#;
    HttpResponse::TooManyRequests()
        .insert_header((header::RETRY_AFTER, seconds.to_string()))
        .content_type("application/json")
        .body(body)
}

fn airtable(status: StatusCode, kind: &str, message: &str) -> HttpResponse {
    let body = serde_json::json!({"error": {"type": kind, "message": message}});
    HttpResponse::build(status).json(body)
}
