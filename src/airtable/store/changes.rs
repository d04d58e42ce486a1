use sea_orm::sea_query::{Condition, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ConnectionTrait, DbErr, Order, QueryResult};

use super::INSERT_ROWS;
use super::bases::{optional_id, parse_id};
use super::images::{AFTER, BEFORE, SealedLog};
use super::origin::RecordOrigin;
use crate::contracts::Origin;
use crate::platform::clock::Millis;
use crate::platform::db::TenantTx;
use crate::platform::ids::{RecordId, TableId, TransactionId};

/// What happened to a record or to the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::airtable) enum ChangeKind {
    Create,
    Update,
    Delete,
    /// Tables, fields or views changed; readers load the definitions anew.
    Schema,
}

impl ChangeKind {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Schema => "schema",
        }
    }

    fn parse(text: &str) -> Result<Self, DbErr> {
        match text {
            "create" => Ok(Self::Create),
            "update" => Ok(Self::Update),
            "delete" => Ok(Self::Delete),
            "schema" => Ok(Self::Schema),
            other => Err(DbErr::Type(format!("unknown kind of change {other:?}"))),
        }
    }
}

/// One entry of a base's change log; images hold stored cells by field id, of an update only the changed ones.
#[derive(Clone, Debug)]
pub(in crate::airtable) struct Change {
    pub(in crate::airtable) seq: i64,
    pub(in crate::airtable) txn: TransactionId,
    pub(in crate::airtable) kind: ChangeKind,
    pub(in crate::airtable) table: Option<TableId>,
    pub(in crate::airtable) record: Option<RecordId>,
    pub(in crate::airtable) row_no: Option<i64>,
    pub(in crate::airtable) before: Option<String>,
    pub(in crate::airtable) after: Option<String>,
    /// A collaborator as JSON.
    pub(in crate::airtable) actor: String,
    /// What the client calls itself.
    pub(in crate::airtable) client: Option<String>,
    pub(in crate::airtable) at: Millis,
    /// Ids of link fields that changed only because the other side did, as a JSON list.
    pub(in crate::airtable) mirrored: Option<String>,
    /// When and by whom a record was made that is deleted or comes back, as JSON.
    pub(in crate::airtable) origin: Option<String>,
    /// What it came through; an entry of an earlier version does not know.
    pub(in crate::airtable) came_through: Option<Origin>,
    /// The actor's permission level in the base at that time.
    pub(in crate::airtable) actor_level: Option<String>,
}

impl Change {
    /// Whether the images of a record are gone, because it is too old.
    pub(in crate::airtable) fn is_erased(&self) -> bool {
        self.kind != ChangeKind::Schema && !self.has_images()
    }

    /// Whether it still says what was changed.
    pub(in crate::airtable) fn has_images(&self) -> bool {
        self.before.is_some() || self.after.is_some()
    }

    /// The record's origin as far as the entry knows it.
    pub(in crate::airtable) fn record_origin(&self) -> Result<RecordOrigin, DbErr> {
        RecordOrigin::read(self.origin.as_deref())
    }
}

/// The columns of an entry beside those that say whose it is.
const ENTRY: [&str; 16] = [
    "seq",
    "txn",
    "kind",
    "table_id",
    "record_id",
    "row_no",
    "before",
    "after",
    "actor",
    "client",
    "at",
    "mirrored",
    "origin",
    "came_through",
    "actor_level",
    "is_sealed",
];

/// Adds entries.
pub(in crate::airtable) async fn insert_changes(
    tx: &TenantTx,
    log: SealedLog<'_>,
    changes: &[Change],
) -> Result<(), DbErr> {
    let tenant = tx.tenant().to_string();
    let base = log.base.to_string();
    for chunk in changes.chunks(INSERT_ROWS) {
        let mut insert = Query::insert()
            .into_table("airtable_changes")
            .columns(["tenant_id", "base_id"].into_iter().chain(ENTRY))
            .to_owned();
        for change in chunk {
            insert.values_panic([
                tenant.as_str().into(),
                base.as_str().into(),
                change.seq.into(),
                change.txn.to_string().into(),
                change.kind.as_str().into(),
                change.table.map(|id| id.to_string()).into(),
                change.record.map(|id| id.to_string()).into(),
                change.row_no.into(),
                log.seal(change.seq, BEFORE, change.before.as_deref())
                    .into(),
                log.seal(change.seq, AFTER, change.after.as_deref()).into(),
                change.actor.as_str().into(),
                change.client.clone().into(),
                change.at.into(),
                change.mirrored.clone().into(),
                change.origin.clone().into(),
                change.came_through.map(Origin::as_str).into(),
                change.actor_level.clone().into(),
                true.into(),
            ]);
        }
        tx.conn().execute(&insert).await?;
    }
    Ok(())
}

/// What a replay takes from an entry; what was there before does not matter to it.
#[derive(Clone, Debug)]
pub(in crate::airtable) struct Step {
    pub(in crate::airtable) seq: i64,
    pub(in crate::airtable) kind: ChangeKind,
    pub(in crate::airtable) table: Option<TableId>,
    pub(in crate::airtable) record: Option<RecordId>,
    pub(in crate::airtable) row_no: Option<i64>,
    pub(in crate::airtable) after: Option<String>,
    /// A collaborator as JSON.
    pub(in crate::airtable) actor: String,
    pub(in crate::airtable) at: Millis,
    /// As in [`Change`].
    pub(in crate::airtable) origin: Option<String>,
}

impl Step {
    /// Whether its image is gone, because it is too old.
    pub(in crate::airtable) fn is_erased(&self) -> bool {
        matches!(self.kind, ChangeKind::Create | ChangeKind::Update) && self.after.is_none()
    }

    /// The record's origin as far as the entry knows it.
    pub(in crate::airtable) fn record_origin(&self) -> Result<RecordOrigin, DbErr> {
        RecordOrigin::read(self.origin.as_deref())
    }
}

/// The entries after a sequence number, at most `limit`, oldest first.
pub(in crate::airtable) async fn steps_after(
    tx: &TenantTx,
    log: SealedLog<'_>,
    seq: i64,
    limit: u64,
) -> Result<Vec<Step>, DbErr> {
    let select = Query::select()
        .columns([
            "seq",
            "kind",
            "table_id",
            "record_id",
            "row_no",
            "after",
            "actor",
            "at",
            "origin",
            "is_sealed",
        ])
        .from("airtable_changes")
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .and_where(Expr::col("base_id").eq(log.base.to_string()))
        .and_where(Expr::col("seq").gt(seq))
        .order_by("seq", Order::Asc)
        .limit(limit)
        .to_owned();
    let rows = tx.conn().query_all(&select).await?;
    rows.iter().map(|row| step(row, log)).collect()
}

fn step(row: &QueryResult, log: SealedLog<'_>) -> Result<Step, DbErr> {
    let kind: String = row.try_get("", "kind")?;
    let seq = row.try_get("", "seq")?;
    Ok(Step {
        seq,
        kind: ChangeKind::parse(&kind)?,
        table: optional_id(row, "table_id")?,
        record: optional_id(row, "record_id")?,
        row_no: row.try_get("", "row_no")?,
        after: log.image(row, seq, AFTER)?,
        actor: row.try_get("", "actor")?,
        at: row.try_get("", "at")?,
        origin: row.try_get("", "origin")?,
    })
}

/// The entries in these stretches after a sequence number, at most `limit`, oldest first.
pub(in crate::airtable) async fn changes_in(
    tx: &TenantTx,
    log: SealedLog<'_>,
    ranges: &[(i64, i64)],
    after: i64,
    limit: u64,
) -> Result<Vec<Change>, DbErr> {
    let within = |(first, last): &(i64, i64)| Expr::col("seq").between(*first, *last);
    let any = ranges
        .iter()
        .map(within)
        .fold(Condition::any(), Condition::add);
    let select = select_changes(tx, log)
        .cond_where(any)
        .and_where(Expr::col("seq").gt(after))
        .limit(limit)
        .to_owned();
    read_all(tx, log, &select).await
}

/// What happened to these records after a sequence number and up to another, oldest first.
pub(in crate::airtable) async fn changes_of_records(
    tx: &TenantTx,
    log: SealedLog<'_>,
    records: &[RecordId],
    (after, through): (i64, i64),
) -> Result<Vec<Change>, DbErr> {
    let mut changes = Vec::new();
    for chunk in records.chunks(INSERT_ROWS) {
        let ids = chunk.iter().map(RecordId::to_string);
        let select = select_changes(tx, log)
            .and_where(Expr::col("record_id").is_in(ids))
            .and_where(Expr::col("seq").gt(after))
            .and_where(Expr::col("seq").lte(through))
            .to_owned();
        changes.extend(read_all(tx, log, &select).await?);
    }
    Ok(changes)
}

/// What happened to a record after a sequence number, newest first.
pub(in crate::airtable) async fn changes_of(
    tx: &TenantTx,
    log: SealedLog<'_>,
    record: RecordId,
    after: i64,
) -> Result<Vec<Change>, DbErr> {
    let select = select_changes(tx, log)
        .and_where(Expr::col("record_id").eq(record.to_string()))
        .and_where(Expr::col("seq").gt(after))
        .clear_order_by()
        .order_by("seq", Order::Desc)
        .limit(100)
        .to_owned();
    read_all(tx, log, &select).await
}

pub(super) fn select_changes(tx: &TenantTx, log: SealedLog<'_>) -> SelectStatement {
    Query::select()
        .columns(ENTRY)
        .from("airtable_changes")
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .and_where(Expr::col("base_id").eq(log.base.to_string()))
        .order_by("seq", Order::Asc)
        .to_owned()
}

pub(super) async fn read_all(
    tx: &TenantTx,
    log: SealedLog<'_>,
    select: &SelectStatement,
) -> Result<Vec<Change>, DbErr> {
    let rows = tx.conn().query_all(select).await?;
    rows.iter().map(|row| change(row, log)).collect()
}

fn change(row: &QueryResult, log: SealedLog<'_>) -> Result<Change, DbErr> {
    let kind: String = row.try_get("", "kind")?;
    let seq = row.try_get("", "seq")?;
    let came_through: Option<String> = row.try_get("", "came_through")?;
    Ok(Change {
        seq,
        txn: parse_id(row, "txn")?,
        kind: ChangeKind::parse(&kind)?,
        table: optional_id(row, "table_id")?,
        record: optional_id(row, "record_id")?,
        row_no: row.try_get("", "row_no")?,
        before: log.image(row, seq, BEFORE)?,
        after: log.image(row, seq, AFTER)?,
        actor: row.try_get("", "actor")?,
        client: row.try_get("", "client")?,
        at: row.try_get("", "at")?,
        mirrored: row.try_get("", "mirrored")?,
        origin: row.try_get("", "origin")?,
        came_through: came_through.as_deref().and_then(Origin::parse),
        actor_level: row.try_get("", "actor_level")?,
    })
}
