use sea_orm::sea_query::{Expr, ExprTrait, Func, Query, SelectStatement};
use sea_orm::{ConnectionTrait, DbErr, Order, QueryResult};
use serde::Serialize;

use crate::platform::clock::Millis;
use crate::platform::db::Db;

/// An event that a subscription failed at too often; it holds back its aggregate until an operator decides.
#[derive(Clone, Debug, Serialize)]
pub struct DeadLetter {
    /// Whose handler failed.
    pub subscription: String,
    /// Place of the event in the log; with the subscription, what names the letter.
    pub position: i64,
    /// Whose event it is.
    pub tenant_id: String,
    /// What the event is about.
    pub aggregate_id: String,
    /// The event's type.
    pub event_type: String,
    /// What the handler said last.
    pub error: String,
    /// When.
    pub failed_at: Millis,
    /// Later events of the same aggregate that wait behind it.
    pub waiting: i64,
}

/// Dead letters of one subscription.
#[derive(Clone, Copy, Debug)]
pub struct Letters<'a> {
    /// The subscription.
    pub subscription: &'a str,
    /// Which of its letters; empty means all.
    pub positions: &'a [i64],
}

/// The oldest dead letters of one subscription, or of all.
pub async fn dead_letters(
    db: &Db,
    subscription: Option<&str>,
    limit: u64,
) -> Result<Vec<DeadLetter>, DbErr> {
    let mut select = Query::select()
        .columns(
            [
                "subscription",
                "position",
                "tenant_id",
                "aggregate_id",
                "error",
                "failed_at",
            ]
            .map(|column| ("held", column)),
        )
        .column(("event_log", "event_type"))
        .expr_as(Expr::SubQuery(None, Box::new(waiting().into())), "waiting")
        .from_as("event_held", "held")
        .inner_join(
            "event_log",
            Expr::col(("event_log", "position")).equals(("held", "position")),
        )
        .and_where(Expr::col(("held", "retry_at")).is_null())
        .order_by(("held", "position"), Order::Asc)
        .limit(limit)
        .to_owned();
    if let Some(name) = subscription {
        select.and_where(Expr::col(("held", "subscription")).eq(name));
    }
    let tx = db.system_read().await?;
    let rows = tx.conn().query_all(&select).await?;
    rows.iter().map(letter).collect()
}

fn waiting() -> SelectStatement {
    let same = |column| Expr::col(("later", column)).equals(("held", column));
    Query::select()
        .expr(Func::count(Expr::val(1)))
        .from_as("event_held", "later")
        .and_where(same("subscription"))
        .and_where(same("tenant_id"))
        .and_where(same("aggregate_id"))
        .and_where(Expr::col(("later", "position")).gt(Expr::col(("held", "position"))))
        .to_owned()
}

fn letter(row: &QueryResult) -> Result<DeadLetter, DbErr> {
    Ok(DeadLetter {
        subscription: row.try_get("", "subscription")?,
        position: row.try_get("", "position")?,
        tenant_id: row.try_get("", "tenant_id")?,
        aggregate_id: row.try_get("", "aggregate_id")?,
        event_type: row.try_get("", "event_type")?,
        error: row.try_get("", "error")?,
        failed_at: row.try_get("", "failed_at")?,
        waiting: row.try_get("", "waiting")?,
    })
}

impl Letters<'_> {
    /// Hands dead letters to their subscription again, with all attempts, and behind them what waits; answers how many.
    pub async fn replay(&self, db: &Db) -> Result<u64, DbErr> {
        let mut update = Query::update()
            .table("event_held")
            .value("attempts", 0)
            .value("retry_at", 0_i64)
            .and_where(Expr::col("retry_at").is_null())
            .and_where(Expr::col("subscription").eq(self.subscription))
            .to_owned();
        if let Some(places) = self.places() {
            update.and_where(places);
        }
        self.decide(db, &update, "events.replayed").await
    }

    /// Gives dead letters up, so that what waits behind them is delivered; answers how many.
    pub async fn discard(&self, db: &Db) -> Result<u64, DbErr> {
        let mut delete = Query::delete()
            .from_table("event_held")
            .and_where(Expr::col("retry_at").is_null())
            .and_where(Expr::col("subscription").eq(self.subscription))
            .to_owned();
        if let Some(places) = self.places() {
            delete.and_where(places);
        }
        self.decide(db, &delete, "events.discarded").await
    }

    fn places(&self) -> Option<Expr> {
        let positions = self.positions.iter().copied();
        (!self.positions.is_empty()).then(|| Expr::col("position").is_in(positions))
    }

    async fn decide(
        &self,
        db: &Db,
        statement: &impl sea_orm::StatementBuilder,
        what: &'static str,
    ) -> Result<u64, DbErr> {
        let tx = db.system().await?;
        let letters = tx.conn().execute(statement).await?.rows_affected();
        tx.commit().await?;
        if letters > 0 {
            tracing::warn!(subscription = self.subscription, letters, "{what}");
        }
        Ok(letters)
    }
}
