use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{ConnectionTrait, DbErr};

use super::types::Subscription;
use crate::platform::clock::Millis;
use crate::platform::db::{Db, Dialect, SystemTx};
use crate::platform::ids::BootId;

/// How long a subscription belongs to its consumer after the consumer's last commit.
pub(super) const LEASE: Millis = 30_000;

/// A subscription's place in the log and who works on it.
pub(super) struct Cursor {
    pub(super) name: String,
    pub(super) position: i64,
    pub(super) event_types: Vec<String>,
    owner: Option<String>,
    lease_until: Millis,
}

impl Cursor {
    /// Whether the lease is this owner's for long enough to work through a batch.
    pub(super) fn is_held_by(&self, owner: BootId, now: Millis) -> bool {
        let is_owner = self.owner.as_deref() == Some(&owner.to_string());
        is_owner && self.lease_until - now > LEASE / 2
    }
}

/// Every cursor there is, or that of one subscription.
pub(super) async fn cursors(tx: &SystemTx, name: Option<&str>) -> Result<Vec<Cursor>, DbErr> {
    let mut select = Query::select()
        .columns(["name", "position", "event_types", "owner", "lease_until"])
        .from("event_cursors")
        .to_owned();
    if let Some(name) = name {
        select.and_where(Expr::col("name").eq(name));
    }
    let cursor = |row: &sea_orm::QueryResult| {
        let types: String = row.try_get("", "event_types")?;
        let types = types.split(',').filter(|one| !one.is_empty());
        Ok(Cursor {
            name: row.try_get("", "name")?,
            position: row.try_get("", "position")?,
            event_types: types.map(str::to_owned).collect(),
            owner: row.try_get("", "owner")?,
            lease_until: row.try_get("", "lease_until")?,
        })
    };
    let rows = tx.conn().query_all(&select).await?;
    rows.iter().map(cursor).collect()
}

/// Makes the cursor of a subscription and notes which events it wants, so that none is trimmed before it came by.
pub(super) async fn register(tx: &SystemTx, subscription: &Subscription) -> Result<(), DbErr> {
    let types = subscription.event_types.join(",");
    let mut note = OnConflict::column("name");
    note.update_column("event_types")
        .action_and_where(Expr::col(("event_cursors", "event_types")).ne(types.as_str()));
    let insert = Query::insert()
        .into_table("event_cursors")
        .columns(["name", "position", "event_types"])
        .values_panic([subscription.name.into(), 0_i64.into(), types.into()])
        .on_conflict(note)
        .to_owned();
    tx.conn().execute(&insert).await.map(drop)
}

/// Takes the lease that gives a subscription one consumer; false while it is another's.
pub(super) async fn claim(
    db: &Db,
    subscription: &Subscription,
    owner: BootId,
    now: Millis,
) -> Result<bool, DbErr> {
    let tx = db.system().await?;
    register(&tx, subscription).await?;
    let owner = owner.to_string();
    let take = Query::update()
        .table("event_cursors")
        .values([
            ("owner", owner.clone().into()),
            ("lease_until", (now + LEASE).into()),
        ])
        .and_where(Expr::col("name").eq(subscription.name))
        .and_where(
            Expr::col("owner")
                .eq(owner)
                .or(Expr::col("lease_until").lt(now))
                // Nobody takes a lease for so long: the clock was set back since.
                .or(Expr::col("lease_until").gt(now + 2 * LEASE)),
        )
        .to_owned();
    let taken = tx.conn().execute(&take).await?.rows_affected() == 1;
    tx.commit().await?;
    Ok(taken)
}

/// At a start on SQLite, where a boot has the file to itself: voids the lease of an earlier one.
pub(super) async fn void_earlier(db: &Db, name: &str, owner: BootId) -> Result<(), DbErr> {
    if db.dialect() == Dialect::Postgres {
        return Ok(());
    }
    let tx = db.system().await?;
    let update = Query::update()
        .table("event_cursors")
        .value("lease_until", 0_i64)
        .and_where(Expr::col("name").eq(name))
        .and_where(Expr::col("owner").ne(owner.to_string()))
        .to_owned();
    tx.conn().execute(&update).await?;
    tx.commit().await
}

/// Gives the lease back, so that another consumer need not wait for its end.
pub(super) async fn release(db: &Db, name: &str, owner: BootId) -> Result<(), DbErr> {
    let tx = db.system().await?;
    let update = Query::update()
        .table("event_cursors")
        .value("lease_until", 0_i64)
        .and_where(Expr::col("name").eq(name))
        .and_where(Expr::col("lease_until").gt(0_i64))
        .and_where(Expr::col("owner").eq(owner.to_string()))
        .to_owned();
    tx.conn().execute(&update).await?;
    tx.commit().await
}
