use sea_orm::sea_query::{Expr, ExprTrait, Query, UpdateStatement};
use sea_orm::{ConnectionTrait, DbErr, Order, QueryResult};

use super::bases::parse_id;
use super::mirrors::is_updated;
use crate::platform::clock::Millis;
use crate::platform::db::TenantTx;
use crate::platform::ids::BaseId;
use crate::platform::vault::{Place, TenantKey};

const WRITES: &str = "airtable_unsettled_writes";
const BODY: &str = "airtable_unsettled_writes.body";

/// A write to a copied base that was sent to Airtable, until what became of it is recorded.
#[derive(Clone, Debug)]
pub(in crate::airtable) struct UnsettledRow {
    pub(in crate::airtable) base: BaseId,
    pub(in crate::airtable) id: String,
    /// Sealed: what was to be written, and for whom.
    body: String,
    pub(in crate::airtable) sent_at: Millis,
    /// Whoever sent it is at it until then, if no further word comes.
    pub(in crate::airtable) held_until: Millis,
}

impl UnsettledRow {
    /// A write about to be sent, its body sealed for its row.
    pub(in crate::airtable) fn sealed(
        (base, id): (BaseId, String),
        (key, body): (&TenantKey, &str),
        (sent_at, held_until): (Millis, Millis),
    ) -> Self {
        let body = key.seal(place(&id), body);
        Self {
            base,
            id,
            body,
            sent_at,
            held_until,
        }
    }

    /// What was to be written.
    pub(in crate::airtable) fn open(&self, key: &TenantKey) -> Result<String, DbErr> {
        let opened = key.open(place(&self.id), &self.body);
        opened.map_err(|error| DbErr::Type(format!("{error} ({})", self.id)))
    }
}

fn place(id: &str) -> Place<'_> {
    Place {
        kind: BODY,
        row: id,
    }
}

/// Notes a write that is about to be sent.
pub(in crate::airtable) async fn insert_unsettled(
    tx: &TenantTx,
    row: &UnsettledRow,
) -> Result<(), DbErr> {
    let insert = Query::insert()
        .into_table(WRITES)
        .columns([
            "tenant_id",
            "base_id",
            "id",
            "body",
            "sent_at",
            "epoch",
            "held_until",
        ])
        .values_panic([
            tx.tenant().to_string().into(),
            row.base.to_string().into(),
            row.id.as_str().into(),
            row.body.as_str().into(),
            row.sent_at.into(),
            0_i64.into(),
            row.held_until.into(),
        ])
        .to_owned();
    tx.conn().execute(&insert).await.map(drop)
}

fn unsettled(row: &QueryResult) -> Result<UnsettledRow, DbErr> {
    Ok(UnsettledRow {
        base: parse_id(row, "base_id")?,
        id: row.try_get("", "id")?,
        body: row.try_get("", "body")?,
        sent_at: row.try_get("", "sent_at")?,
        held_until: row.try_get("", "held_until")?,
    })
}

/// The unsettled writes of a tenant, oldest first.
pub(in crate::airtable) async fn unsettled_writes(
    tx: &TenantTx,
) -> Result<Vec<UnsettledRow>, DbErr> {
    let select = Query::select()
        .columns(["base_id", "id", "body", "sent_at", "held_until"])
        .from(WRITES)
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .order_by("sent_at", Order::Asc)
        .order_by("id", Order::Asc)
        .to_owned();
    let rows = tx.conn().query_all(&select).await?;
    rows.iter().map(unsettled).collect()
}

fn update(tx: &TenantTx, (base, id): (BaseId, &str)) -> UpdateStatement {
    Query::update()
        .table(WRITES)
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .and_where(Expr::col("base_id").eq(base.to_string()))
        .and_where(Expr::col("id").eq(id))
        .to_owned()
}

/// Takes a write that nobody is at any more; false when somebody is, or it is settled.
pub(in crate::airtable) async fn take_unsettled(
    tx: &TenantTx,
    place: (BaseId, &str),
    (now, until): (Millis, Millis),
) -> Result<bool, DbErr> {
    let update = update(tx, place)
        .value("held_until", until)
        .value("epoch", Expr::col("epoch").add(1))
        .and_where(Expr::col("held_until").lt(now))
        .to_owned();
    is_updated(tx, &update).await
}

/// Says until when its sender is at a write; false when somebody else has taken it since.
pub(in crate::airtable) async fn hold_unsettled(
    tx: &TenantTx,
    place: (BaseId, &str),
    until: Millis,
) -> Result<bool, DbErr> {
    let update = update(tx, place)
        .value("held_until", until)
        .and_where(Expr::col("epoch").eq(0))
        .to_owned();
    is_updated(tx, &update).await
}

/// Forgets a write of which it is recorded what became of it.
pub(in crate::airtable) async fn delete_unsettled(
    tx: &TenantTx,
    (base, id): (BaseId, &str),
) -> Result<(), DbErr> {
    let delete = Query::delete()
        .from_table(WRITES)
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .and_where(Expr::col("base_id").eq(base.to_string()))
        .and_where(Expr::col("id").eq(id))
        .to_owned();
    tx.conn().execute(&delete).await.map(drop)
}
