use std::collections::HashMap;

use super::super::service::Airtable;
use super::super::service_admin::invalid;
use super::super::store::{self, ReactionRow};
use super::change::{Spot, Told};
use super::emoji::code_points;
use super::service::{author, find, json, shown};
use crate::contracts::{
    BaseError, BaseResult, Comment, CommentAuthor, CommentChange, CommentedRecord, Emoji,
    Permission, ReactingUser, Reaction, WriteContext,
};
use crate::platform::db::TenantTx;
use crate::platform::ids::CommentId;

impl Airtable {
    /// Adds the caller's reaction to a comment, or takes it back; doing it twice changes nothing more.
    pub(in crate::airtable) async fn react(
        &self,
        by: WriteContext<'_>,
        record: CommentedRecord<'_>,
        (comment, emoji): (&str, &str),
        is_wanted: bool,
    ) -> BaseResult<Comment> {
        let emoji = code_points(emoji).ok_or_else(|| invalid("The reaction is no emoji"))?;
        let spot = self
            .spot(by.actor, record, Permission::CommentsWrite)
            .await?;
        let tx = self.platform.db.begin(by.actor.tenant).await;
        let tx = tx.map_err(BaseError::database)?;
        let seq = self.next_entry(&tx, &spot).await?;
        let row = find(&tx, &spot, comment).await?;
        let place = (spot.thread.base, row.id);
        let reaction = ReactionRow {
            emoji,
            user: by.actor.user,
            person: json(&author(by.actor)),
            seq,
        };
        let done = match is_wanted {
            true => store::insert_reaction(&tx, place, &reaction).await,
            false => {
                let whose = (reaction.emoji.as_str(), reaction.user);
                store::delete_reaction(&tx, place, whose).await
            }
        };
        done.map_err(BaseError::database)?;
        let mut reactions = reactions(&tx, &spot, &[row.id]).await?;
        let answer = shown(&row, reactions.remove(&row.id).unwrap_or_default())?;
        let told = Told {
            comment: row.id,
            change: CommentChange::Reacted,
            mentioned: Vec::new(),
        };
        self.settle(tx, by, &spot, seq, told).await?;
        Ok(answer)
    }
}

/// The reactions to comments of a record.
pub(super) async fn reactions(
    tx: &TenantTx,
    spot: &Spot,
    comments: &[CommentId],
) -> BaseResult<HashMap<CommentId, Vec<Reaction>>> {
    let found = store::reactions_to(tx, spot.thread.base, comments).await;
    let found = found.map_err(BaseError::database)?;
    let each = found.into_iter().map(|(comment, rows)| {
        let shown: BaseResult<Vec<Reaction>> = rows.iter().map(reaction).collect();
        Ok((comment, shown?))
    });
    each.collect()
}

fn reaction(row: &ReactionRow) -> BaseResult<Reaction> {
    let person: CommentAuthor = serde_json::from_str(&row.person).map_err(BaseError::internal)?;
    Ok(Reaction {
        emoji: Emoji {
            unicode_character: row.emoji.clone(),
        },
        reacting_user: ReactingUser {
            user_id: person.id,
            email: person.email,
            name: person.name,
        },
    })
}
