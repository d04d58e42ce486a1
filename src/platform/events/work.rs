use std::collections::HashSet;

use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ConnectionTrait, DbErr, Order};

use super::cursor::{Cursor, cursors};
use super::entity::{COLUMNS, from_row};
use super::sequence;
use super::types::{Event, Subscription};
use crate::platform::clock::Millis;
use crate::platform::db::{Db, SystemTx};
use crate::platform::ids::TenantId;

const BATCH: u64 = 100;

/// What keeps its order: an imported base has the same id in every tenant.
pub(super) type Aggregate = (TenantId, String);

/// An event that failed before, or waits behind such a one.
pub(super) struct Retry {
    pub(super) event: Event,
    pub(super) attempts: i32,
}

/// What a subscription has to do, seen at one moment and without a lock, so that an idle one writes nothing.
pub(super) struct Work {
    pub(super) cursor: Option<Cursor>,
    /// Committed events have no place yet.
    pub(super) is_unplaced: bool,
    /// Held events whose time has come, oldest first.
    pub(super) retries: Vec<Retry>,
    /// Events behind the cursor, oldest first.
    pub(super) fresh: Vec<Event>,
    /// Those aggregates of the fresh events that wait behind a held one.
    pub(super) held: HashSet<Aggregate>,
}

impl Work {
    /// `passed` is how far the subscription is where that is not written down yet.
    pub(super) async fn look(
        db: &Db,
        subscription: &Subscription,
        passed: i64,
        now: Millis,
    ) -> Result<Self, DbErr> {
        let (name, types) = (subscription.name, subscription.event_types);
        let tx = db.system_read().await?;
        let mut cursor = cursors(&tx, Some(name)).await?.pop();
        let mut position = 0;
        if let Some(cursor) = &mut cursor {
            cursor.position = Ord::max(cursor.position, passed);
            position = cursor.position;
        }
        let fresh = fresh(&tx, types, position).await?;
        Ok(Self {
            is_unplaced: sequence::is_behind(&tx, types).await?,
            retries: retries(&tx, name, now).await?,
            held: held(&tx, name, &fresh).await?,
            cursor,
            fresh,
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.retries.is_empty() && self.fresh.is_empty()
    }
}

/// The events after a place that are of these types, of any where there are none.
pub(super) fn wanted_after(position: i64, types: &[impl AsRef<str>]) -> SelectStatement {
    let mut select = Query::select()
        .from("event_log")
        .and_where(Expr::col("position").gt(position))
        .to_owned();
    only_types(&mut select, types);
    select
}

pub(super) fn only_types(select: &mut SelectStatement, types: &[impl AsRef<str>]) {
    if !types.is_empty() {
        select.and_where(Expr::col("event_type").is_in(types.iter().map(AsRef::as_ref)));
    }
}

async fn fresh(tx: &SystemTx, types: &[&'static str], position: i64) -> Result<Vec<Event>, DbErr> {
    let select = wanted_after(position, types)
        .columns(COLUMNS)
        .order_by("position", Order::Asc)
        .limit(BATCH)
        .to_owned();
    let rows = tx.conn().query_all(&select).await?;
    rows.iter().map(from_row).collect()
}

async fn retries(tx: &SystemTx, name: &str, now: Millis) -> Result<Vec<Retry>, DbErr> {
    let is_not_due = Expr::col(("earlier", "retry_at"))
        .is_null()
        .or(Expr::col(("earlier", "retry_at")).gt(now));
    let earlier = Query::select()
        .expr(Expr::val(1))
        .from_as("event_held", "earlier")
        .and_where(Expr::col(("earlier", "subscription")).eq(name))
        .and_where(Expr::col(("earlier", "tenant_id")).equals(("held", "tenant_id")))
        .and_where(Expr::col(("earlier", "aggregate_id")).equals(("held", "aggregate_id")))
        .and_where(Expr::col(("earlier", "position")).lt(Expr::col(("held", "position"))))
        .and_where(is_not_due)
        .to_owned();
    let select = Query::select()
        .columns(COLUMNS.map(|column| ("event_log", column)))
        .column(("held", "attempts"))
        .from_as("event_held", "held")
        .inner_join(
            "event_log",
            Expr::col(("event_log", "position")).equals(("held", "position")),
        )
        .and_where(Expr::col(("held", "subscription")).eq(name))
        .and_where(Expr::col(("held", "retry_at")).lte(now))
        .and_where(Expr::exists(earlier).not())
        .order_by(("held", "position"), Order::Asc)
        .limit(BATCH)
        .to_owned();
    let rows = tx.conn().query_all(&select).await?;
    let retry = |row| {
        Ok(Retry {
            event: from_row(row)?,
            attempts: row.try_get("", "attempts")?,
        })
    };
    rows.iter().map(retry).collect()
}

async fn held(tx: &SystemTx, name: &str, fresh: &[Event]) -> Result<HashSet<Aggregate>, DbErr> {
    if fresh.is_empty() {
        return Ok(HashSet::new());
    }
    let ids = fresh.iter().map(|event| event.aggregate_id.as_str());
    let select = Query::select()
        .distinct()
        .columns(["tenant_id", "aggregate_id"])
        .from("event_held")
        .and_where(Expr::col("subscription").eq(name))
        .and_where(Expr::col("aggregate_id").is_in(ids))
        .to_owned();
    let rows = tx.conn().query_all(&select).await?;
    let aggregate = |row: &sea_orm::QueryResult| {
        let tenant: String = row.try_get("", "tenant_id")?;
        let tenant = tenant.parse().map_err(super::entity::bad_id)?;
        Ok((tenant, row.try_get("", "aggregate_id")?))
    };
    rows.iter().map(aggregate).collect()
}
