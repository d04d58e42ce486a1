use std::net::IpAddr;
use std::sync::Arc;

use actix_web::dev::ServiceRequest;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap};

use super::surface::Surface;
use crate::contracts::{Actor, AuthError, Authenticator, CallerState, Credential, cookies};
use crate::platform::limits::{Limiter, address_key};
use crate::platform::problem::Problem;
use crate::platform::settings::Limits;

/// Where a request's credential came from; only a browser sends cookies by itself.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Carrier {
    Header,
    Cookie,
}

/// Why a request is not let in.
pub(super) enum Refusal {
    /// It is answered with this.
    Problem(Problem),
    /// It may come again after so many seconds.
    TooMany(u64),
}

/// Finds out who calls; a forged cross-site change is refused here.
pub(super) async fn caller(
    request: &ServiceRequest,
    surface: Surface,
    authenticator: Option<&Arc<dyn Authenticator>>,
    https: bool,
    address: Option<IpAddr>,
) -> Result<CallerState, Refusal> {
    let Some(authenticator) = authenticator else {
        return Ok(CallerState::Unavailable);
    };
    let Some((token, carrier)) = credential(request, surface, https) else {
        return Ok(CallerState::Anonymous);
    };
    if carrier == Carrier::Cookie && changes(request.method()) {
        refuse_forgery(request.headers()).map_err(Refusal::Problem)?;
    }
    match authenticator.authenticate(&token, address).await {
        Ok(actor) => Ok(CallerState::Known(actor)),
        Err(AuthError::Invalid) => Ok(CallerState::Anonymous),
        Err(AuthError::TooMany { retry_after }) => Err(Refusal::TooMany(retry_after)),
        Err(AuthError::Unavailable(cause)) => {
            tracing::error!(error = %cause, "request.authentication_unavailable");
            Ok(CallerState::Unavailable)
        }
    }
}

fn credential(
    request: &ServiceRequest,
    surface: Surface,
    https: bool,
) -> Option<(String, Carrier)> {
    if let Some(token) = header_token(request.headers()) {
        return Some((token.to_owned(), Carrier::Header));
    }
    if surface != Surface::Api {
        return None;
    }
    let cookie = request.cookie(cookies::access_name(https))?;
    Some((cookie.value().to_owned(), Carrier::Cookie))
}

fn header_token(headers: &HeaderMap) -> Option<&str> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
        return scheme
            .eq_ignore_ascii_case("bearer")
            .then_some(token.trim());
    }
    headers.get("x-api-key")?.to_str().ok().map(str::trim)
}

fn changes(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// A foreign page can make the browser send cookies, but neither this header nor these fetch sites.
fn refuse_forgery(headers: &HeaderMap) -> Result<(), Problem> {
    let site = headers
        .get("sec-fetch-site")
        .map(header::HeaderValue::as_bytes);
    let own_site = matches!(site, None | Some(b"same-origin" | b"none"));
    if own_site && headers.contains_key(cookies::GUARD_HEADER) {
        return Ok(());
    }
    Err(Problem::forbidden()
        .detail("A change with a session cookie must come from this instance's own pages")
        .next("Send the header X-PyAirtable: 1, or use an API key in Authorization"))
}

/// Refuses a caller that asks too often; a limit of 0 costs nothing.
pub(super) async fn within_limits(
    state: &CallerState,
    method: &Method,
    address: Option<IpAddr>,
    limiter: &Limiter,
    limits: &Limits,
) -> Result<(), u64> {
    let CallerState::Known(actor) = state else {
        let key = || address_key(address);
        return check(limiter, "anonymous", key, limits.anonymous_per_minute).await;
    };
    check(
        limiter,
        "principal",
        || principal(actor),
        limits.principal_per_minute,
    )
    .await?;
    if changes(method) {
        check(
            limiter,
            "write",
            || principal(actor),
            limits.write_per_minute,
        )
        .await?;
    }
    Ok(())
}

async fn check(
    limiter: &Limiter,
    class: &'static str,
    key: impl FnOnce() -> String,
    per_minute: u32,
) -> Result<(), u64> {
    if per_minute == 0 {
        return Ok(());
    }
    limiter
        .check(class, &key(), per_minute)
        .await
        .map_err(|wait| wait.seconds)
}

fn principal(actor: &Actor) -> String {
    match actor.credential {
        Credential::ApiKey(key) => format!("{}/{key}", actor.tenant),
        Credential::Session(_) | Credential::Local => format!("{}/{}", actor.tenant, actor.user),
    }
}
