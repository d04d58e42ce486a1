use sea_orm::sea_query::{Expr, ExprTrait, Func, Query, SelectStatement};
use sea_orm::{ConnectionTrait, DbErr};

use super::cursor::cursors;
use super::work::wanted_after;
use crate::platform::clock::{Clock, Millis};
use crate::platform::db::{Db, SystemTx};

/// How far a subscription is behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backlog {
    /// Which subscription.
    pub subscription: String,
    /// Events it wants and is not through with, dead letters aside.
    pub waiting: i64,
    /// When the oldest of those happened.
    pub oldest: Option<Millis>,
    /// Dead letters.
    pub dead: i64,
}

/// The backlog of every subscription.
pub async fn backlog(db: &Db) -> Result<Vec<Backlog>, DbErr> {
    let tx = db.system_read().await?;
    let mut backlogs = Vec::new();
    for cursor in cursors(&tx, None).await? {
        let fresh = wanted_after(cursor.position, &cursor.event_types);
        let (fresh, fresh_oldest) = count(&tx, fresh).await?;
        let (again, again_oldest) = count(&tx, held(&cursor.name, false)).await?;
        let (dead, _) = count(&tx, held(&cursor.name, true)).await?;
        backlogs.push(Backlog {
            subscription: cursor.name,
            waiting: fresh + again,
            oldest: fresh_oldest.into_iter().chain(again_oldest).min(),
            dead,
        });
    }
    Ok(backlogs)
}

/// Puts the backlog of every subscription into the metrics.
pub async fn measure(db: &Db, clock: &Clock) -> Result<(), DbErr> {
    for one in backlog(db).await? {
        let age = one.oldest.map_or(0, |oldest| clock.now() - oldest);
        let label = [("subscription", one.subscription)];
        metrics::gauge!("events_waiting", &label).set(one.waiting as f64);
        metrics::gauge!("events_oldest_seconds", &label).set(Ord::max(age, 0) as f64 / 1000.0);
        metrics::gauge!("events_dead_letters", &label).set(one.dead as f64);
    }
    Ok(())
}

fn held(name: &str, is_dead: bool) -> SelectStatement {
    let retry_at = Expr::col(("event_held", "retry_at"));
    Query::select()
        .from("event_held")
        .inner_join(
            "event_log",
            Expr::col(("event_log", "position")).equals(("event_held", "position")),
        )
        .and_where(Expr::col(("event_held", "subscription")).eq(name))
        .and_where(match is_dead {
            true => retry_at.is_null(),
            false => retry_at.is_not_null(),
        })
        .to_owned()
}

async fn count(tx: &SystemTx, mut of: SelectStatement) -> Result<(i64, Option<Millis>), DbErr> {
    of.expr_as(Func::count(Expr::val(1)), "events")
        .expr_as(Func::min(Expr::col("occurred_at")), "oldest");
    match tx.conn().query_one(&of).await? {
        Some(row) => Ok((row.try_get("", "events")?, row.try_get("", "oldest")?)),
        None => Ok((0, None)),
    }
}
