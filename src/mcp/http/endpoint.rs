use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, web};
use serde_json::json;

use super::bridge::{self, Service};
use super::fast::FastPath;
use super::guard::{Guard, Hostile};
use crate::contracts::{Actor, CallerState};
use crate::mcp::server::Handler;
use crate::mcp::tools::Tools;
use crate::platform::problem::Problem;
use crate::platform::settings::Server;

/// The MCP endpoint: guard, authentication, fast path, protocol library.
pub(in crate::mcp) struct Endpoint {
    guard: Guard,
    tools: Tools,
    fast: FastPath,
    service: Service,
    body_limit: usize,
}

impl Endpoint {
    /// The endpoint for these tools.
    pub(in crate::mcp) fn new(tools: Tools, server: &Server) -> Self {
        Self {
            guard: Guard::new(server),
            fast: FastPath::new(),
            service: bridge::service(Handler::for_requests(tools.clone()), server.body_limit),
            tools,
            body_limit: server.body_limit,
        }
    }

    fn admit(&self, request: &HttpRequest) -> Result<(), Hostile> {
        let authority = request
            .uri()
            .authority()
            .map(|authority| authority.as_str());
        self.guard.check(request.headers(), authority)
    }
}

/// Proof that a request comes neither through a foreign name nor from a foreign page.
pub(in crate::mcp) struct Admitted;

impl FromRequest for Admitted {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let Some(endpoint) = request.app_data::<web::Data<Endpoint>>() else {
            return ready(Err(Problem::internal()));
        };
        let refuse = |hostile: Hostile| Problem::forbidden().detail(hostile.message());
        ready(endpoint.admit(request).map(|()| Self).map_err(refuse))
    }
}

/// Serves every method of `/mcp`.
pub(in crate::mcp) async fn handle(
    endpoint: web::Data<Endpoint>,
    request: HttpRequest,
    payload: web::Payload,
) -> HttpResponse {
    if let Err(hostile) = endpoint.admit(&request) {
        return failure(403, -32600, hostile.message());
    }
    let actor = match caller(&request) {
        Ok(actor) => actor,
        Err(Refusal::Unavailable) => return unavailable(),
        Err(Refusal::Unauthenticated) => {
            return unauthenticated(request.headers().contains_key(AUTHORIZATION));
        }
    };
    let body = match payload.to_bytes_limited(endpoint.body_limit).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => return HttpResponse::BadRequest().finish(),
        Err(_) => {
            return failure(
                413,
                -32600,
                "The request is larger than this server accepts",
            );
        }
    };
    if request.method() == Method::POST {
        let fast = endpoint
            .fast
            .answer(&endpoint.tools, &actor, request.headers(), &body)
            .await;
        if let Some(response) = fast {
            return HttpResponse::Ok()
                .insert_header((CONTENT_TYPE, "application/json"))
                .body(response);
        }
    }
    bridge::forward(&endpoint.service, &request, actor, body).await
}

/// Why there is no caller.
enum Refusal {
    Unauthenticated,
    Unavailable,
}

fn caller(request: &HttpRequest) -> Result<Arc<Actor>, Refusal> {
    match request.extensions().get::<CallerState>() {
        Some(CallerState::Known(actor)) => Ok(actor.clone()),
        Some(CallerState::Unavailable) => Err(Refusal::Unavailable),
        _ => Err(Refusal::Unauthenticated),
    }
}

fn unavailable() -> HttpResponse {
    let message = "The credential could not be checked; try again in a few seconds";
    let mut refusal = failure(503, -32603, message);
    refusal.headers_mut().insert(RETRY_AFTER, 2.into());
    refusal
}

fn unauthenticated(tried: bool) -> HttpResponse {
    let challenge = if tried {
        "Bearer error=\"invalid_token\""
    } else {
        "Bearer"
    };
    let mut refusal = failure(
        401,
        -32600,
        "Send Authorization: Bearer with an API key or an access token",
    );
    let challenge = actix_web::http::header::HeaderValue::from_static(challenge);
    refusal.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    refusal
}

/// A refusal before any message was read.
fn failure(status: u16, code: i32, message: &str) -> HttpResponse {
    let status = actix_web::http::StatusCode::from_u16(status)
        .unwrap_or(actix_web::http::StatusCode::INTERNAL_SERVER_ERROR);
    let error = json!({"jsonrpc": "2.0", "id": null, "error": {"code": code, "message": message}});
    HttpResponse::build(status).json(error)
}
