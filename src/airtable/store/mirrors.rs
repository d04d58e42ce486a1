use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait, Query, SelectStatement, UpdateStatement};
use sea_orm::{ConnectionTrait, DbErr, Order, QueryResult};

use super::bases::parse_id;
use crate::platform::clock::Millis;
use crate::platform::db::{SystemTx, TenantTx};
use crate::platform::ids::{BaseId, TenantId};
use crate::platform::vault::{Place, TenantKey};

const MIRRORS: &str = "airtable_mirrors";
const SECRET: &str = "airtable_mirrors.secret";

const COLUMNS: [&str; 16] = [
    "base_id",
    "hook",
    "is_complete",
    "is_paused",
    "comparison_asked_at",
    "webhook_id",
    "secret",
    "is_notified",
    "next_payload",
    "changes_since",
    "followed_at",
    "compared_at",
    "drift",
    "progress",
    "fault",
    "made_at",
];

/// A base at Airtable that is copied and kept in step.
#[derive(Clone, Debug)]
pub(in crate::airtable) struct MirrorRow {
    pub(in crate::airtable) base: BaseId,
    /// Names it to Airtable's notifications.
    pub(in crate::airtable) hook: String,
    /// Whether everything has been copied once.
    pub(in crate::airtable) is_complete: bool,
    pub(in crate::airtable) is_paused: bool,
    /// Whether everything is to be compared in the next round.
    pub(in crate::airtable) wants_comparison: bool,
    /// Airtable's webhook; without one, changes are looked for by their time.
    pub(in crate::airtable) webhook: Option<String>,
    /// Sealed: what Airtable signs its notifications with.
    pub(in crate::airtable) secret: Option<String>,
    /// Whether Airtable tells of changes by itself.
    pub(in crate::airtable) is_notified: bool,
    pub(in crate::airtable) next_payload: i64,
    /// Changes up to then were looked for.
    pub(in crate::airtable) changes_since: Millis,
    pub(in crate::airtable) followed_at: Option<Millis>,
    pub(in crate::airtable) compared_at: Option<Millis>,
    /// Records that the last comparison found to differ.
    pub(in crate::airtable) drift: i64,
    /// How far a copy or comparison is, as JSON.
    pub(in crate::airtable) progress: Option<String>,
    /// Why the last round failed.
    pub(in crate::airtable) fault: Option<String>,
    pub(in crate::airtable) made_at: Millis,
}

impl MirrorRow {
    /// Seals a secret for its row.
    pub(in crate::airtable) fn seal(key: &TenantKey, hook: &str, secret: &str) -> String {
        key.seal(
            Place {
                kind: SECRET,
                row: hook,
            },
            secret,
        )
    }

    /// The secret of its notifications.
    pub(in crate::airtable) fn open(&self, key: &TenantKey) -> Result<Option<String>, DbErr> {
        let place = || Place {
            kind: SECRET,
            row: &self.hook,
        };
        let opened = self.secret.as_ref().map(|sealed| key.open(place(), sealed));
        let opened = opened.transpose();
        opened.map_err(|error| DbErr::Type(format!("{error} ({})", self.base)))
    }
}

fn select(tx: &TenantTx) -> SelectStatement {
    Query::select()
        .columns(COLUMNS)
        .from(MIRRORS)
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .order_by("base_id", Order::Asc)
        .to_owned()
}

pub(super) fn update(tx: &TenantTx, base: BaseId) -> UpdateStatement {
    Query::update()
        .table(MIRRORS)
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .and_where(Expr::col("base_id").eq(base.to_string()))
        .to_owned()
}

fn mirror(row: &QueryResult) -> Result<MirrorRow, DbErr> {
    Ok(MirrorRow {
        base: parse_id(row, "base_id")?,
        hook: row.try_get("", "hook")?,
        is_complete: row.try_get("", "is_complete")?,
        is_paused: row.try_get("", "is_paused")?,
        wants_comparison: row
            .try_get::<Option<Millis>>("", "comparison_asked_at")?
            .is_some(),
        webhook: row.try_get("", "webhook_id")?,
        secret: row.try_get("", "secret")?,
        is_notified: row.try_get("", "is_notified")?,
        next_payload: row.try_get("", "next_payload")?,
        changes_since: row.try_get("", "changes_since")?,
        followed_at: row.try_get("", "followed_at")?,
        compared_at: row.try_get("", "compared_at")?,
        drift: row.try_get("", "drift")?,
        progress: row.try_get("", "progress")?,
        fault: row.try_get("", "fault")?,
        made_at: row.try_get("", "made_at")?,
    })
}

/// The mirrors of a tenant, by base.
pub(in crate::airtable) async fn list_mirrors(tx: &TenantTx) -> Result<Vec<MirrorRow>, DbErr> {
    let rows = tx.conn().query_all(&select(tx)).await?;
    rows.iter().map(mirror).collect()
}

/// One mirror.
pub(in crate::airtable) async fn find_mirror(
    tx: &TenantTx,
    base: BaseId,
) -> Result<Option<MirrorRow>, DbErr> {
    let select = select(tx)
        .and_where(Expr::col("base_id").eq(base.to_string()))
        .to_owned();
    let row = tx.conn().query_one(&select).await?;
    row.as_ref().map(mirror).transpose()
}

/// Adds a mirror that is due at once.
pub(in crate::airtable) async fn insert_mirror(
    tx: &TenantTx,
    (base, hook): (BaseId, &str),
    now: Millis,
) -> Result<(), DbErr> {
    let insert = Query::insert()
        .into_table(MIRRORS)
        .columns([
            "tenant_id",
            "base_id",
            "hook",
            "is_complete",
            "is_paused",
            "comparison_asked_at",
            "is_notified",
            "next_payload",
            "changes_since",
            "drift",
            "due_at",
            "held_until",
            "made_at",
        ])
        .values_panic([
            tx.tenant().to_string().into(),
            base.to_string().into(),
            hook.into(),
            false.into(),
            false.into(),
            now.into(),
            false.into(),
            1_i64.into(),
            now.into(),
            0_i64.into(),
            now.into(),
            0_i64.into(),
            now.into(),
        ])
        .to_owned();
    tx.conn().execute(&insert).await.map(drop)
}

/// Ends a mirror.
pub(in crate::airtable) async fn delete_mirror(tx: &TenantTx, base: BaseId) -> Result<(), DbErr> {
    let delete = Query::delete()
        .from_table(MIRRORS)
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .and_where(Expr::col("base_id").eq(base.to_string()))
        .to_owned();
    tx.conn().execute(&delete).await.map(drop)
}

/// The mirrors of all tenants that are due by a time and that nobody works on.
pub(in crate::airtable) async fn due_mirrors(
    tx: &SystemTx,
    (by, now): (Millis, Millis),
) -> Result<Vec<(TenantId, BaseId)>, DbErr> {
    let select = Query::select()
        .columns(["tenant_id", "base_id"])
        .from(MIRRORS)
        .and_where(Expr::col("is_paused").eq(false))
        .and_where(Expr::col("due_at").lte(by))
        .and_where(Expr::col("held_until").lt(now))
        .order_by("due_at", Order::Asc)
        .to_owned();
    let rows = tx.conn().query_all(&select).await?;
    rows.iter().map(place).collect()
}

/// The mirror that a notification is about.
pub(in crate::airtable) async fn hooked_mirror(
    tx: &SystemTx,
    hook: &str,
) -> Result<Option<(TenantId, BaseId)>, DbErr> {
    let select = Query::select()
        .columns(["tenant_id", "base_id"])
        .from(MIRRORS)
        .and_where(Expr::col("hook").eq(hook))
        .to_owned();
    let row = tx.conn().query_one(&select).await?;
    row.as_ref().map(place).transpose()
}

fn place(row: &QueryResult) -> Result<(TenantId, BaseId), DbErr> {
    Ok((parse_id(row, "tenant_id")?, parse_id(row, "base_id")?))
}

pub(super) async fn is_updated(tx: &TenantTx, update: &UpdateStatement) -> Result<bool, DbErr> {
    Ok(tx.conn().execute(update).await?.rows_affected() == 1)
}

/// How far a copy or comparison is, which goes well again.
pub(in crate::airtable) async fn note_progress(
    tx: &TenantTx,
    base: BaseId,
    progress: Option<&str>,
) -> Result<(), DbErr> {
    let update = update(tx, base)
        .value("progress", progress)
        .value("fault", Option::<String>::None)
        .to_owned();
    tx.conn().execute(&update).await.map(drop)
}

/// How a mirror hears of changes from now on.
pub(in crate::airtable) async fn note_webhook(
    tx: &TenantTx,
    base: BaseId,
    webhook: Option<(&str, &str)>,
    is_notified: bool,
) -> Result<(), DbErr> {
    let update = update(tx, base)
        .value("webhook_id", webhook.map(|(id, _)| id))
        .value("secret", webhook.map(|(_, sealed)| sealed))
        .value("is_notified", is_notified)
        .value("next_payload", 1_i64)
        .to_owned();
    tx.conn().execute(&update).await.map(drop)
}

/// Moves on behind changes that were taken over; never back.
pub(in crate::airtable) async fn note_followed(
    tx: &TenantTx,
    base: BaseId,
    (next_payload, changes_since): (i64, Millis),
    now: Millis,
) -> Result<(), DbErr> {
    let update = update(tx, base)
        .value("next_payload", next_payload)
        .value("changes_since", changes_since)
        .value("followed_at", now)
        .and_where(Expr::col("next_payload").lte(next_payload))
        .to_owned();
    tx.conn().execute(&update).await.map(drop)
}

/// Everything was copied or compared by who holds the mirror; false where it is somebody else's by now.
pub(in crate::airtable) async fn note_compared(
    tx: &TenantTx,
    base: BaseId,
    (by, drift): (&str, i64),
    (began, now): (Millis, Millis),
) -> Result<bool, DbErr> {
    let asked = Expr::col("comparison_asked_at");
    // Who asked for one meanwhile gets it.
    let still = CaseStatement::new().case(asked.clone().gt(began), asked);
    let update = update(tx, base)
        .value("is_complete", true)
        .value("comparison_asked_at", still)
        .value("compared_at", now)
        .value("drift", drift)
        .value("progress", Option::<String>::None)
        .and_where(Expr::col("held_by").eq(by))
        .to_owned();
    is_updated(tx, &update).await
}

/// Lets a mirror be copied anew, by nobody who began before; until then it does not answer.
pub(in crate::airtable) async fn restart_mirror(
    tx: &TenantTx,
    base: BaseId,
    now: Millis,
) -> Result<(), DbErr> {
    let update = update(tx, base)
        .value("is_complete", false)
        .value("comparison_asked_at", now)
        .value("held_by", Option::<String>::None)
        .value("held_until", 0_i64)
        .value("due_at", now)
        .to_owned();
    tx.conn().execute(&update).await.map(drop)
}

/// Asks for a round, and in it for a comparison where wanted; false when there is no such mirror.
pub(in crate::airtable) async fn wake_mirror(
    tx: &TenantTx,
    base: BaseId,
    now: Millis,
    wants_comparison: bool,
) -> Result<bool, DbErr> {
    let mut wake = update(tx, base).value("due_at", now).to_owned();
    if wants_comparison {
        wake.value("comparison_asked_at", now);
    }
    is_updated(tx, &wake).await
}

/// Stops a mirror, or continues it at once.
pub(in crate::airtable) async fn pause_mirror(
    tx: &TenantTx,
    base: BaseId,
    is_paused: bool,
    now: Millis,
) -> Result<bool, DbErr> {
    let update = update(tx, base)
        .value("is_paused", is_paused)
        .value("due_at", now)
        .to_owned();
    is_updated(tx, &update).await
}
