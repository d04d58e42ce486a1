use actix_web::{HttpMessage, HttpRequest, post};
use serde_json::json;

use super::body::Body;
use super::caller::Caller;
use super::docs::{Failures, SyncedDoc};
use super::error::{Answer, Failure};
use super::path::Target;
use super::{Engine, gate, query, respond};
use crate::contracts::{BaseError, BaseErrorKind, Permission, RequestChange, WriteContext};

const CSV: &str = "text/csv";

/// Makes a table hold exactly the rows of a CSV text, matched by the primary field, in one change.
#[utoipa::path(
    tag = "v0 sync",
    path = "/{base_id}/{table}/sync/{sync_id}",
    params(
        ("base_id" = String, Path, description = "Base id"),
        ("table" = String, Path, description = "Table id or name"),
        ("sync_id" = String, Path, description = "A name of the source: 1 to 64 letters, digits, `-` and `_`"),
    ),
    request_body(content = String, content_type = "text/csv", description = "Field names, then one line a record; at most 2 MB, 10,000 rows and 500 columns"),
    responses((status = 200, description = "The table is as the text says", body = SyncedDoc), Failures)
)]
#[post("/{base_id}/{table}/sync/{sync_id}{slash:/?}")]
pub(super) async fn sync_csv(
    target: Target,
    caller: Caller,
    change: RequestChange,
    engine: Engine,
    request: HttpRequest,
    body: Body,
) -> Answer {
    if let Err(failure) = query::none(&request).and_then(|()| check_type(&request)) {
        return gate(&engine, &caller, &target, Permission::SchemaWrite, failure).await;
    }
    let by = change.by(&caller);
    let mut named = by.change.clone();
    named.title = format!("sync {}", target.sync);
    let by = WriteContext::new(by.actor, &named);
    engine
        .sync_csv(by, &target.base, &target.table, body.bytes())
        .await?;
    respond::json(&json!({"success": true}))
}

fn check_type(request: &HttpRequest) -> Result<(), Failure> {
    if request.content_type().eq_ignore_ascii_case(CSV) {
        return Ok(());
    }
    let message = "Send the rows with Content-Type: text/csv";
    Err(BaseError::new(BaseErrorKind::InvalidRequest, message).into())
}
