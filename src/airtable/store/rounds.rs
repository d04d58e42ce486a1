use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ConnectionTrait, DbErr};

use super::mirrors::{is_updated, update};
use crate::platform::clock::Millis;
use crate::platform::db::TenantTx;
use crate::platform::ids::BaseId;

/// Who works on a mirror, and until when it is theirs without a further word.
#[derive(Clone, Copy, Debug)]
pub(in crate::airtable) struct Hold<'a> {
    pub(in crate::airtable) by: &'a str,
    pub(in crate::airtable) now: Millis,
    pub(in crate::airtable) until: Millis,
}

/// Takes a mirror to work on; false when it stands still, somebody else has it, or it is gone.
pub(in crate::airtable) async fn take_mirror(
    tx: &TenantTx,
    base: BaseId,
    hold: Hold<'_>,
) -> Result<bool, DbErr> {
    let update = update(tx, base)
        .value("held_by", hold.by)
        .value("held_until", hold.until)
        .and_where(Expr::col("held_until").lt(hold.now))
        .and_where(Expr::col("is_paused").eq(false))
        .to_owned();
    is_updated(tx, &update).await
}

/// Keeps a mirror that was taken; false when it stands still, is somebody else's by now, or nobody's any more.
pub(in crate::airtable) async fn keep_mirror(
    tx: &TenantTx,
    base: BaseId,
    hold: Hold<'_>,
) -> Result<bool, DbErr> {
    let update = update(tx, base)
        .value("held_until", hold.until)
        .and_where(Expr::col("held_by").eq(hold.by))
        .and_where(Expr::col("is_paused").eq(false))
        .to_owned();
    is_updated(tx, &update).await
}

/// The end of a round: when the next one is due, and why this one failed.
pub(in crate::airtable) async fn release_mirror(
    tx: &TenantTx,
    base: BaseId,
    (by, began): (&str, Millis),
    due_at: Millis,
    fault: Option<&str>,
) -> Result<(), DbErr> {
    let release = update(tx, base)
        .value("held_until", 0_i64)
        .value("fault", fault)
        .and_where(Expr::col("held_by").eq(by))
        .to_owned();
    tx.conn().execute(&release).await?;
    // Who asked for a round meanwhile gets it.
    let next = update(tx, base)
        .value("due_at", due_at)
        .and_where(Expr::col("held_by").eq(by))
        .and_where(Expr::col("due_at").lte(began))
        .to_owned();
    tx.conn().execute(&next).await.map(drop)
}
