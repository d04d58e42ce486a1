use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement, UpdateStatement};
use sea_orm::{ConnectionTrait, DbErr, Order, QueryResult};

use super::bases::{optional_id, parse_id};
use crate::platform::clock::Millis;
use crate::platform::db::{SystemTx, TenantTx};
use crate::platform::ids::{BaseId, RunId, TableId, UserId, WebhookId};
use crate::platform::vault::{Place, TenantKey};

const HOOKS: &str = "airtable_webhooks";
const SECRET: &str = "airtable_webhooks.secret";
const URL: &str = "airtable_webhooks.url";

const COLUMNS: [&str; 15] = [
    "id",
    "base_id",
    "specification",
    "scope_table",
    "url",
    "secret",
    "made_by",
    "made_at",
    "expires_at",
    "is_notifying",
    "log_seq",
    "next_number",
    "ping_run",
    "succeeded_at",
    "last_result",
];

/// A webhook of a base.
#[derive(Clone, Debug)]
pub(in crate::airtable) struct WebhookRow {
    pub(in crate::airtable) id: WebhookId,
    pub(in crate::airtable) base: BaseId,
    /// As JSON.
    pub(in crate::airtable) specification: String,
    /// The table that is watched, or that the watched view lies in.
    pub(in crate::airtable) scope_table: Option<TableId>,
    /// Where pings go, sealed: such a URL often is a credential.
    pub(in crate::airtable) url: Option<String>,
    /// What signs pings, sealed.
    pub(in crate::airtable) secret: String,
    pub(in crate::airtable) made_by: UserId,
    pub(in crate::airtable) made_at: Millis,
    pub(in crate::airtable) expires_at: Millis,
    pub(in crate::airtable) is_notifying: bool,
    /// The last entry of the change log that was looked at.
    pub(in crate::airtable) log_seq: i64,
    /// The number of the next payload.
    pub(in crate::airtable) next_number: i64,
    /// The run that owes the next ping.
    pub(in crate::airtable) ping_run: Option<RunId>,
    pub(in crate::airtable) succeeded_at: Option<Millis>,
    /// How the last ping went, as JSON.
    pub(in crate::airtable) last_result: Option<String>,
}

impl WebhookRow {
    /// Seals a secret for its row.
    pub(in crate::airtable) fn seal_secret(key: &TenantKey, id: WebhookId, secret: &str) -> String {
        seal(key, SECRET, id, secret)
    }

    /// Seals a URL for its row.
    pub(in crate::airtable) fn seal_url(key: &TenantKey, id: WebhookId, url: &str) -> String {
        seal(key, URL, id, url)
    }

    /// What signs pings.
    pub(in crate::airtable) fn open_secret(&self, key: &TenantKey) -> Result<String, DbErr> {
        open(key, SECRET, self.id, &self.secret)
    }

    /// Where pings go.
    pub(in crate::airtable) fn open_url(&self, key: &TenantKey) -> Result<Option<String>, DbErr> {
        let url = self.url.as_deref();
        url.map(|url| open(key, URL, self.id, url)).transpose()
    }
}

fn seal(key: &TenantKey, kind: &str, id: WebhookId, text: &str) -> String {
    let row = &id.to_string();
    key.seal(Place { kind, row }, text)
}

fn open(key: &TenantKey, kind: &str, id: WebhookId, sealed: &str) -> Result<String, DbErr> {
    let row = &id.to_string();
    let opened = key.open(Place { kind, row }, sealed);
    opened.map_err(|error| DbErr::Type(format!("{error} ({id})")))
}

fn select_webhooks(tx: &TenantTx, base: BaseId) -> SelectStatement {
    Query::select()
        .columns(COLUMNS)
        .from(HOOKS)
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .and_where(Expr::col("base_id").eq(base.to_string()))
        .order_by("id", Order::Asc)
        .to_owned()
}

fn webhook(row: &QueryResult) -> Result<WebhookRow, DbErr> {
    Ok(WebhookRow {
        id: parse_id(row, "id")?,
        base: parse_id(row, "base_id")?,
        specification: row.try_get("", "specification")?,
        scope_table: optional_id(row, "scope_table")?,
        url: row.try_get("", "url")?,
        secret: row.try_get("", "secret")?,
        made_by: parse_id(row, "made_by")?,
        made_at: row.try_get("", "made_at")?,
        expires_at: row.try_get("", "expires_at")?,
        is_notifying: row.try_get("", "is_notifying")?,
        log_seq: row.try_get("", "log_seq")?,
        next_number: row.try_get("", "next_number")?,
        ping_run: optional_id(row, "ping_run")?,
        succeeded_at: row.try_get("", "succeeded_at")?,
        last_result: row.try_get("", "last_result")?,
    })
}

/// The webhooks of a base, oldest first.
pub(in crate::airtable) async fn list_webhooks(
    tx: &TenantTx,
    base: BaseId,
) -> Result<Vec<WebhookRow>, DbErr> {
    let rows = tx.conn().query_all(&select_webhooks(tx, base)).await?;
    rows.iter().map(webhook).collect()
}

/// One webhook of a base.
pub(in crate::airtable) async fn find_webhook(
    tx: &TenantTx,
    base: BaseId,
    id: WebhookId,
) -> Result<Option<WebhookRow>, DbErr> {
    let select = select_webhooks(tx, base)
        .and_where(Expr::col("id").eq(id.to_string()))
        .to_owned();
    let row = tx.conn().query_one(&select).await?;
    row.as_ref().map(webhook).transpose()
}

/// Adds a webhook.
pub(in crate::airtable) async fn insert_webhook(
    tx: &TenantTx,
    row: &WebhookRow,
) -> Result<(), DbErr> {
    let insert = Query::insert()
        .into_table(HOOKS)
        .columns(["tenant_id"].into_iter().chain(COLUMNS))
        .values_panic([
            tx.tenant().to_string().into(),
            row.id.to_string().into(),
            row.base.to_string().into(),
            row.specification.as_str().into(),
            row.scope_table.map(|id| id.to_string()).into(),
            row.url.clone().into(),
            row.secret.as_str().into(),
            row.made_by.to_string().into(),
            row.made_at.into(),
            row.expires_at.into(),
            row.is_notifying.into(),
            row.log_seq.into(),
            row.next_number.into(),
            row.ping_run.map(|id| id.to_string()).into(),
            row.succeeded_at.into(),
            row.last_result.clone().into(),
        ])
        .to_owned();
    tx.conn().execute(&insert).await.map(drop)
}

/// Removes a webhook with its payloads; false when there is none.
pub(in crate::airtable) async fn delete_webhook(
    tx: &TenantTx,
    base: BaseId,
    id: WebhookId,
) -> Result<bool, DbErr> {
    let delete = Query::delete()
        .from_table(HOOKS)
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .and_where(Expr::col("base_id").eq(base.to_string()))
        .and_where(Expr::col("id").eq(id.to_string()))
        .to_owned();
    Ok(tx.conn().execute(&delete).await?.rows_affected() == 1)
}

fn update_webhook(tx: &TenantTx, id: WebhookId) -> UpdateStatement {
    Query::update()
        .table(HOOKS)
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .and_where(Expr::col("id").eq(id.to_string()))
        .to_owned()
}

async fn is_updated(tx: &TenantTx, update: &UpdateStatement) -> Result<bool, DbErr> {
    Ok(tx.conn().execute(update).await?.rows_affected() == 1)
}

/// Lets a webhook that is not over live until a time; false when it is over.
pub(in crate::airtable) async fn extend_webhook(
    tx: &TenantTx,
    id: WebhookId,
    (now, expires_at): (Millis, Millis),
) -> Result<bool, DbErr> {
    let update = update_webhook(tx, id)
        .value("expires_at", expires_at)
        .and_where(Expr::col("expires_at").gt(now))
        .to_owned();
    is_updated(tx, &update).await
}

/// Switches pings on or off; a ping that is owed is given up.
pub(in crate::airtable) async fn set_notifying(
    tx: &TenantTx,
    id: WebhookId,
    is_notifying: bool,
) -> Result<bool, DbErr> {
    let update = update_webhook(tx, id)
        .value("is_notifying", is_notifying)
        .value("ping_run", Option::<String>::None)
        .to_owned();
    is_updated(tx, &update).await
}

/// Moves a webhook on from where it was read; false when somebody else has done so meanwhile.
pub(in crate::airtable) async fn advance_webhook(
    tx: &TenantTx,
    read: &WebhookRow,
    (log_seq, next_number, expires_at): (i64, i64, Option<Millis>),
) -> Result<bool, DbErr> {
    let mut update = update_webhook(tx, read.id)
        .value("log_seq", log_seq)
        .value("next_number", next_number)
        .and_where(Expr::col("log_seq").eq(read.log_seq))
        .and_where(Expr::col("next_number").eq(read.next_number))
        .to_owned();
    if let Some(expires_at) = expires_at {
        update.value("expires_at", expires_at);
    }
    is_updated(tx, &update).await
}

/// Notes which run owes the next ping.
pub(in crate::airtable) async fn owe_ping(
    tx: &TenantTx,
    id: WebhookId,
    run: RunId,
) -> Result<(), DbErr> {
    let update = update_webhook(tx, id)
        .value("ping_run", run.to_string())
        .to_owned();
    is_updated(tx, &update).await.map(drop)
}

/// How a ping went.
pub(in crate::airtable) struct PingOutcome {
    /// As JSON.
    pub(in crate::airtable) result: String,
    /// When it arrived.
    pub(in crate::airtable) succeeded_at: Option<Millis>,
    /// No further attempt is made.
    pub(in crate::airtable) is_last: bool,
}

/// Notes how a ping went; false where another run owes it by now. The last failure ends notifications.
pub(in crate::airtable) async fn note_ping(
    tx: &TenantTx,
    id: WebhookId,
    run: RunId,
    outcome: &PingOutcome,
) -> Result<bool, DbErr> {
    let mut update = update_webhook(tx, id)
        .value("last_result", outcome.result.as_str())
        .and_where(Expr::col("ping_run").eq(run.to_string()))
        .to_owned();
    if let Some(at) = outcome.succeeded_at {
        update.value("succeeded_at", at);
    }
    if outcome.is_last {
        update.value("ping_run", Option::<String>::None);
        if outcome.succeeded_at.is_none() {
            update.value("is_notifying", false);
        }
    }
    is_updated(tx, &update).await
}

/// Deletes the webhooks of all tenants that were over before a time, with their payloads.
pub(in crate::airtable) async fn delete_webhooks_over(
    tx: &SystemTx,
    before: Millis,
) -> Result<u64, DbErr> {
    let delete = Query::delete()
        .from_table(HOOKS)
        .and_where(Expr::col("expires_at").lt(before))
        .to_owned();
    Ok(tx.conn().execute(&delete).await?.rows_affected())
}
