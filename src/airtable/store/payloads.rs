use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ConnectionTrait, DbErr, Order, QueryResult, Statement};

use super::INSERT_ROWS;
use super::images::BATCH;
use crate::platform::clock::Millis;
use crate::platform::db::{SystemTx, TenantTx};
use crate::platform::ids::{BaseId, TransactionId, WebhookId};
use crate::platform::vault::{Place, TenantKey};

const PAYLOADS: &str = "airtable_webhook_payloads";
const BODY: &str = "airtable_webhook_payloads.body";

const DELETE_OLD: &str = "DELETE FROM airtable_webhook_payloads \
    WHERE (tenant_id, webhook_id, number) IN \
      (SELECT tenant_id, webhook_id, number FROM airtable_webhook_payloads WHERE at < $1 LIMIT $2)";

/// What one transaction is to one webhook.
pub(in crate::airtable) struct PayloadRow {
    pub(in crate::airtable) number: i64,
    pub(in crate::airtable) txn: TransactionId,
    /// The transaction's last entry in the change log.
    pub(in crate::airtable) last_seq: i64,
    pub(in crate::airtable) at: Millis,
    /// The payload as JSON; `None` when the images that it was made of have been erased.
    pub(in crate::airtable) body: Option<String>,
}

/// Adds payloads of a webhook; they are copies of images and sealed as those are.
pub(in crate::airtable) async fn insert_payloads(
    tx: &TenantTx,
    (base, webhook): (BaseId, WebhookId),
    key: &TenantKey,
    payloads: &[PayloadRow],
) -> Result<(), DbErr> {
    for chunk in payloads.chunks(INSERT_ROWS) {
        let mut insert = Query::insert()
            .into_table(PAYLOADS)
            .columns([
                "tenant_id",
                "webhook_id",
                "number",
                "base_id",
                "txn",
                "last_seq",
                "at",
                "body",
            ])
            .to_owned();
        for payload in chunk {
            let row = &place(webhook, payload.number);
            let body = payload.body.as_deref();
            let sealed = body.map(|body| key.seal(Place { kind: BODY, row }, body));
            insert.values_panic([
                tx.tenant().to_string().into(),
                webhook.to_string().into(),
                payload.number.into(),
                base.to_string().into(),
                payload.txn.to_string().into(),
                payload.last_seq.into(),
                payload.at.into(),
                sealed.into(),
            ]);
        }
        tx.conn().execute(&insert).await?;
    }
    Ok(())
}

/// Payloads of a webhook from a number on and not older than a time, in order.
pub(in crate::airtable) async fn list_payloads(
    tx: &TenantTx,
    webhook: WebhookId,
    key: &TenantKey,
    (from, since): (i64, Millis),
    limit: u64,
) -> Result<Vec<PayloadRow>, DbErr> {
    let select = Query::select()
        .columns(["number", "txn", "last_seq", "at", "body"])
        .from(PAYLOADS)
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .and_where(Expr::col("webhook_id").eq(webhook.to_string()))
        .and_where(Expr::col("number").gte(from))
        .and_where(Expr::col("at").gte(since))
        .order_by("number", Order::Asc)
        .limit(limit)
        .to_owned();
    let rows = tx.conn().query_all(&select).await?;
    rows.iter().map(|row| payload(row, webhook, key)).collect()
}

fn payload(row: &QueryResult, webhook: WebhookId, key: &TenantKey) -> Result<PayloadRow, DbErr> {
    let number = row.try_get("", "number")?;
    let sealed: Option<String> = row.try_get("", "body")?;
    let place = &place(webhook, number);
    let open = |sealed: &str| {
        let row = place;
        let opened = key.open(Place { kind: BODY, row }, sealed);
        opened.map_err(|error| DbErr::Type(format!("{error} ({row})")))
    };
    Ok(PayloadRow {
        number,
        txn: super::bases::parse_id(row, "txn")?,
        last_seq: row.try_get("", "last_seq")?,
        at: row.try_get("", "at")?,
        body: sealed.as_deref().map(open).transpose()?,
    })
}

fn place(webhook: WebhookId, number: i64) -> String {
    format!("{webhook}/{number}")
}

/// Takes the bodies out of a base's payloads up to an entry of its change log.
pub(in crate::airtable) async fn erase_payloads(
    tx: &TenantTx,
    base: BaseId,
    through: i64,
) -> Result<(), DbErr> {
    let update = Query::update()
        .table(PAYLOADS)
        .value("body", Option::<String>::None)
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .and_where(Expr::col("base_id").eq(base.to_string()))
        .and_where(Expr::col("last_seq").lte(through))
        .and_where(Expr::col("body").is_not_null())
        .to_owned();
    tx.conn().execute(&update).await.map(drop)
}

/// Deletes some of the payloads of all tenants from before a time; zero when none are left.
pub(in crate::airtable) async fn delete_old_payloads(
    tx: &SystemTx,
    before: Millis,
) -> Result<u64, DbErr> {
    let backend = tx.conn().get_database_backend();
    let values = [before.into(), BATCH.into()];
    let delete = Statement::from_sql_and_values(backend, DELETE_OLD, values);
    Ok(tx.conn().execute_raw(delete).await?.rows_affected())
}
