use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};

use crate::contracts::cookies::{REFRESH_PATH, access_name, refresh_name};

/// The cookie with the access token.
pub(super) fn access(value: &str, https: bool, seconds: u64) -> Cookie<'static> {
    cookie(access_name(https), value, "/", https, seconds)
}

/// The cookie with the refresh token; it goes to the sign-in routes of the surface that set it.
pub(super) fn refresh(
    value: &str,
    https: bool,
    seconds: u64,
    request: &HttpRequest,
) -> Cookie<'static> {
    cookie(
        refresh_name(https),
        value,
        refresh_path(request),
        https,
        seconds,
    )
}

/// Cookies that make a browser forget both tokens.
pub(super) fn cleared(https: bool, request: &HttpRequest) -> [Cookie<'static>; 2] {
    [access("", https, 0), refresh("", https, 0, request)]
}

/// The refresh token that a request brings.
pub(super) fn shown_refresh(request: &HttpRequest, https: bool) -> Option<String> {
    Some(request.cookie(refresh_name(https))?.value().to_owned())
}

/// `/api/v1` is a twin of `/api`, with sign-in routes of its own.
fn refresh_path(request: &HttpRequest) -> &'static str {
    if request.path().starts_with("/api/v1/") {
        "/api/v1/auth"
    } else {
        REFRESH_PATH
    }
}

fn cookie(
    name: &'static str,
    value: &str,
    path: &'static str,
    https: bool,
    seconds: u64,
) -> Cookie<'static> {
    let lifetime = Duration::seconds(i64::try_from(seconds).unwrap_or(i64::MAX));
    Cookie::build(name, value.to_owned())
        .path(path)
        .http_only(true)
        .secure(https)
        .same_site(SameSite::Strict)
        .max_age(lifetime)
        .finish()
}
