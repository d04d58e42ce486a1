use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, QueryFilter};

use super::entity::link;
use super::parsed;
use crate::platform::clock::Millis;
use crate::platform::db::{Conn, SystemTx, TenantTx};
use crate::platform::ids::{TenantId, UserId};

/// What a one-time link is good for; no other use accepts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Setup,
    Invite,
}

impl Purpose {
    fn as_str(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::Invite => "invite",
        }
    }
}

/// A one-time link that is neither used nor expired.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) hash: String,
    pub(crate) tenant: TenantId,
    pub(crate) user: Option<UserId>,
    /// What the tenant calls the person it invites.
    pub(crate) name: Option<String>,
}

pub(crate) async fn insert_link(
    conn: &Conn,
    link: &Link,
    purpose: Purpose,
    now: Millis,
    expires_at: Millis,
) -> Result<(), DbErr> {
    let row = link::ActiveModel {
        token_hash: Set(link.hash.clone()),
        tenant_id: Set(link.tenant.to_string()),
        user_id: Set(link.user.map(|user| user.to_string())),
        purpose: Set(purpose.as_str().to_owned()),
        created_at: Set(now),
        expires_at: Set(expires_at),
        used_at: Set(None),
        name: Set(link.name.clone()),
    };
    link::Entity::insert(row)
        .exec_without_returning(conn)
        .await
        .map(drop)
}

/// The link with this hash and purpose, if it can still be used.
pub(crate) async fn find_link(
    tx: &SystemTx,
    hash: &str,
    purpose: Purpose,
    now: Millis,
) -> Result<Option<Link>, DbErr> {
    let row = link::Entity::find_by_id(hash)
        .filter(link::Column::Purpose.eq(purpose.as_str()))
        .filter(link::Column::UsedAt.is_null())
        .filter(link::Column::ExpiresAt.gt(now))
        .one(tx.conn())
        .await?;
    row.map(|row| {
        let user = row.user_id.as_deref().map(parsed).transpose()?;
        Ok(Link {
            hash: row.token_hash,
            tenant: parsed(&row.tenant_id)?,
            user,
            name: row.name,
        })
    })
    .transpose()
}

/// Uses a link up; false when somebody else was faster.
pub(crate) async fn consume_link(conn: &Conn, link: &Link, now: Millis) -> Result<bool, DbErr> {
    let update = link::Entity::update_many()
        .col_expr(link::Column::UsedAt, Expr::value(now))
        .filter(link::Column::TokenHash.eq(link.hash.as_str()))
        .filter(link::Column::TenantId.eq(link.tenant.to_string()))
        .filter(link::Column::UsedAt.is_null());
    Ok(update.exec(conn).await?.rows_affected == 1)
}

/// Withdraws every set-up link that was not used.
pub(crate) async fn delete_setup_links(tx: &SystemTx) -> Result<(), DbErr> {
    link::Entity::delete_many()
        .filter(link::Column::Purpose.eq(Purpose::Setup.as_str()))
        .filter(link::Column::UsedAt.is_null())
        .exec(tx.conn())
        .await
        .map(drop)
}

/// Withdraws the unused invitations of a person.
pub(crate) async fn withdraw_invites(tx: &TenantTx, user: UserId) -> Result<(), DbErr> {
    link::Entity::delete_many()
        .filter(link::Column::TenantId.eq(tx.tenant().to_string()))
        .filter(link::Column::UserId.eq(user.to_string()))
        .filter(link::Column::UsedAt.is_null())
        .exec(tx.conn())
        .await
        .map(drop)
}
