use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query, SelectStatement};
use sea_orm::{ConnectionTrait, DbErr, Order, QueryResult};
use secrecy::SecretString;

use super::bases::parse_id;
use crate::platform::clock::Millis;
use crate::platform::db::TenantTx;
use crate::platform::ids::{BaseId, ConnectionId, UserId, WorkspaceId};
use crate::platform::vault::{Place, TenantKey};

const CONNECTIONS: &str = "airtable_connections";
const OFFERS: &str = "airtable_offers";
const TOKEN: &str = "airtable_connections.token";

const COLUMNS: [&str; 10] = [
    "id",
    "workspace_id",
    "name",
    "token",
    "token_end",
    "account",
    "email",
    "scopes",
    "made_by",
    "made_at",
];

/// An account at Airtable that a workspace is connected to.
#[derive(Clone, Debug)]
pub(in crate::airtable) struct ConnectionRow {
    pub(in crate::airtable) id: ConnectionId,
    pub(in crate::airtable) workspace: WorkspaceId,
    pub(in crate::airtable) name: String,
    /// Sealed.
    pub(in crate::airtable) token: String,
    /// The last characters of the token.
    pub(in crate::airtable) token_end: String,
    /// The person at Airtable.
    pub(in crate::airtable) account: String,
    pub(in crate::airtable) email: Option<String>,
    /// What the token may do, as JSON, where Airtable told.
    pub(in crate::airtable) scopes: Option<String>,
    pub(in crate::airtable) made_by: UserId,
    pub(in crate::airtable) made_at: Millis,
}

impl ConnectionRow {
    /// Seals a token for its row.
    pub(in crate::airtable) fn seal(key: &TenantKey, id: ConnectionId, token: &str) -> String {
        let row = &id.to_string();
        key.seal(Place { kind: TOKEN, row }, token)
    }

    /// The token.
    pub(in crate::airtable) fn open(
        key: &TenantKey,
        id: ConnectionId,
        sealed: &str,
    ) -> Result<SecretString, DbErr> {
        let row = &id.to_string();
        let opened = key.open(Place { kind: TOKEN, row }, sealed);
        let opened = opened.map_err(|error| DbErr::Type(format!("{error} ({id})")))?;
        Ok(opened.into())
    }
}

/// A base at Airtable that is offered through a connection.
#[derive(Clone, Debug)]
pub(in crate::airtable) struct OfferRow {
    pub(in crate::airtable) base: BaseId,
    pub(in crate::airtable) connection: ConnectionId,
    pub(in crate::airtable) name: String,
    /// What the token may do in it: `read`, `comment`, `edit` or `create`.
    pub(in crate::airtable) level: String,
    /// What is offered of that: `read` or `write`.
    pub(in crate::airtable) access: String,
    /// What of it is hidden from its members, as JSON.
    pub(in crate::airtable) hidden: Option<String>,
    pub(in crate::airtable) made_at: Millis,
}

fn select_connections(tx: &TenantTx) -> SelectStatement {
    Query::select()
        .columns(COLUMNS)
        .from(CONNECTIONS)
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .order_by("id", Order::Asc)
        .to_owned()
}

fn connection(row: &QueryResult) -> Result<ConnectionRow, DbErr> {
    Ok(ConnectionRow {
        id: parse_id(row, "id")?,
        workspace: parse_id(row, "workspace_id")?,
        name: row.try_get("", "name")?,
        token: row.try_get("", "token")?,
        token_end: row.try_get("", "token_end")?,
        account: row.try_get("", "account")?,
        email: row.try_get("", "email")?,
        scopes: row.try_get("", "scopes")?,
        made_by: parse_id(row, "made_by")?,
        made_at: row.try_get("", "made_at")?,
    })
}

/// The connections of a tenant, oldest first.
pub(in crate::airtable) async fn list_connections(
    tx: &TenantTx,
) -> Result<Vec<ConnectionRow>, DbErr> {
    let rows = tx.conn().query_all(&select_connections(tx)).await?;
    rows.iter().map(connection).collect()
}

/// One connection.
pub(in crate::airtable) async fn find_connection(
    tx: &TenantTx,
    id: ConnectionId,
) -> Result<Option<ConnectionRow>, DbErr> {
    let select = select_connections(tx)
        .and_where(Expr::col("id").eq(id.to_string()))
        .to_owned();
    let row = tx.conn().query_one(&select).await?;
    row.as_ref().map(connection).transpose()
}

/// Lets nobody else change what is offered until the transaction ends.
pub(in crate::airtable) async fn lock_connections(tx: &TenantTx) -> Result<(), DbErr> {
    let select = Query::select()
        .column("id")
        .from(CONNECTIONS)
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .order_by("id", Order::Asc)
        .lock_exclusive()
        .to_owned();
    tx.conn().query_all(&select).await.map(drop)
}

/// Adds a connection.
pub(in crate::airtable) async fn insert_connection(
    tx: &TenantTx,
    row: &ConnectionRow,
) -> Result<(), DbErr> {
    let insert = Query::insert()
        .into_table(CONNECTIONS)
        .columns(["tenant_id"].into_iter().chain(COLUMNS))
        .values_panic([
            tx.tenant().to_string().into(),
            row.id.to_string().into(),
            row.workspace.to_string().into(),
            row.name.as_str().into(),
            row.token.as_str().into(),
            row.token_end.as_str().into(),
            row.account.as_str().into(),
            row.email.clone().into(),
            row.scopes.clone().into(),
            row.made_by.to_string().into(),
            row.made_at.into(),
        ])
        .to_owned();
    tx.conn().execute(&insert).await.map(drop)
}

/// Removes a connection with what is offered through it; false when there is none.
pub(in crate::airtable) async fn delete_connection(
    tx: &TenantTx,
    id: ConnectionId,
) -> Result<bool, DbErr> {
    let delete = Query::delete()
        .from_table(CONNECTIONS)
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .and_where(Expr::col("id").eq(id.to_string()))
        .to_owned();
    Ok(tx.conn().execute(&delete).await?.rows_affected() == 1)
}

/// What is offered to a tenant, by id.
pub(in crate::airtable) async fn list_offers(tx: &TenantTx) -> Result<Vec<OfferRow>, DbErr> {
    let select = Query::select()
        .columns([
            "base_id",
            "connection_id",
            "name",
            "level",
            "access",
            "hidden",
            "made_at",
        ])
        .from(OFFERS)
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .order_by("base_id", Order::Asc)
        .to_owned();
    let rows = tx.conn().query_all(&select).await?;
    let offer = |row: &QueryResult| {
        Ok(OfferRow {
            base: parse_id(row, "base_id")?,
            connection: parse_id(row, "connection_id")?,
            name: row.try_get("", "name")?,
            level: row.try_get("", "level")?,
            access: row.try_get("", "access")?,
            hidden: row.try_get("", "hidden")?,
            made_at: row.try_get("", "made_at")?,
        })
    };
    rows.iter().map(offer).collect()
}

/// Offers a base, or changes how.
pub(in crate::airtable) async fn put_offer(tx: &TenantTx, row: &OfferRow) -> Result<(), DbErr> {
    let same = OnConflict::columns(["tenant_id", "base_id"])
        .update_columns(["connection_id", "name", "level", "access", "hidden"])
        .to_owned();
    let insert = Query::insert()
        .into_table(OFFERS)
        .columns([
            "tenant_id",
            "base_id",
            "connection_id",
            "name",
            "level",
            "access",
            "hidden",
            "made_at",
        ])
        .values_panic([
            tx.tenant().to_string().into(),
            row.base.to_string().into(),
            row.connection.to_string().into(),
            row.name.as_str().into(),
            row.level.as_str().into(),
            row.access.as_str().into(),
            row.hidden.clone().into(),
            row.made_at.into(),
        ])
        .on_conflict(same)
        .to_owned();
    tx.conn().execute(&insert).await.map(drop)
}

/// Offers a base no longer.
pub(in crate::airtable) async fn delete_offer(tx: &TenantTx, base: BaseId) -> Result<(), DbErr> {
    let delete = Query::delete()
        .from_table(OFFERS)
        .and_where(Expr::col("tenant_id").eq(tx.tenant().to_string()))
        .and_where(Expr::col("base_id").eq(base.to_string()))
        .to_owned();
    tx.conn().execute(&delete).await.map(drop)
}
