use actix_web::web::{Json, Path};
use actix_web::{delete, put};
use serde::Deserialize;

use super::Engine;
use super::error::{Problems, problem};
use crate::contracts::{Caller, Comment, CommentedRecord, RequestChange};
use crate::platform::problem::Problem;

/// Which reaction to which comment.
#[derive(Deserialize)]
pub(super) struct ReactionPath {
    base_id: String,
    table_id: String,
    record_id: String,
    comment_id: String,
    emoji: String,
}

impl ReactionPath {
    fn record(&self) -> CommentedRecord<'_> {
        CommentedRecord {
            base: &self.base_id,
            table: &self.table_id,
            record: &self.record_id,
        }
    }
}

/// Reacts to a comment with an emoji; once however often it is sent.
#[utoipa::path(
    tag = "bases",
    params(
        ("base_id" = String, Path, description = "Base id"),
        ("table_id" = String, Path, description = "Table id"),
        ("record_id" = String, Path, description = "Record id"),
        ("comment_id" = String, Path, description = "Comment id"),
        ("emoji" = String, Path, description = "The emoji, or its code points in hex such as `1f44d`"),
    ),
    responses((status = 200, description = "The comment with its reactions", body = Comment), Problems)
)]
#[put(
    "/airtable/bases/{base_id}/tables/{table_id}/records/{record_id}/comments/{comment_id}/reactions/{emoji}"
)]
pub(super) async fn create_reaction(
    caller: Caller,
    change: RequestChange,
    engine: Engine,
    path: Path<ReactionPath>,
) -> Result<Json<Comment>, Problem> {
    let (by, reaction) = (change.by(&caller), (&*path.comment_id, &*path.emoji));
    let comment = engine.react(by, path.record(), reaction, true).await;
    comment.map(Json).map_err(problem)
}

/// Takes a reaction to a comment back.
#[utoipa::path(
    tag = "bases",
    params(
        ("base_id" = String, Path, description = "Base id"),
        ("table_id" = String, Path, description = "Table id"),
        ("record_id" = String, Path, description = "Record id"),
        ("comment_id" = String, Path, description = "Comment id"),
        ("emoji" = String, Path, description = "The emoji, or its code points in hex such as `1f44d`"),
    ),
    responses((status = 200, description = "The comment with its reactions", body = Comment), Problems)
)]
#[delete(
    "/airtable/bases/{base_id}/tables/{table_id}/records/{record_id}/comments/{comment_id}/reactions/{emoji}"
)]
pub(super) async fn delete_reaction(
    caller: Caller,
    change: RequestChange,
    engine: Engine,
    path: Path<ReactionPath>,
) -> Result<Json<Comment>, Problem> {
    let (by, reaction) = (change.by(&caller), (&*path.comment_id, &*path.emoji));
    let comment = engine.react(by, path.record(), reaction, false).await;
    comment.map(Json).map_err(problem)
}
