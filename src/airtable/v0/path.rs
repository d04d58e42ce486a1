use std::future::{Ready, ready};
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use super::error::Failure;
use super::query;
use crate::platform::ids::{BaseId, CommentId, FieldId, RecordId, ViewId, WebhookId};

/// The ids and names in the path of a request; a malformed id is an unknown route.
///
/// It comes first among a handler's arguments, since it is decided before authentication.
pub(super) struct Target {
    /// The base.
    pub(super) base: String,
    /// The table's id or name; empty on routes without one.
    pub(super) table: String,
    /// The record's, field's, view's or webhook's id; empty on routes without one.
    pub(super) leaf: String,
    /// The comment's id; empty on routes without one.
    pub(super) comment: String,
    /// The id or name of a field that files go to; empty on routes without one.
    pub(super) field: String,
    /// The name of the source of a sync; empty on routes without one.
    pub(super) sync: String,
}

const LONGEST_SYNC: usize = 64;

impl FromRequest for Target {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parse(request).ok_or_else(Failure::not_found))
    }
}

fn parse(request: &HttpRequest) -> Option<Target> {
    let info = request.match_info();
    let base = well_formed::<BaseId>(info.get("base_id")?)?;
    let table = info
        .get("table")
        .map(query::decode_path)
        .unwrap_or_default();
    let leaf = match (
        info.get("record_id"),
        info.get("field_id"),
        info.get("view_id"),
        info.get("webhook_id"),
    ) {
        (Some(id), _, _, _) => well_formed::<RecordId>(id)?,
        (_, Some(id), _, _) => well_formed::<FieldId>(id)?,
        (_, _, Some(id), _) => well_formed::<ViewId>(id)?,
        (_, _, _, Some(id)) => well_formed::<WebhookId>(id)?,
        _ => String::new(),
    };
    let comment = match info.get("comment_id") {
        Some(id) => well_formed::<CommentId>(id)?,
        None => String::new(),
    };
    let field = info
        .get("attachment_field")
        .map(query::decode_path)
        .unwrap_or_default();
    let sync = match info.get("sync_id") {
        Some(id) => sync_id(id)?,
        None => String::new(),
    };
    Some(Target {
        base,
        table,
        leaf,
        comment,
        field,
        sync,
    })
}

fn well_formed<T: FromStr>(text: &str) -> Option<String> {
    text.parse::<T>().ok().map(|_| text.to_owned())
}

fn sync_id(text: &str) -> Option<String> {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let fits = (1..=LONGEST_SYNC).contains(&text.len()) && text.bytes().all(is_name);
    fits.then(|| text.to_owned())
}
