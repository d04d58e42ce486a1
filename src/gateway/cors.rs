use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderValue};

use super::surface::Surface;

const METHODS: &str = "GET, POST, PUT, PATCH, DELETE, OPTIONS";
const AIRTABLE_HEADERS: &str = "authorization, content-type, user-agent, x-airtable-application-id, x-airtable-user-agent, x-api-version, x-requested-with";
const API_HEADERS: &str = "accept, authorization, content-type, idempotency-key, last-event-id, mcp-method, mcp-name, mcp-protocol-version, mcp-session-id, x-api-key, x-request-id";
const MAX_AGE: &str = "600";

/// The answer to a browser's question whether another origin may call; `None` when it was none.
pub(super) fn preflight(
    method: &Method,
    headers: &HeaderMap,
    surface: Surface,
) -> Option<HttpResponse> {
    let asks = headers.contains_key(header::ORIGIN)
        && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let answered = matches!(surface, Surface::Airtable | Surface::Api | Surface::Mcp);
    if method != Method::OPTIONS || !answered || !(asks || surface == Surface::Airtable) {
        return None;
    }
    Some(HttpResponse::NoContent().finish())
}

/// Says who may read the answer: anybody on `/v0`, which takes no cookies; else only the configured origins.
pub(super) fn allow(
    headers: &mut HeaderMap,
    surface: Surface,
    origin: Option<&HeaderValue>,
    allowed: &[String],
    is_preflight: bool,
) {
    let granted = match surface {
        Surface::Airtable => Some(HeaderValue::from_static("*")),
        Surface::Api | Surface::Mcp if !allowed.is_empty() => {
            headers.insert(header::VARY, HeaderValue::from_static("Origin"));
            let listed = |value: &&HeaderValue| {
                allowed
                    .iter()
                    .any(|name| name.as_bytes() == value.as_bytes())
            };
            origin.filter(listed).cloned()
        }
        _ => None,
    };
    let Some(granted) = granted else { return };
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, granted);
    let resource_policy = HeaderValue::from_static("cross-origin");
    headers.insert(header::CROSS_ORIGIN_RESOURCE_POLICY, resource_policy);
    if is_preflight {
        let names = if surface == Surface::Airtable {
            AIRTABLE_HEADERS
        } else {
            API_HEADERS
        };
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_METHODS,
            HeaderValue::from_static(METHODS),
        );
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            HeaderValue::from_static(names),
        );
        headers.insert(
            header::ACCESS_CONTROL_MAX_AGE,
            HeaderValue::from_static(MAX_AGE),
        );
    }
}
