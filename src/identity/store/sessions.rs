use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::entity::session;
use super::parsed;
use crate::platform::clock::Millis;
use crate::platform::db::{Conn, SystemTx};
use crate::platform::ids::{SessionId, TenantId, UserId};

/// A sign-in and the family of its refresh tokens.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) id: SessionId,
    pub(crate) tenant: TenantId,
    pub(crate) user: UserId,
    pub(crate) refresh_hash: String,
    pub(crate) previous_hash: Option<String>,
    pub(crate) rotated_at: Millis,
    pub(crate) created_at: Millis,
    pub(crate) idle_expires_at: Millis,
    pub(crate) expires_at: Millis,
    pub(crate) is_revoked: bool,
    /// When the password was last proved.
    pub(crate) authenticated_at: Millis,
    /// What the client calls itself.
    pub(crate) client: String,
}

impl Session {
    fn from_row(row: session::Model) -> Result<Self, DbErr> {
        Ok(Self {
            id: parsed(&row.id)?,
            tenant: parsed(&row.tenant_id)?,
            user: parsed(&row.user_id)?,
            refresh_hash: row.refresh_hash,
            previous_hash: row.previous_hash,
            rotated_at: row.rotated_at,
            created_at: row.created_at,
            idle_expires_at: row.idle_expires_at,
            expires_at: row.expires_at,
            is_revoked: row.revoked_at.is_some(),
            authenticated_at: row.authenticated_at,
            client: row.client,
        })
    }

    /// Whether the session can still be used.
    pub(crate) fn is_live(&self, now: Millis) -> bool {
        !self.is_revoked && now < self.idle_expires_at && now < self.expires_at
    }
}

pub(crate) async fn insert_session(tx: &SystemTx, session: &Session) -> Result<(), DbErr> {
    let row = session::ActiveModel {
        id: Set(session.id.to_string()),
        tenant_id: Set(session.tenant.to_string()),
        user_id: Set(session.user.to_string()),
        refresh_hash: Set(session.refresh_hash.clone()),
        previous_hash: Set(None),
        rotated_at: Set(session.rotated_at),
        created_at: Set(session.created_at),
        idle_expires_at: Set(session.idle_expires_at),
        expires_at: Set(session.expires_at),
        revoked_at: Set(None),
        authenticated_at: Set(session.authenticated_at),
        client: Set(session.client.clone()),
    };
    session::Entity::insert(row)
        .exec_without_returning(tx.conn())
        .await
        .map(drop)
}

pub(crate) async fn find_session(conn: &Conn, id: SessionId) -> Result<Option<Session>, DbErr> {
    let row = session::Entity::find_by_id(id.to_string())
        .one(conn)
        .await?;
    row.map(Session::from_row).transpose()
}

/// The session, kept from other writers until the transaction ends.
pub(crate) async fn lock_session(tx: &SystemTx, id: SessionId) -> Result<Option<Session>, DbErr> {
    let row = session::Entity::find_by_id(id.to_string())
        .lock_exclusive()
        .one(tx.conn())
        .await?;
    row.map(Session::from_row).transpose()
}

/// A person's sessions that can still be used, in one tenant or in all, newest first.
pub(crate) async fn live_sessions_of(
    conn: &Conn,
    user: UserId,
    tenant: Option<TenantId>,
    now: Millis,
) -> Result<Vec<Session>, DbErr> {
    let mut query = session::Entity::find()
        .filter(session::Column::UserId.eq(user.to_string()))
        .filter(session::Column::RevokedAt.is_null())
        .filter(session::Column::IdleExpiresAt.gt(now))
        .filter(session::Column::ExpiresAt.gt(now))
        .order_by_desc(session::Column::CreatedAt)
        .order_by_desc(session::Column::Id);
    if let Some(tenant) = tenant {
        query = query.filter(session::Column::TenantId.eq(tenant.to_string()));
    }
    let rows = query.all(conn).await?;
    rows.into_iter().map(Session::from_row).collect()
}

/// Stores what a refresh renewed.
pub(crate) async fn rotate_session(tx: &SystemTx, renewed: &Session) -> Result<(), DbErr> {
    let row = session::ActiveModel {
        refresh_hash: Set(renewed.refresh_hash.clone()),
        previous_hash: Set(renewed.previous_hash.clone()),
        rotated_at: Set(renewed.rotated_at),
        idle_expires_at: Set(renewed.idle_expires_at),
        client: Set(renewed.client.clone()),
        ..Default::default()
    };
    session::Entity::update_many()
        .set(row)
        .filter(session::Column::Id.eq(renewed.id.to_string()))
        .exec(tx.conn())
        .await
        .map(drop)
}

/// Ends one session; its tokens fail from now on.
pub(crate) async fn end_session(tx: &SystemTx, id: SessionId, now: Millis) -> Result<(), DbErr> {
    session::Entity::update_many()
        .col_expr(session::Column::RevokedAt, Expr::value(now))
        .filter(session::Column::Id.eq(id.to_string()))
        .filter(session::Column::RevokedAt.is_null())
        .exec(tx.conn())
        .await
        .map(drop)
}

/// Ends a person's sessions, in one tenant or in all, but for the one to keep.
pub(crate) async fn end_sessions_of(
    conn: &Conn,
    user: UserId,
    tenant: Option<TenantId>,
    keep: Option<SessionId>,
    now: Millis,
) -> Result<(), DbErr> {
    let mut update = session::Entity::update_many()
        .col_expr(session::Column::RevokedAt, Expr::value(now))
        .filter(session::Column::UserId.eq(user.to_string()))
        .filter(session::Column::RevokedAt.is_null());
    if let Some(tenant) = tenant {
        update = update.filter(session::Column::TenantId.eq(tenant.to_string()));
    }
    if let Some(keep) = keep {
        update = update.filter(session::Column::Id.ne(keep.to_string()));
    }
    update.exec(conn).await.map(drop)
}

/// Deletes sessions that ended before a time.
pub(crate) async fn delete_dead_sessions(tx: &SystemTx, before: Millis) -> Result<u64, DbErr> {
    let dead = Condition::any()
        .add(session::Column::ExpiresAt.lt(before))
        .add(session::Column::IdleExpiresAt.lt(before))
        .add(session::Column::RevokedAt.lt(before));
    let deleted = session::Entity::delete_many()
        .filter(dead)
        .exec(tx.conn())
        .await?;
    Ok(deleted.rows_affected)
}
