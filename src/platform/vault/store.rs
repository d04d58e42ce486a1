use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement, Value};

use crate::platform::clock::Millis;
use crate::platform::db::Db;
use crate::platform::ids::TenantId;

const MARK: &str =
    "INSERT INTO vault_instance (one, key_name) VALUES (1, $1) ON CONFLICT DO NOTHING";
const MARKED: &str = "SELECT key_name FROM vault_instance";
const KEYS: &str =
    "SELECT version, wrapped, wrapped_by FROM vault_keys WHERE tenant_id = $1 ORDER BY version";
const INSERT: &str = "INSERT INTO vault_keys (tenant_id, version, wrapped, wrapped_by, made_at) \
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";

/// A data key as it lies in the database.
pub(super) struct KeyRow {
    pub(super) version: i64,
    pub(super) wrapped: Vec<u8>,
    /// Names the instance key that it is sealed with.
    pub(super) wrapped_by: String,
}

fn statement(connection: &impl ConnectionTrait, sql: &str, values: Vec<Value>) -> Statement {
    Statement::from_sql_and_values(connection.get_database_backend(), sql, values)
}

/// The name of the instance key that the database is sealed with.
pub(super) async fn marked(db: &Db) -> Result<Option<String>, DbErr> {
    let tx = db.system_read().await?;
    let select = statement(tx.conn(), MARKED, Vec::new());
    let row = tx.conn().query_one_raw(select).await?;
    row.map(|row| row.try_get("", "key_name")).transpose()
}

/// Names the instance key of a database that has none yet.
pub(super) async fn mark(db: &Db, name: &str) -> Result<(), DbErr> {
    let tx = db.system().await?;
    let insert = statement(tx.conn(), MARK, vec![name.into()]);
    tx.conn().execute_raw(insert).await?;
    tx.commit().await
}

/// The data keys of a tenant, oldest first.
pub(super) async fn keys_of(db: &Db, tenant: TenantId) -> Result<Vec<KeyRow>, DbErr> {
    let tx = db.read(tenant).await?;
    let select = statement(tx.conn(), KEYS, vec![tenant.to_string().into()]);
    let rows = tx.conn().query_all_raw(select).await?;
    rows.iter().map(key_row).collect()
}

/// Adds a data key, unless the tenant has this version.
pub(super) async fn insert_key(
    db: &Db,
    tenant: TenantId,
    row: &KeyRow,
    now: Millis,
) -> Result<(), DbErr> {
    let values = vec![
        tenant.to_string().into(),
        row.version.into(),
        BASE64_STANDARD_NO_PAD.encode(&row.wrapped).into(),
        row.wrapped_by.as_str().into(),
        now.into(),
    ];
    let tx = db.begin(tenant).await?;
    tx.conn()
        .execute_raw(statement(tx.conn(), INSERT, values))
        .await?;
    tx.commit().await
}

fn key_row(row: &QueryResult) -> Result<KeyRow, DbErr> {
    let wrapped: String = row.try_get("", "wrapped")?;
    // What is no key any more does not open, and is told as that.
    let wrapped = BASE64_STANDARD_NO_PAD.decode(wrapped).unwrap_or_default();
    Ok(KeyRow {
        version: row.try_get("", "version")?,
        wrapped,
        wrapped_by: row.try_get("", "wrapped_by")?,
    })
}
