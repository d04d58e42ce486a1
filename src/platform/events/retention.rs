use std::time::Duration;

use sea_orm::sea_query::{Expr, ExprTrait, Func, Query};
use sea_orm::{ConnectionTrait, DbErr, Order};

use super::cursor::cursors;
use super::work::wanted_after;
use crate::platform::clock::{Clock, Millis};
use crate::platform::db::{Db, SystemTx};
use crate::platform::settings::Events;

/// Rows deleted in one transaction, so that nobody waits long for the writer.
const BATCH: u64 = 500;

/// Deletes events that every subscription has passed and dead letters that nobody wanted, both once they are old
/// enough; answers how many events.
pub async fn trim(db: &Db, clock: &Clock, settings: &Events) -> Result<u64, DbErr> {
    let before = |kept: Duration| {
        let kept = Millis::try_from(kept.as_millis()).unwrap_or(Millis::MAX);
        clock.now().saturating_sub(kept)
    };
    while forget_letters(db, before(settings.keep_dead)).await? == BATCH {}
    let mut trimmed = 0;
    loop {
        let deleted = trim_batch(db, before(settings.keep_delivered)).await?;
        trimmed += deleted;
        if deleted < BATCH {
            return Ok(trimmed);
        }
    }
}

/// An aged letter is given up as if an operator had discarded it.
async fn forget_letters(db: &Db, before: Millis) -> Result<u64, DbErr> {
    let tx = db.system().await?;
    let mut deleted = 0;
    for cursor in cursors(&tx, None).await? {
        let is_dead = Expr::col("subscription")
            .eq(cursor.name.as_str())
            .and(Expr::col("retry_at").is_null())
            .and(Expr::col("failed_at").lt(before));
        let old = Query::select()
            .column("position")
            .from("event_held")
            .and_where(is_dead)
            .order_by("position", Order::Asc)
            .limit(BATCH - deleted)
            .to_owned();
        let delete = Query::delete()
            .from_table("event_held")
            .and_where(Expr::col("subscription").eq(cursor.name))
            .and_where(Expr::col("position").in_subquery(old))
            .to_owned();
        deleted += tx.conn().execute(&delete).await?.rows_affected();
    }
    tx.commit().await?;
    Ok(deleted)
}

async fn trim_batch(db: &Db, before: Millis) -> Result<u64, DbErr> {
    let tx = db.system().await?;
    let newest = Query::select()
        .expr(Func::max(Expr::col("position")))
        .from("event_log")
        .to_owned();
    let held = Query::select()
        .column("position")
        .from("event_held")
        .to_owned();
    let mut old = Query::select()
        .column("seq")
        .from("event_log")
        .and_where(Expr::col("occurred_at").lt(before))
        // Places count on from the newest event, so it stays, or its place would be given out twice.
        .and_where(Expr::col("position").lt(Expr::SubQuery(None, Box::new(newest.into()))))
        .and_where(Expr::col("position").not_in_subquery(held))
        .order_by("position", Order::Asc)
        .limit(BATCH)
        .to_owned();
    if let Some(first) = first_wanted(&tx).await? {
        old.and_where(Expr::col("position").lt(first));
    }
    let delete = Query::delete()
        .from_table("event_log")
        .and_where(Expr::col("seq").in_subquery(old))
        .to_owned();
    let deleted = tx.conn().execute(&delete).await?.rows_affected();
    tx.commit().await?;
    Ok(deleted)
}

/// The first event that some subscription wants and has not passed.
async fn first_wanted(tx: &SystemTx) -> Result<Option<i64>, DbErr> {
    let mut first: Option<i64> = None;
    for cursor in cursors(tx, None).await? {
        let select = wanted_after(cursor.position, &cursor.event_types)
            .expr_as(Func::min(Expr::col("position")), "first")
            .to_owned();
        let row = tx.conn().query_one(&select).await?;
        let wanted: Option<i64> = row.map_or(Ok(None), |row| row.try_get("", "first"))?;
        first = first.into_iter().chain(wanted).min();
    }
    Ok(first)
}
