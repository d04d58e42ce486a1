use std::collections::BTreeMap;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::access::Actor;
use super::base_error::BaseResult;
use super::changes::WriteContext;
use crate::platform::ids::{CommentId, UserId};

/// The record that comments are about.
#[derive(Clone, Copy, Debug)]
pub struct CommentedRecord<'a> {
    /// The base.
    pub base: &'a str,
    /// The table, by id or name.
    pub table: &'a str,
    /// The record.
    pub record: &'a str,
}

/// A comment on a record, as Airtable's API answers it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Comment {
    /// The comment.
    pub id: CommentId,
    /// Who wrote it.
    pub author: CommentAuthor,
    /// What it says; people are mentioned as `@[usr…]`.
    pub text: String,
    /// When it was written, RFC 3339 UTC.
    pub created_time: String,
    /// When its text was last changed; null before that.
    pub last_updated_time: Option<String>,
    /// Who is mentioned, by id; absent without any.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub mentioned: BTreeMap<String, Mention>,
    /// The comment that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub parent_comment_id: Option<CommentId>,
    /// What people feel about it, in the order they said so; absent without any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<Reaction>,
}

/// Who wrote a comment, as of then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CommentAuthor {
    /// The person.
    pub id: UserId,
    /// E-mail address.
    pub email: String,
    /// Display name.
    pub name: String,
}

/// Somebody that a comment mentions, as of then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Mention {
    /// Always `user`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The person.
    pub id: UserId,
    /// Display name.
    pub display_name: String,
    /// E-mail address.
    pub email: String,
}

/// Somebody's reaction to a comment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Reaction {
    /// The emoji.
    pub emoji: Emoji,
    /// Whose it is.
    pub reacting_user: ReactingUser,
}

/// An emoji.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Emoji {
    /// Its code points in hex, joined by `-`.
    pub unicode_character: String,
}

/// Who reacted, as of then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReactingUser {
    /// The person.
    pub user_id: UserId,
    /// E-mail address.
    pub email: String,
    /// Display name.
    pub name: String,
}

/// Which comments of a record.
#[derive(Clone, Debug, Default)]
pub struct ListComments {
    /// Comments a page; `None` means 100.
    pub page_size: Option<usize>,
    /// The previous page's `offset`.
    pub offset: Option<String>,
}

/// A page of comments.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct CommentPage {
    /// The comments, newest first.
    pub comments: Vec<Comment>,
    /// Where the next page begins; null on the last.
    pub offset: Option<String>,
}

/// A comment to be written.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateComment {
    /// What it says; `@[usr…]` and `@[somebody@example.org]` mention people.
    pub text: String,
    /// The comment of the same record that it answers.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub parent_comment_id: Option<String>,
}

/// A comment's new text.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateComment {
    /// What it says from now on.
    pub text: String,
}

/// Comments on records; every call checks the actor's rights, and those of a deleted record are out of reach with it.
#[async_trait]
pub trait Comments: Send + Sync {
    /// A page of a record's comments.
    async fn list_comments(
        &self,
        actor: &Actor,
        record: CommentedRecord<'_>,
        list: ListComments,
    ) -> BaseResult<CommentPage>;

    /// Writes a comment.
    async fn create_comment(
        &self,
        by: WriteContext<'_>,
        record: CommentedRecord<'_>,
        request: CreateComment,
    ) -> BaseResult<Comment>;

    /// Changes the text of the caller's own comment.
    async fn update_comment(
        &self,
        by: WriteContext<'_>,
        record: CommentedRecord<'_>,
        comment: &str,
        request: UpdateComment,
    ) -> BaseResult<Comment>;

    /// Deletes the caller's own comment, or as an admin anybody's; answers to it stay.
    async fn delete_comment(
        &self,
        by: WriteContext<'_>,
        record: CommentedRecord<'_>,
        comment: &str,
    ) -> BaseResult<CommentId>;
}
