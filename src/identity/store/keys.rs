use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};

use super::entity::api_key;
use super::parsed;
use crate::contracts::{Scope, ScopeSet};
use crate::platform::clock::Millis;
use crate::platform::db::{Conn, SystemTx, TenantTx};
use crate::platform::ids::{ApiKeyId, TenantId, UserId};

/// An API key without its secret.
#[derive(Clone, Debug)]
pub(crate) struct ApiKey {
    pub(crate) id: ApiKeyId,
    pub(crate) tenant: TenantId,
    pub(crate) user: UserId,
    pub(crate) name: String,
    pub(crate) secret_hash: String,
    pub(crate) scopes: ScopeSet,
    pub(crate) created_at: Millis,
    pub(crate) expires_at: Option<Millis>,
    pub(crate) last_used_at: Option<Millis>,
    pub(crate) records_changes: bool,
}

impl ApiKey {
    fn from_row(row: api_key::Model) -> Result<Self, DbErr> {
        Ok(Self {
            id: parsed(&row.id)?,
            tenant: parsed(&row.tenant_id)?,
            user: parsed(&row.user_id)?,
            name: row.name,
            secret_hash: row.secret_hash,
            // A scope that this version does not know gives no right.
            scopes: row
                .scopes
                .split(',')
                .filter_map(|scope| scope.parse::<Scope>().ok())
                .collect(),
            created_at: row.created_at,
            expires_at: row.expires_at,
            last_used_at: row.last_used_at,
            records_changes: row.records_changes,
        })
    }
}

pub(crate) async fn insert_key(tx: &TenantTx, key: &ApiKey) -> Result<(), DbErr> {
    let row = api_key::ActiveModel {
        id: Set(key.id.to_string()),
        tenant_id: Set(tx.tenant().to_string()),
        user_id: Set(key.user.to_string()),
        name: Set(key.name.clone()),
        secret_hash: Set(key.secret_hash.clone()),
        scopes: Set(key.scopes.to_string()),
        created_at: Set(key.created_at),
        expires_at: Set(key.expires_at),
        revoked_at: Set(None),
        last_used_at: Set(None),
        records_changes: Set(key.records_changes),
    };
    api_key::Entity::insert(row)
        .exec_without_returning(tx.conn())
        .await
        .map(drop)
}

/// A person's keys that are not revoked, oldest first.
pub(crate) async fn list_keys(tx: &TenantTx, user: UserId) -> Result<Vec<ApiKey>, DbErr> {
    let rows = api_key::Entity::find()
        .filter(api_key::Column::TenantId.eq(tx.tenant().to_string()))
        .filter(api_key::Column::UserId.eq(user.to_string()))
        .filter(api_key::Column::RevokedAt.is_null())
        .order_by_asc(api_key::Column::CreatedAt)
        .order_by_asc(api_key::Column::Id)
        .all(tx.conn())
        .await?;
    rows.into_iter().map(ApiKey::from_row).collect()
}

/// The key that a caller names, unless it is revoked.
pub(crate) async fn find_active_key(tx: &SystemTx, id: ApiKeyId) -> Result<Option<ApiKey>, DbErr> {
    let row = api_key::Entity::find_by_id(id.to_string())
        .filter(api_key::Column::RevokedAt.is_null())
        .one(tx.conn())
        .await?;
    row.map(ApiKey::from_row).transpose()
}

/// Revokes one key of a person; false when there is none.
pub(crate) async fn revoke_key(
    tx: &TenantTx,
    user: UserId,
    id: ApiKeyId,
    now: Millis,
) -> Result<bool, DbErr> {
    let update = api_key::Entity::update_many()
        .col_expr(api_key::Column::RevokedAt, Expr::value(now))
        .filter(api_key::Column::TenantId.eq(tx.tenant().to_string()))
        .filter(api_key::Column::UserId.eq(user.to_string()))
        .filter(api_key::Column::Id.eq(id.to_string()))
        .filter(api_key::Column::RevokedAt.is_null());
    Ok(update.exec(tx.conn()).await?.rows_affected == 1)
}

/// Revokes all keys that a person has in a tenant.
pub(crate) async fn revoke_keys_of(
    conn: &Conn,
    tenant: TenantId,
    user: UserId,
    now: Millis,
) -> Result<(), DbErr> {
    api_key::Entity::update_many()
        .col_expr(api_key::Column::RevokedAt, Expr::value(now))
        .filter(api_key::Column::TenantId.eq(tenant.to_string()))
        .filter(api_key::Column::UserId.eq(user.to_string()))
        .filter(api_key::Column::RevokedAt.is_null())
        .exec(conn)
        .await
        .map(drop)
}

/// Notes that keys were used.
pub(crate) async fn touch_keys(tx: &SystemTx, ids: &[ApiKeyId], now: Millis) -> Result<(), DbErr> {
    api_key::Entity::update_many()
        .col_expr(api_key::Column::LastUsedAt, Expr::value(now))
        .filter(api_key::Column::Id.is_in(ids.iter().map(ApiKeyId::to_string)))
        .exec(tx.conn())
        .await
        .map(drop)
}
