use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Path};
use actix_web::{HttpRequest, HttpResponse, post};

use super::Engine;
use super::error::{Problems, problem};
use crate::airtable::mirror::Notification;
use crate::platform::problem::Problem;

/// The signature of a notification.
const MAC: &str = "x-airtable-content-mac";
/// A notification says hardly more than whose it is.
const LONGEST: usize = 64 * 1024;

/// Takes Airtable's word that something changed in a base that is copied here.
#[utoipa::path(
    tag = "hooks",
    params(
        ("hook" = String, Path, description = "Which copy it is about"),
        ("X-Airtable-Content-MAC" = String, Header, description = "Airtable's signature of the body"),
    ),
    security(()),
    request_body(content = String, content_type = "application/json"),
    responses((status = 204, description = "It will be looked at"), Problems)
)]
#[post("/airtable/{hook}")]
pub(super) async fn hear_airtable(
    engine: Engine,
    path: Path<String>,
    request: HttpRequest,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let mac = request.headers().get(MAC);
    let mac = mac.and_then(|value| value.to_str().ok()).unwrap_or("");
    if body.len() > LONGEST {
        return Err(Problem::not_found());
    }
    let told = Notification {
        hook: &path,
        mac,
        body: &body,
    };
    engine.notified(&told).await.map_err(problem)?;
    Ok(HttpResponse::build(StatusCode::NO_CONTENT).finish())
}
