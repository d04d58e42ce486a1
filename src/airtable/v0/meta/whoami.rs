use actix_web::{HttpRequest, get};
use serde::Serialize;
use utoipa::ToSchema;

use crate::airtable::v0::caller::Caller;
use crate::airtable::v0::docs::{FailureDoc, Failures};
use crate::airtable::v0::error::Answer;
use crate::airtable::v0::{query, respond};
use crate::contracts::Scope;
use crate::platform::ids::UserId;

/// Who a token belongs to.
#[derive(Serialize, ToSchema)]
struct WhoAmI {
    /// The person.
    id: UserId,
    /// The e-mail address, where the token may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
}

/// Tells who the token belongs to.
#[utoipa::path(
    tag = "v0 metadata",
    path = "/whoami",
    responses(
        (status = 200, description = "The person", body = WhoAmI),
        // Named here so that the document has the shape that all the failures refer to.
        (status = 401, description = "No valid token", body = FailureDoc),
        Failures,
    )
)]
#[get("/whoami{slash:/?}")]
pub(in crate::airtable::v0) async fn find_caller(caller: Caller, request: HttpRequest) -> Answer {
    query::none(&request)?;
    let email = caller
        .scopes
        .contains(Scope::EmailRead)
        .then(|| caller.email.to_string());
    respond::json(&WhoAmI {
        id: caller.user,
        email,
    })
}
