use actix_web::http::StatusCode;
use actix_web::http::header::{
    AUTHORIZATION, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, COOKIE, TRANSFER_ENCODING,
};
use actix_web::{HttpRequest, HttpResponse};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use std::sync::Arc;

use crate::contracts::Actor;
use crate::mcp::server::Handler;

/// The protocol library's HTTP service.
pub(super) type Service = StreamableHttpService<Handler, NeverSessionManager>;

/// The service: no sessions, JSON where one answer suffices; hosts and origins are checked before it.
pub(super) fn service(handler: Handler, body_limit: usize) -> Service {
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_max_request_body_bytes(body_limit)
        .disable_allowed_hosts();
    let manager = Arc::new(NeverSessionManager::default());
    StreamableHttpService::new(move || Ok(handler.clone()), manager, config)
}

/// Hands a request over to the library and its answer back.
pub(super) async fn forward(
    service: &Service,
    request: &HttpRequest,
    actor: Arc<Actor>,
    body: Bytes,
) -> HttpResponse {
    let Some(mut forwarded) = translate(request, body) else {
        return HttpResponse::BadRequest().finish();
    };
    forwarded.extensions_mut().insert(actor);
    let (parts, body) = service.handle(forwarded).await.into_parts();
    let status =
        StatusCode::from_u16(parts.status.as_u16()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    for (name, value) in &parts.headers {
        response.append_header((name.as_str(), value.as_bytes()));
    }
    let kind = parts.headers.get(http::header::CONTENT_TYPE);
    if kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream")) {
        // A compressor would hold events back.
        response.insert_header((CONTENT_ENCODING, "identity"));
        return response.streaming(body.into_data_stream());
    }
    match body.collect().await {
        Ok(body) => response.body(body.to_bytes()),
        Err(never) => match never {},
    }
}

fn translate(request: &HttpRequest, body: Bytes) -> Option<http::Request<Full<Bytes>>> {
    let mut forwarded = http::Request::builder()
        .method(request.method().as_str())
        .uri(request.path());
    for (name, value) in request.headers() {
        // The credential has done its work; the library needs neither it nor the framing.
        let dropped = [
            AUTHORIZATION,
            COOKIE,
            CONNECTION,
            TRANSFER_ENCODING,
            CONTENT_LENGTH,
        ];
        if !dropped.contains(name) && name != "x-api-key" {
            forwarded = forwarded.header(name.as_str(), value.as_bytes());
        }
    }
    forwarded.body(Full::new(body)).ok()
}
