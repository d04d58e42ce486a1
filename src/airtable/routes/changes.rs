use actix_web::get;
use actix_web::web::{Json, Path, Query};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Engine;
use super::error::{Problems, problem};
use crate::airtable::history::{Entry, EntryKind};
use crate::airtable::service_browse::{BrowseChanges, Browsed};
use crate::contracts::Caller;
use crate::platform::clock::Millis;
use crate::platform::problem::Problem;

const USUAL_PAGE: usize = 50;
const LARGEST_PAGE: usize = 100;

/// Which changes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangesQuery {
    table_id: Option<String>,
    kind: Option<EntryKind>,
    since: Option<String>,
    until: Option<String>,
    limit: Option<usize>,
    cursor: Option<String>,
}

/// Which changes of a record.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RecordChangesQuery {
    kind: Option<EntryKind>,
    since: Option<String>,
    until: Option<String>,
    limit: Option<usize>,
    cursor: Option<String>,
}

/// A page of what happened in a base.
#[derive(Serialize, ToSchema)]
pub(super) struct BaseChangeList {
    /// Newest first; a page may be short, or empty, while there are older ones.
    items: Vec<Entry>,
    /// Where the next page begins; null on the last.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// Lists what happened in a base, newest first: who, when, with what, and each cell before and after.
#[utoipa::path(
    tag = "bases",
    params(
        ("base_id" = String, Path, description = "Base id"),
        ("table_id" = Option<String>, Query, description = "Only changes of this table"),
        ("kind" = Option<EntryKind>, Query, description = "Only changes of this kind"),
        ("since" = Option<String>, Query, description = "Only changes from this time on, RFC 3339", format = DateTime),
        ("until" = Option<String>, Query, description = "Only changes before this time, RFC 3339", format = DateTime),
        ("limit" = Option<usize>, Query, description = "Changes wanted; 50 if absent", minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "The previous page's `next_cursor`"),
    ),
    responses((status = 200, description = "The changes", body = BaseChangeList), Problems)
)]
#[get("/airtable/bases/{base_id}/changes")]
pub(super) async fn list_base_changes(
    caller: Caller,
    engine: Engine,
    base: Path<String>,
    query: Query<ChangesQuery>,
) -> Result<Json<BaseChangeList>, Problem> {
    let query = query.into_inner();
    let wanted = BrowseChanges {
        table: query.table_id,
        kind: query.kind,
        since: time("since", query.since.as_deref())?,
        until: time("until", query.until.as_deref())?,
        before: place(query.cursor.as_deref())?,
        limit: limit(query.limit)?,
    };
    let browsed = engine.browse_changes(&caller, &base, &wanted).await;
    browsed.map(page).map_err(problem)
}

/// Lists what happened to a record, newest first, also to one that is deleted.
#[utoipa::path(
    tag = "bases",
    params(
        ("base_id" = String, Path, description = "Base id"),
        ("table_id" = String, Path, description = "Table id"),
        ("record_id" = String, Path, description = "Record id"),
        ("kind" = Option<EntryKind>, Query, description = "Only changes of this kind"),
        ("since" = Option<String>, Query, description = "Only changes from this time on, RFC 3339", format = DateTime),
        ("until" = Option<String>, Query, description = "Only changes before this time, RFC 3339", format = DateTime),
        ("limit" = Option<usize>, Query, description = "Changes wanted; 50 if absent", minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "The previous page's `next_cursor`"),
    ),
    responses((status = 200, description = "The changes", body = BaseChangeList), Problems)
)]
#[get("/airtable/bases/{base_id}/tables/{table_id}/records/{record_id}/changes")]
pub(super) async fn list_record_changes(
    caller: Caller,
    engine: Engine,
    path: Path<(String, String, String)>,
    query: Query<RecordChangesQuery>,
) -> Result<Json<BaseChangeList>, Problem> {
    let (base, table, record) = path.into_inner();
    let query = query.into_inner();
    let wanted = BrowseChanges {
        table: Some(table),
        kind: query.kind,
        since: time("since", query.since.as_deref())?,
        until: time("until", query.until.as_deref())?,
        before: place(query.cursor.as_deref())?,
        limit: limit(query.limit)?,
    };
    let browsed = engine.browse_record(&caller, &base, &record, &wanted).await;
    browsed.map(page).map_err(problem)
}

fn page(browsed: Browsed) -> Json<BaseChangeList> {
    Json(BaseChangeList {
        items: browsed.entries,
        next_cursor: browsed.next.map(|seq| seq.to_string()),
    })
}

fn time(name: &'static str, text: Option<&str>) -> Result<Option<Millis>, Problem> {
    let read = |text: &str| {
        let time: jiff::Timestamp = text.parse().map_err(|_| {
            Problem::invalid().field(name, "must be a time such as 2026-11-26T12:00:00Z")
        })?;
        Ok(time.as_millisecond())
    };
    text.map(read).transpose()
}

fn place(cursor: Option<&str>) -> Result<Option<i64>, Problem> {
    let read = |cursor: &str| {
        let seq = cursor.parse().ok().filter(|seq: &i64| *seq >= 0);
        seq.ok_or_else(|| Problem::invalid().field("cursor", "must be the next_cursor of a page"))
    };
    cursor.map(read).transpose()
}

fn limit(wanted: Option<usize>) -> Result<usize, Problem> {
    let limit = wanted.unwrap_or(USUAL_PAGE);
    if (1..=LARGEST_PAGE).contains(&limit) {
        return Ok(limit);
    }
    Err(Problem::invalid().field("limit", "must be between 1 and 100"))
}
