use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QuerySelect,
};

use super::entity::session;
use super::parsed;
use crate::platform::clock::Millis;
use crate::platform::db::SystemTx;
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
    };
    session::Entity::insert(row)
        .exec_without_returning(tx.conn())
        .await
        .map(drop)
}

pub(crate) async fn find_session(tx: &SystemTx, id: SessionId) -> Result<Option<Session>, DbErr> {
    let row = session::Entity::find_by_id(id.to_string())
        .one(tx.conn())
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

/// Puts a successor in the place of the session's refresh token.
pub(crate) async fn rotate_session(
    tx: &SystemTx,
    session: &Session,
    successor_hash: String,
    now: Millis,
    idle_expires_at: Millis,
) -> Result<(), DbErr> {
    session::Entity::update_many()
        .col_expr(session::Column::RefreshHash, Expr::value(successor_hash))
        .col_expr(
            session::Column::PreviousHash,
            Expr::value(session.refresh_hash.clone()),
        )
        .col_expr(session::Column::RotatedAt, Expr::value(now))
        .col_expr(session::Column::IdleExpiresAt, Expr::value(idle_expires_at))
        .filter(session::Column::Id.eq(session.id.to_string()))
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
    tx: &SystemTx,
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
    update.exec(tx.conn()).await.map(drop)
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
