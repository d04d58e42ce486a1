use std::sync::Arc;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{
    AGE, CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue,
};
use actix_web::middleware::Next;
use actix_web::web::Bytes;
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest, HttpResponse, ResponseError};

use super::body::Object;
use super::error::Failure;
use super::{Engine, list_query, query};
use crate::airtable::remote::{
    Class, Copied, Freshness, Offer, PAGE, Request, Told, base_of, list_request, record_request,
};
use crate::contracts::{Actor, CallerState, ListRecords, Permission};
use crate::platform::ids::RecordId;

/// `batch` lets those go first who wait for an answer.
const CLASS: &str = "x-pyairtable-class";
/// Says whether Airtable answered or what was kept of its answers.
const SOURCE: &str = "x-pyairtable-source";
/// How many milliseconds the request waited for its turn.
const WAITED: &str = "X-PyAirtable-Wait";

/// Answers what is about a base at Airtable; the rest goes on to the engine.
pub(super) async fn forward(
    mut request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(Concern {
        engine,
        caller,
        path,
        offer,
        is_here,
    }) = concerns(&request).await
    else {
        return next.call(request).await;
    };
    if is_here {
        return from_copy(request, next, offer.copied).await;
    }
    let is_question = request.method() == Method::GET || is_list(&path);
    let (head, payload) = request.parts_mut();
    let body = Bytes::from_request(head, payload).await;
    let answer = match body {
        Ok(body) => {
            let (asked, freshness) = wanted(&request, path, body);
            match offer.is_screened() {
                false => answer(&engine, &caller, (asked, freshness)).await,
                true => match plain(request.request(), asked) {
                    Ok(asked) => answer(&engine, &caller, (asked, freshness)).await,
                    Err(failure) => refuse(&engine, &caller, &offer, failure).await,
                },
            }
        }
        Err(_) => Err(Failure::too_large()),
    };
    if !is_question && offer.copied == Copied::Whole {
        engine.look_soon(caller.tenant, offer.base).await;
    }
    let answer = answer.unwrap_or_else(|failure| failure.error_response());
    Ok(request.into_response(answer))
}

/// The engine's answer about a copied base.
async fn from_copy(
    request: ServiceRequest,
    next: Next<BoxBody>,
    copied: Copied,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let mut response = next.call(request).await?;
    if copied == Copied::Whole && response.status().is_success() {
        let name = HeaderName::from_static(SOURCE);
        let headers = response.headers_mut();
        headers.insert(name, HeaderValue::from_static("mirror"));
    }
    Ok(response)
}

/// Who asks for a base at Airtable, and for what.
struct Concern {
    engine: Engine,
    caller: Arc<Actor>,
    path: Vec<String>,
    offer: Offer,
    /// Whether the engine answers, from its copy.
    is_here: bool,
}

async fn concerns(request: &ServiceRequest) -> Option<Concern> {
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
    let offer = engine.offer_of(caller.tenant, base).await.ok()??;
    let is_here = !offer.is_asked() && is_of_copy(request, &offer, &path);
    Some(Concern {
        engine,
        caller,
        path,
        offer,
        is_here,
    })
}

/// Whether the engine answers this about a copied base: reads of records and definitions, and writes of records, which
/// it sends on itself. Of a base with hidden parts nothing else is answered at all.
fn is_of_copy(request: &ServiceRequest, offer: &Offer, path: &[String]) -> bool {
    if !offer.hidden.is_empty() {
        return true;
    }
    let parts: Vec<&str> = path.iter().map(String::as_str).collect();
    let is_read = request.method() == Method::GET;
    if (is_read || is_list(path)) && wants_new(request.headers()) {
        return false;
    }
    match parts.as_slice() {
        ["meta", "bases", _, "tables"] => is_read && request.query_string().is_empty(),
        ["meta" | "bases", ..] => false,
        // A body is read by the engine, which asks Airtable where it has to.
        [_, _, "listRecords"] => true,
        [_, _] => !is_read || !is_for_airtable(request.query_string()),
        [_, _, last] => {
            let is_record = last.parse::<RecordId>().is_ok();
            is_record && !(is_read && is_for_airtable(request.query_string()))
        }
        _ => false,
    }
}

/// Whether it is a question though it is posted.
fn is_list(path: &[String]) -> bool {
    path.last().is_some_and(|part| part == "listRecords")
}

/// What is in a view, and how it writes values as text, Airtable alone knows.
fn is_for_airtable(query: &str) -> bool {
    let mut named = url::form_urlencoded::parse(query.as_bytes());
    named.any(|(name, value)| name == "view" || (name == "cellFormat" && value == "string"))
}

/// Whether nothing that was kept or copied will do.
fn wants_new(headers: &HeaderMap) -> bool {
    let said = headers
        .get(CACHE_CONTROL)
        .and_then(|value| value.to_str().ok());
    said.is_some_and(|text| text.contains("no-cache"))
}

fn wanted(request: &ServiceRequest, path: Vec<String>, body: Bytes) -> (Request, Freshness) {
    let header = |headers: &HeaderMap, name: &HeaderName| {
        let value = headers.get(name);
        value
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned)
    };
    let headers = request.headers();
    let freshness = match wants_new(headers) {
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

/// A question in the one form in which it can be seen what it names.
fn plain(request: &HttpRequest, asked: Request) -> Result<Request, Failure> {
    let parts: Vec<&str> = asked.path.iter().map(String::as_str).collect();
    let list = |place, query: &ListRecords| {
        let page = (query.page_size.unwrap_or(PAGE), query.offset.as_deref());
        list_request(place, query, page).of_class(asked.class)
    };
    Ok(match (asked.method.as_str(), parts.as_slice()) {
        ("GET", [base, table]) => list((base, table), &list_query::from_query(request)?),
        ("POST", [base, table, "listRecords"]) => {
            let body = serde_json::from_slice(&asked.body);
            let body = Object(body.map_err(|_| Failure::unreadable_body())?);
            list((base, table), &list_query::from_body(request, body)?)
        }
        ("GET", [base, table, record]) if record.parse::<RecordId>().is_ok() => {
            let read = list_query::read_options(request)?;
            record_request(&[base, table, record], &read).of_class(asked.class)
        }
        _ => asked,
    })
}

/// That the base is out of reach comes before what is wrong with a question.
async fn refuse(
    engine: &Engine,
    caller: &Actor,
    offer: &Offer,
    failure: Failure,
) -> Result<HttpResponse, Failure> {
    engine
        .offer(caller, offer.base, Permission::RecordsRead)
        .await?;
    Err(failure)
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
