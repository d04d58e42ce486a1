use actix_web::http::Method;
use actix_web::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use actix_web::{HttpRequest, HttpResponse};
use rust_embed::{Embed, EmbeddedFile};

use crate::platform::ids::random_text;

const NONCE_MARK: &str = "__CSP_NONCE__";
const NONCE_LENGTH: usize = 22;
const PAGE: &str = "index.html";
const FOR_EVER: &str = "public, max-age=31536000, immutable";

#[derive(Embed)]
#[folder = "static/"]
struct Files;

/// A file of the web UI, or its page for the paths that the browser's router knows; `None` for everything else.
pub(super) fn answer(request: &HttpRequest) -> Option<HttpResponse> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return None;
    }
    let path = request.path().trim_start_matches('/');
    if !path.is_empty()
        && path != PAGE
        && let Some(file) = Files::get(path)
    {
        return Some(asset(path, file));
    }
    // A missing asset must not come back as a page: the browser would run it as a script.
    if path.starts_with("assets/") || path == "metrics" || !accepts_html(request) {
        return None;
    }
    Some(page(&Files::get(PAGE)?))
}

fn asset(path: &str, file: EmbeddedFile) -> HttpResponse {
    let caching = if path.starts_with("assets/") {
        FOR_EVER
    } else {
        "no-cache"
    };
    HttpResponse::Ok()
        .content_type(file.metadata.mimetype())
        .insert_header((CACHE_CONTROL, caching))
        .body(file.data.into_owned())
}

fn page(file: &EmbeddedFile) -> HttpResponse {
    let nonce = random_text(NONCE_LENGTH);
    let body = String::from_utf8_lossy(&file.data).replace(NONCE_MARK, &nonce);
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_SECURITY_POLICY, policy(&nonce)))
        .body(body)
}

fn policy(nonce: &str) -> String {
    format!(
        "default-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    )
}

fn accepts_html(request: &HttpRequest) -> bool {
    let accept = request
        .headers()
        .get(ACCEPT)
        .and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}
