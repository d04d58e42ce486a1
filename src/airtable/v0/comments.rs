use actix_web::{HttpRequest, delete, get, patch, post};
use serde_json::json;

use super::body::{Body, Object};
use super::caller::Caller;
use super::docs::{DeletedDoc, Failures};
use super::error::{Answer, Failure};
use super::path::Target;
use super::{Engine, gate, query, respond};
use crate::contracts::{
    Comment, CommentPage, CommentedRecord, Comments, CreateComment, ListComments, Permission,
    RequestChange, UpdateComment,
};

const LARGEST_PAGE: usize = 100;

impl Target {
    fn record(&self) -> CommentedRecord<'_> {
        CommentedRecord {
            base: &self.base,
            table: &self.table,
            record: &self.leaf,
        }
    }
}

/// Lists the comments on a record, the newest first.
#[utoipa::path(
    tag = "v0 comments",
    path = "/{base_id}/{table}/{record_id}/comments",
    params(
        ("base_id" = String, Path, description = "Base id"),
        ("table" = String, Path, description = "Table id or name"),
        ("record_id" = String, Path, description = "Record id"),
        ("pageSize" = Option<u64>, Query, description = "Comments a page", minimum = 1, maximum = 100),
        ("offset" = Option<String>, Query, description = "The previous page's `offset`"),
    ),
    responses((status = 200, description = "A page of comments", body = CommentPage), Failures)
)]
#[get("/{base_id}/{table}/{record_id}/comments{slash:/?}")]
pub(super) async fn list_comments(
    target: Target,
    caller: Caller,
    engine: Engine,
    request: HttpRequest,
) -> Answer {
    let list = match list_query(&request) {
        Ok(list) => list,
        Err(failure) => {
            return gate(&engine, &caller, &target, Permission::CommentsRead, failure).await;
        }
    };
    let page = engine.list_comments(&caller, target.record(), list).await?;
    respond::json(&page)
}

/// Writes a comment on a record.
#[utoipa::path(
    tag = "v0 comments",
    path = "/{base_id}/{table}/{record_id}/comments",
    params(
        ("base_id" = String, Path, description = "Base id"),
        ("table" = String, Path, description = "Table id or name"),
        ("record_id" = String, Path, description = "Record id"),
    ),
    request_body = CreateComment,
    responses((status = 200, description = "The comment", body = Comment), Failures)
)]
#[post("/{base_id}/{table}/{record_id}/comments{slash:/?}")]
pub(super) async fn create_comment(
    target: Target,
    caller: Caller,
    change: RequestChange,
    engine: Engine,
    request: HttpRequest,
    body: Body,
) -> Answer {
    let parsed = query::none(&request)
        .and_then(|()| body.object())
        .and_then(Object::typed::<CreateComment>);
    let create = match parsed {
        Ok(create) => create,
        Err(failure) => return refuse(&engine, &caller, &target, failure).await,
    };
    let by = change.by(&caller);
    let made = engine.create_comment(by, target.record(), create).await?;
    respond::json(&made)
}

/// Changes the text of one's own comment.
#[utoipa::path(
    tag = "v0 comments",
    path = "/{base_id}/{table}/{record_id}/comments/{comment_id}",
    params(
        ("base_id" = String, Path, description = "Base id"),
        ("table" = String, Path, description = "Table id or name"),
        ("record_id" = String, Path, description = "Record id"),
        ("comment_id" = String, Path, description = "Comment id"),
    ),
    request_body = UpdateComment,
    responses((status = 200, description = "The comment", body = Comment), Failures)
)]
#[patch("/{base_id}/{table}/{record_id}/comments/{comment_id}{slash:/?}")]
pub(super) async fn update_comment(
    target: Target,
    caller: Caller,
    change: RequestChange,
    engine: Engine,
    request: HttpRequest,
    body: Body,
) -> Answer {
    let parsed = query::none(&request)
        .and_then(|()| body.object())
        .and_then(Object::typed::<UpdateComment>);
    let update = match parsed {
        Ok(update) => update,
        Err(failure) => return refuse(&engine, &caller, &target, failure).await,
    };
    let by = change.by(&caller);
    let changed = engine.update_comment(by, target.record(), &target.comment, update);
    respond::json(&changed.await?)
}

/// Deletes one's own comment, or as an admin anybody's; answers to it stay.
#[utoipa::path(
    tag = "v0 comments",
    path = "/{base_id}/{table}/{record_id}/comments/{comment_id}",
    params(
        ("base_id" = String, Path, description = "Base id"),
        ("table" = String, Path, description = "Table id or name"),
        ("record_id" = String, Path, description = "Record id"),
        ("comment_id" = String, Path, description = "Comment id"),
    ),
    responses((status = 200, description = "What was deleted", body = DeletedDoc), Failures)
)]
#[delete("/{base_id}/{table}/{record_id}/comments/{comment_id}{slash:/?}")]
pub(super) async fn delete_comment(
    target: Target,
    caller: Caller,
    change: RequestChange,
    engine: Engine,
    request: HttpRequest,
) -> Answer {
    if let Err(failure) = query::none(&request) {
        return refuse(&engine, &caller, &target, failure).await;
    }
    let by = change.by(&caller);
    let deleted = engine.delete_comment(by, target.record(), &target.comment);
    respond::json(&json!({"id": deleted.await?, "deleted": true}))
}

async fn refuse(engine: &Engine, caller: &Caller, target: &Target, failure: Failure) -> Answer {
    gate(engine, caller, target, Permission::CommentsWrite, failure).await
}

fn list_query(request: &HttpRequest) -> Result<ListComments, Failure> {
    let mut list = ListComments::default();
    for parameter in query::parameters(request)? {
        if !parameter.path.is_empty() {
            return Err(Failure::invalid_request());
        }
        match parameter.name.as_str() {
            // Clients write null as an empty text.
            "pageSize" | "offset" if parameter.value.is_empty() => {}
            "pageSize" => list.page_size = Some(parameter.number()?),
            "offset" => list.offset = Some(parameter.value),
            _ => return Err(Failure::invalid_request()),
        }
    }
    let fits = |size: &usize| (1..=LARGEST_PAGE).contains(size);
    match list.page_size.as_ref().is_none_or(fits) {
        true => Ok(list),
        false => Err(Failure::invalid_request()),
    }
}
