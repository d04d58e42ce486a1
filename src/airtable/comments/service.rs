use async_trait::async_trait;

use super::super::service::{Airtable, not_found};
use super::super::service_admin::invalid;
use super::super::service_write::unavailable;
use super::super::store::{self, CommentRow};
use super::change::{Spot, Told, check_record};
use super::mentions::{Resolved, resolve};
use super::react::reactions;
use crate::contracts::{
    Actor, BaseError, BaseErrorKind, BaseResult, Comment, CommentAuthor, CommentChange,
    CommentPage, CommentedRecord, Comments, CreateComment, ListComments, Permission, Reaction,
    UpdateComment, WriteContext,
};
use crate::platform::clock::rfc3339;
use crate::platform::db::TenantTx;
use crate::platform::ids::CommentId;

const DEFAULT_PAGE: usize = 100;
/// Characters of a comment.
const LONGEST: usize = 10_000;

#[async_trait]
impl Comments for Airtable {
    async fn list_comments(
        &self,
        actor: &Actor,
        record: CommentedRecord<'_>,
        list: ListComments,
    ) -> BaseResult<CommentPage> {
        let spot = self.spot(actor, record, Permission::CommentsRead).await?;
        let before = list.offset.as_deref().map(position).transpose()?;
        let wanted = list.page_size.unwrap_or(DEFAULT_PAGE);
        let tx = self.platform.db.read(actor.tenant).await;
        let tx = tx.map_err(BaseError::database)?;
        check_record(&tx, spot.thread).await?;
        let before = before.unwrap_or(i64::MAX);
        let rows = store::comments_before(&tx, spot.thread, before, wanted as u64 + 1).await;
        let mut rows = rows.map_err(BaseError::database)?;
        let has_more = rows.len() > wanted;
        rows.truncate(wanted);
        let ids: Vec<CommentId> = rows.iter().map(|row| row.id).collect();
        let mut reactions = reactions(&tx, &spot, &ids).await?;
        let mut comment = |row: &CommentRow| {
            let reactions = reactions.remove(&row.id);
            shown(row, reactions.unwrap_or_default())
        };
        Ok(CommentPage {
            offset: rows.last().filter(|_| has_more).map(|row| offset(row.seq)),
            comments: rows.iter().map(&mut comment).collect::<BaseResult<_>>()?,
        })
    }

    async fn create_comment(
        &self,
        by: WriteContext<'_>,
        record: CommentedRecord<'_>,
        request: CreateComment,
    ) -> BaseResult<Comment> {
        let spot = self
            .spot(by.actor, record, Permission::CommentsWrite)
            .await?;
        let said = self.read_text(by.actor, &request.text).await?;
        let tx = self.platform.db.begin(by.actor.tenant).await;
        let tx = tx.map_err(BaseError::database)?;
        let seq = self.next_entry(&tx, &spot).await?;
        let parent = match request.parent_comment_id {
            Some(parent) => Some(find_parent(&tx, &spot, &parent).await?),
            None => None,
        };
        let row = CommentRow {
            id: CommentId::fresh(),
            seq,
            author_id: by.actor.user,
            author: json(&author(by.actor)),
            mentioned: json(&said.mentioned),
            text: said.text,
            parent,
            created_at: self.now(),
            updated_at: None,
        };
        let inserted = store::insert_comment(&tx, spot.thread, &row).await;
        inserted.map_err(BaseError::database)?;
        let told = Told {
            comment: row.id,
            change: CommentChange::Created,
            mentioned: said.mentioned.values().map(|mention| mention.id).collect(),
        };
        self.settle(tx, by, &spot, seq, told).await?;
        shown(&row, Vec::new())
    }

    async fn update_comment(
        &self,
        by: WriteContext<'_>,
        record: CommentedRecord<'_>,
        comment: &str,
        request: UpdateComment,
    ) -> BaseResult<Comment> {
        let spot = self
            .spot(by.actor, record, Permission::CommentsWrite)
            .await?;
        let said = self.read_text(by.actor, &request.text).await?;
        let tx = self.platform.db.begin(by.actor.tenant).await;
        let tx = tx.map_err(BaseError::database)?;
        let seq = self.next_entry(&tx, &spot).await?;
        let before = find(&tx, &spot, comment).await?;
        if before.author_id != by.actor.user {
            return Err(forbidden("Only its author may change a comment"));
        }
        let known = shown(&before, Vec::new())?.mentioned;
        let fresh = said.mentioned.iter();
        let fresh = fresh.filter(|(id, _)| !known.contains_key(*id));
        let told = Told {
            comment: before.id,
            change: CommentChange::Updated,
            mentioned: fresh.map(|(_, mention)| mention.id).collect(),
        };
        let row = CommentRow {
            mentioned: json(&said.mentioned),
            text: said.text,
            updated_at: Some(self.now()),
            ..before
        };
        let updated = store::update_comment(&tx, spot.thread.base, &row).await;
        updated.map_err(BaseError::database)?;
        let mut reactions = reactions(&tx, &spot, &[row.id]).await?;
        let answer = shown(&row, reactions.remove(&row.id).unwrap_or_default())?;
        self.settle(tx, by, &spot, seq, told).await?;
        Ok(answer)
    }

    async fn delete_comment(
        &self,
        by: WriteContext<'_>,
        record: CommentedRecord<'_>,
        comment: &str,
    ) -> BaseResult<CommentId> {
        let spot = self
            .spot(by.actor, record, Permission::CommentsWrite)
            .await?;
        let tx = self.platform.db.begin(by.actor.tenant).await;
        let tx = tx.map_err(BaseError::database)?;
        let seq = self.next_entry(&tx, &spot).await?;
        let row = find(&tx, &spot, comment).await?;
        let is_admin = spot.open.role >= Permission::SchemaWrite.needs_role();
        if row.author_id != by.actor.user && !is_admin {
            return Err(forbidden(
                "Only its author and admins of the workspace may delete a comment",
            ));
        }
        let deleted = store::delete_comment(&tx, spot.thread.base, row.id).await;
        deleted.map_err(BaseError::database)?;
        let forgotten = store::forget_reactions(&tx, spot.thread.base).await;
        forgotten.map_err(BaseError::database)?;
        let told = Told {
            comment: row.id,
            change: CommentChange::Deleted,
            mentioned: Vec::new(),
        };
        self.settle(tx, by, &spot, seq, told).await?;
        Ok(row.id)
    }
}

impl Airtable {
    /// A comment's text with its mentions by id.
    async fn read_text(&self, actor: &Actor, text: &str) -> BaseResult<Resolved> {
        if text.trim().is_empty() {
            return Err(invalid("The text of a comment must not be empty"));
        }
        if text.chars().count() > LONGEST {
            let message = format!("The text of a comment has at most {LONGEST} characters");
            return Err(invalid(&message));
        }
        let people = self.directory.people(actor.tenant).await;
        Ok(resolve(text, &people.map_err(unavailable)?))
    }
}

pub(super) async fn find(tx: &TenantTx, spot: &Spot, comment: &str) -> BaseResult<CommentRow> {
    let id: CommentId = comment.parse().map_err(|_| not_found())?;
    let found = store::find_comment(tx, spot.thread, id).await;
    found.map_err(BaseError::database)?.ok_or_else(not_found)
}

async fn find_parent(tx: &TenantTx, spot: &Spot, parent: &str) -> BaseResult<CommentId> {
    let found = find(tx, spot, parent).await.map(|row| row.id);
    found.map_err(|error| match error.kind {
        BaseErrorKind::NotFoundOrForbidden => invalid(&format!(
            "parentCommentId {parent:?} is no comment on this record"
        )),
        _ => error,
    })
}

pub(super) fn author(actor: &Actor) -> CommentAuthor {
    CommentAuthor {
        id: actor.user,
        email: actor.email.to_string(),
        name: actor.name.to_string(),
    }
}

pub(super) fn shown(row: &CommentRow, reactions: Vec<Reaction>) -> BaseResult<Comment> {
    Ok(Comment {
        id: row.id,
        author: serde_json::from_str(&row.author).map_err(BaseError::internal)?,
        text: row.text.clone(),
        created_time: rfc3339(row.created_at),
        last_updated_time: row.updated_at.map(rfc3339),
        mentioned: serde_json::from_str(&row.mentioned).map_err(BaseError::internal)?,
        parent_comment_id: row.parent,
        reactions,
    })
}

/// A page's cursor: the older comments are those before this entry of the change log.
fn offset(seq: i64) -> String {
    format!("itr{seq}")
}

fn position(offset: &str) -> BaseResult<i64> {
    let seq = offset.strip_prefix("itr").and_then(|seq| seq.parse().ok());
    seq.ok_or_else(|| {
        BaseError::new(
            BaseErrorKind::InvalidOffsetValue,
            format!("The value of offset {offset} is invalid"),
        )
    })
}

fn forbidden(message: &str) -> BaseError {
    BaseError::new(BaseErrorKind::Forbidden, message)
}

pub(super) fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("strings and ids always serialise")
}
