use std::collections::HashMap;

use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{ConnectionTrait, DbErr, Order, Statement};

use super::bases::parse_id;
use crate::platform::db::TenantTx;
use crate::platform::ids::{BaseId, CommentId, UserId};

/// Somebody's reaction to a comment, as it lies in the database.
#[derive(Clone, Debug)]
pub(in crate::airtable) struct ReactionRow {
    /// Code points in hex, joined by `-`.
    pub(in crate::airtable) emoji: String,
    pub(in crate::airtable) user: UserId,
    /// Who that was then, as JSON.
    pub(in crate::airtable) person: String,
    pub(in crate::airtable) seq: i64,
}

const REACTIONS: &str = "airtable_reactions";

/// Those whose comment is gone.
const FORGET: &str = "DELETE FROM airtable_reactions WHERE tenant_id = $1 AND base_id = $2 \
    AND NOT EXISTS (SELECT 1 FROM airtable_comments c WHERE c.tenant_id = airtable_reactions.tenant_id \
        AND c.base_id = airtable_reactions.base_id AND c.id = airtable_reactions.comment_id)";

/// The reactions to these comments, in the order they came.
pub(in crate::airtable) async fn reactions_to(
    tx: &TenantTx,
    base: BaseId,
    comments: &[CommentId],
) -> Result<HashMap<CommentId, Vec<ReactionRow>>, DbErr> {
    let select = Query::select()
        .columns(["comment_id", "emoji", "user_id", "person", "seq"])
        .from(REACTIONS)
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .and_where(Expr::col("base_id").eq(base.to_string()))
        .and_where(Expr::col("comment_id").is_in(comments.iter().map(ToString::to_string)))
        .order_by("seq", Order::Asc)
        .to_owned();
    let mut reactions: HashMap<CommentId, Vec<ReactionRow>> = HashMap::new();
    for row in tx.conn().query_all(&select).await? {
        let comment = parse_id(&row, "comment_id")?;
        reactions.entry(comment).or_default().push(ReactionRow {
            emoji: row.try_get("", "emoji")?,
            user: parse_id(&row, "user_id")?,
            person: row.try_get("", "person")?,
            seq: row.try_get("", "seq")?,
        });
    }
    Ok(reactions)
}

/// Adds a reaction that is not there yet.
pub(in crate::airtable) async fn insert_reaction(
    tx: &TenantTx,
    (base, comment): (BaseId, CommentId),
    reaction: &ReactionRow,
) -> Result<(), DbErr> {
    let key = ["tenant_id", "base_id", "comment_id", "emoji", "user_id"];
    let insert = Query::insert()
        .into_table(REACTIONS)
        .columns(key.into_iter().chain(["person", "seq"]))
        .values_panic([
            tx.tenant().to_string().into(),
            base.to_string().into(),
            comment.to_string().into(),
            reaction.emoji.as_str().into(),
            reaction.user.to_string().into(),
            reaction.person.as_str().into(),
            reaction.seq.into(),
        ])
        .on_conflict(OnConflict::columns(key).do_nothing().to_owned())
        .to_owned();
    tx.conn().execute(&insert).await.map(drop)
}

/// Takes a reaction back.
pub(in crate::airtable) async fn delete_reaction(
    tx: &TenantTx,
    (base, comment): (BaseId, CommentId),
    (emoji, user): (&str, UserId),
) -> Result<(), DbErr> {
    let delete = Query::delete()
        .from_table(REACTIONS)
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .and_where(Expr::col("base_id").eq(base.to_string()))
        .and_where(Expr::col("comment_id").eq(comment.to_string()))
        .and_where(Expr::col("emoji").eq(emoji))
        .and_where(Expr::col("user_id").eq(user.to_string()))
        .to_owned();
    tx.conn().execute(&delete).await.map(drop)
}

/// Deletes the reactions of a base to comments that are gone.
pub(in crate::airtable) async fn forget_reactions(
    tx: &TenantTx,
    base: BaseId,
) -> Result<(), DbErr> {
    let values = [tx.tenant().to_string().into(), base.to_string().into()];
    let backend = tx.conn().get_database_backend();
    let delete = Statement::from_sql_and_values(backend, FORGET, values);
    tx.conn().execute_raw(delete).await.map(drop)
}
