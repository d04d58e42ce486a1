use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::entity::{tenant, tenant_member};
use super::parsed;
use crate::contracts::TenantRole;
use crate::identity::names::Name;
use crate::platform::clock::Millis;
use crate::platform::db::{Conn, SystemTx, TenantTx};
use crate::platform::ids::{TenantId, UserId};

/// Whether a membership carries rights; only `Active` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MemberStatus {
    Active,
    Invited,
    Suspended,
}

impl MemberStatus {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Invited => "invited",
            Self::Suspended => "suspended",
        }
    }

    /// What is not known gives no right.
    pub(crate) fn read(text: &str) -> Self {
        match text {
            "active" => Self::Active,
            "invited" => Self::Invited,
            _ => Self::Suspended,
        }
    }
}

/// A person's part in a tenant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Membership {
    pub(crate) tenant: TenantId,
    pub(crate) role: TenantRole,
    pub(crate) status: MemberStatus,
}

impl Membership {
    fn from_row(row: &tenant_member::Model) -> Result<Self, DbErr> {
        Ok(Self {
            tenant: parsed(&row.tenant_id)?,
            role: read_role(&row.role),
            status: MemberStatus::read(&row.status),
        })
    }
}

fn read_role(text: &str) -> TenantRole {
    match text {
        "owner" => TenantRole::Owner,
        "admin" => TenantRole::Admin,
        _ => TenantRole::Member,
    }
}

pub(crate) async fn insert_tenant(tx: &TenantTx, name: &Name, now: Millis) -> Result<(), DbErr> {
    let row = tenant::ActiveModel {
        tenant_id: Set(tx.tenant().to_string()),
        name: Set(name.as_str().to_owned()),
        created_at: Set(now),
    };
    tenant::Entity::insert(row)
        .exec_without_returning(tx.conn())
        .await
        .map(drop)
}

pub(crate) async fn tenant_name(tx: &TenantTx) -> Result<String, DbErr> {
    let row = tenant::Entity::find_by_id(tx.tenant().to_string())
        .one(tx.conn())
        .await?;
    Ok(row.map(|row| row.name).unwrap_or_default())
}

/// The oldest tenant, for the command line.
pub(crate) async fn first_tenant(tx: &SystemTx) -> Result<Option<TenantId>, DbErr> {
    let oldest = tenant::Entity::find()
        .order_by_asc(tenant::Column::CreatedAt)
        .order_by_asc(tenant::Column::TenantId);
    let row = oldest.one(tx.conn()).await?;
    row.map(|row| parsed(&row.tenant_id)).transpose()
}

pub(crate) async fn insert_member(
    tx: &TenantTx,
    user: UserId,
    role: TenantRole,
    status: MemberStatus,
    now: Millis,
) -> Result<(), DbErr> {
    let row = tenant_member::ActiveModel {
        tenant_id: Set(tx.tenant().to_string()),
        user_id: Set(user.to_string()),
        role: Set(role.as_str().to_owned()),
        status: Set(status.as_str().to_owned()),
        created_at: Set(now),
    };
    tenant_member::Entity::insert(row)
        .exec_without_returning(tx.conn())
        .await
        .map(drop)
}

/// A person's part in the transaction's tenant.
pub(crate) async fn find_member(tx: &TenantTx, user: UserId) -> Result<Option<Membership>, DbErr> {
    membership_row(tx.conn(), tx.tenant(), user).await
}

/// A person's part in the tenant, kept from other writers until the transaction ends.
pub(crate) async fn lock_member(tx: &TenantTx, user: UserId) -> Result<Option<Membership>, DbErr> {
    lock_membership(tx.conn(), tx.tenant(), user).await
}

/// A person's part in a tenant, kept from other writers until the transaction ends.
pub(crate) async fn lock_membership(
    conn: &Conn,
    tenant: TenantId,
    user: UserId,
) -> Result<Option<Membership>, DbErr> {
    let key = (tenant.to_string(), user.to_string());
    let row = tenant_member::Entity::find_by_id(key)
        .lock_exclusive()
        .one(conn)
        .await?;
    row.as_ref().map(Membership::from_row).transpose()
}

/// A person's part in a tenant, for credentials that name both.
pub(crate) async fn membership(
    tx: &SystemTx,
    tenant: TenantId,
    user: UserId,
) -> Result<Option<Membership>, DbErr> {
    membership_row(tx.conn(), tenant, user).await
}

async fn membership_row(
    conn: &Conn,
    tenant: TenantId,
    user: UserId,
) -> Result<Option<Membership>, DbErr> {
    let key = (tenant.to_string(), user.to_string());
    let row = tenant_member::Entity::find_by_id(key).one(conn).await?;
    row.as_ref().map(Membership::from_row).transpose()
}

/// Everything a person actively belongs to, oldest first.
pub(crate) async fn active_memberships(
    tx: &SystemTx,
    user: UserId,
) -> Result<Vec<Membership>, DbErr> {
    let rows = tenant_member::Entity::find()
        .filter(tenant_member::Column::UserId.eq(user.to_string()))
        .filter(tenant_member::Column::Status.eq(MemberStatus::Active.as_str()))
        .order_by_asc(tenant_member::Column::CreatedAt)
        .order_by_asc(tenant_member::Column::TenantId)
        .all(tx.conn())
        .await?;
    rows.iter().map(Membership::from_row).collect()
}

/// The longest-standing active owner of a tenant.
pub(crate) async fn first_owner(tx: &SystemTx, tenant: TenantId) -> Result<Option<UserId>, DbErr> {
    let row = tenant_member::Entity::find()
        .filter(tenant_member::Column::TenantId.eq(tenant.to_string()))
        .filter(tenant_member::Column::Role.eq(TenantRole::Owner.as_str()))
        .filter(tenant_member::Column::Status.eq(MemberStatus::Active.as_str()))
        .order_by_asc(tenant_member::Column::CreatedAt)
        .one(tx.conn())
        .await?;
    row.map(|row| parsed(&row.user_id)).transpose()
}

/// Turns an invited membership into an active one; a suspended one stays.
pub(crate) async fn activate_member(
    tx: &SystemTx,
    tenant: TenantId,
    user: UserId,
) -> Result<bool, DbErr> {
    let update = tenant_member::Entity::update_many()
        .col_expr(
            tenant_member::Column::Status,
            Expr::value(MemberStatus::Active.as_str()),
        )
        .filter(tenant_member::Column::TenantId.eq(tenant.to_string()))
        .filter(tenant_member::Column::UserId.eq(user.to_string()))
        .filter(tenant_member::Column::Status.eq(MemberStatus::Invited.as_str()));
    Ok(update.exec(tx.conn()).await?.rows_affected == 1)
}

pub(crate) async fn remove_member(tx: &TenantTx, user: UserId) -> Result<(), DbErr> {
    let key = (tx.tenant().to_string(), user.to_string());
    tenant_member::Entity::delete_by_id(key)
        .exec(tx.conn())
        .await
        .map(drop)
}
