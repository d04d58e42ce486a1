use serde::{Deserialize, Serialize};

use crate::platform::ids::{
    BaseId, CommentId, ConnectionId, RecordId, TableId, TransactionId, UserId, WorkspaceId,
};

/// The first person set this instance up in the browser; aggregate `workspace`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct InstanceSetUp {
    /// The first workspace.
    pub workspace: WorkspaceId,
    /// Its owner.
    pub user: UserId,
    /// Whether a sample base is wanted.
    pub sample_base: bool,
}

impl InstanceSetUp {
    /// The event's type.
    pub const TYPE: &'static str = "instance.set_up";
}

/// One transaction changed records; aggregate `base`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RecordsChanged {
    /// The base.
    pub base: BaseId,
    /// The tables touched.
    pub tables: Vec<TableId>,
    /// The transaction, as in the change log.
    pub transaction: TransactionId,
    /// Records made.
    pub created: usize,
    /// Records changed, linked ones included.
    pub updated: usize,
    /// Records deleted.
    pub deleted: usize,
}

/// What a base's history kept of cells was erased, because it is too old to be undone; aggregate `base`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ImagesErased {
    /// The base.
    pub base: BaseId,
    /// The last entry of its change log that has no images any more.
    pub through: i64,
}

impl ImagesErased {
    /// The event's type.
    pub const TYPE: &'static str = "images.erased";
}

impl RecordsChanged {
    /// The event's type.
    pub const TYPE: &'static str = "records.changed";
}

/// A comment on a record was written, changed, reacted to or deleted; aggregate `base`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CommentChanged {
    /// The base.
    pub base: BaseId,
    /// The table.
    pub table: TableId,
    /// The record.
    pub record: RecordId,
    /// The comment.
    pub comment: CommentId,
    /// What happened to it.
    pub change: CommentChange,
    /// Who did it.
    pub by: UserId,
    /// Who is mentioned that was not before.
    pub mentioned: Vec<UserId>,
}

/// What happened to a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CommentChange {
    /// It was written.
    Created,
    /// Its text was changed.
    Updated,
    /// It was deleted.
    Deleted,
    /// Somebody reacted to it, or took that back.
    Reacted,
}

impl CommentChanged {
    /// The event's type.
    pub const TYPE: &'static str = "comment.changed";
}

/// A connection to Airtable was made or ended, or what is offered through it changed; aggregate `connection`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ConnectionChanged {
    /// The connection.
    pub connection: ConnectionId,
    /// The base, where it is about one.
    pub base: Option<BaseId>,
    /// What happened.
    pub change: ConnectionChange,
    /// Who did it.
    pub by: UserId,
}

/// What happened to a connection, or to a base that is offered through it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ConnectionChange {
    /// It was made.
    Made,
    /// It was deleted, its token with it.
    Deleted,
    /// A base is offered, or otherwise than before.
    Offered,
    /// A base is offered no longer.
    Withdrawn,
    /// The copy of a base stands still.
    Paused,
    /// The copy of a base goes on.
    Continued,
    /// The copy of a base is to be compared.
    Compared,
}

impl ConnectionChanged {
    /// The event's type.
    pub const TYPE: &'static str = "connection.changed";
}
