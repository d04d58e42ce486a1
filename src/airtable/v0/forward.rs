use std::sync::Arc;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{AGE, CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderName};
use actix_web::middleware::Next;
use actix_web::web::Bytes;
use actix_web::{Error, FromRequest, HttpMessage, HttpResponse, ResponseError};

use super::error::Failure;
use super::{Engine, query};
use crate::airtable::remote::{Class, Freshness, Request, Told, base_of};
use crate::contracts::{Actor, CallerState};

/// `batch` lets those go first who wait for an answer.
const CLASS: &str = "x-pyairtable-class";
/// Says whether Airtable answered or what was kept of its answers.
const SOURCE: &str = "X-PyAirtable-Source";
/// How many milliseconds the request waited for its turn.
const WAITED: &str = "X-PyAirtable-Wait";

/// Answers what is about a base at Airtable; the rest goes on to the engine.
pub(super) async fn forward(
    mut request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some((engine, caller, path)) = concerns(&request).await else {
        return next.call(request).await;
    };
    let (head, payload) = request.parts_mut();
    let body = Bytes::from_request(head, payload).await;
    let answer = match body {
        Ok(body) => answer(&engine, &caller, wanted(&request, path, body)).await,
        Err(_) => Err(Failure::too_large()),
    };
    let answer = answer.unwrap_or_else(|failure| failure.error_response());
    Ok(request.into_response(answer))
}

/// Who asks for a base at Airtable, and for what.
async fn concerns(request: &ServiceRequest) -> Option<(Engine, Arc<Actor>, Vec<String>)> {
    let rest = request.path().strip_prefix("/v0/")?;
    let path: Vec<String> = rest
        .trim_end_matches('/')
        .split('/')
        .map(query::decode_path)
        .collect();
    let base = base_of(&path)?;
    let engine = request.app_data::<Engine>()?.clone();
    let caller = match request.extensions().get::<CallerState>() {
        Some(CallerState::Known(actor)) => actor.clone(),
        _ => return None,
    };
    // What cannot be looked up fails in the engine too, with the same words.
    let offers = engine.offers(caller.tenant).await.ok()?;
    let is_remote = offers.iter().any(|offer| offer.base == base);
    is_remote.then_some((engine, caller, path))
}

fn wanted(request: &ServiceRequest, path: Vec<String>, body: Bytes) -> (Request, Freshness) {
    let header = |headers: &HeaderMap, name: &HeaderName| {
        let value = headers.get(name);
        value
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned)
    };
    let headers = request.headers();
    let is_new = header(headers, &CACHE_CONTROL).is_some_and(|text| text.contains("no-cache"));
    let freshness = match is_new {
        true => Freshness::New,
        false => Freshness::Usual,
    };
    let content_type = header(headers, &CONTENT_TYPE).filter(|_| !body.is_empty());
    let request = Request {
        method: request.method().as_str().parse().unwrap_or_default(),
        path,
        query: request.query_string().to_owned(),
        content_type,
        body,
        class: match header(headers, &HeaderName::from_static(CLASS)).as_deref() {
            Some("batch") => Class::Batch,
            _ => Class::Interactive,
        },
    };
    (request, freshness)
}

async fn answer(
    engine: &Engine,
    caller: &Actor,
    (request, freshness): (Request, Freshness),
) -> Result<HttpResponse, Failure> {
    let told = engine.relay(caller, &request, freshness).await?;
    Ok(respond(told))
}

fn respond(told: Told) -> HttpResponse {
    let status = told.answer.status.as_u16();
    let status = actix_web::http::StatusCode::from_u16(status).unwrap_or_default();
    let mut response = HttpResponse::build(status);
    response.insert_header((CONTENT_TYPE, told.answer.content_type));
    match told.age {
        Some(age) => {
            response.insert_header((SOURCE, "cache"));
            response.insert_header((AGE, age.as_secs().to_string()));
        }
        None => {
            response.insert_header((SOURCE, "airtable"));
            response.insert_header((WAITED, told.answer.waited.as_millis().to_string()));
        }
    }
    if told.is_stale {
        response.insert_header(("X-PyAirtable-Stale", "true"));
    }
    response.body(told.answer.body)
}
