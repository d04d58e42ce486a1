use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};

use super::entity::workspace;
use super::parsed;
use crate::identity::names::Name;
use crate::platform::clock::Millis;
use crate::platform::db::TenantTx;
use crate::platform::ids::WorkspaceId;

/// A workspace of the transaction's tenant.
#[derive(Clone, Debug)]
pub(crate) struct Workspace {
    pub(crate) id: WorkspaceId,
    pub(crate) name: String,
}

impl Workspace {
    fn from_row(row: workspace::Model) -> Result<Self, DbErr> {
        Ok(Self {
            id: parsed(&row.id)?,
            name: row.name,
        })
    }
}

/// Every workspace of the tenant, oldest first.
pub(crate) async fn list_workspaces(tx: &TenantTx) -> Result<Vec<Workspace>, DbErr> {
    let rows = workspace::Entity::find()
        .filter(workspace::Column::TenantId.eq(tx.tenant().to_string()))
        .order_by_asc(workspace::Column::CreatedAt)
        .order_by_asc(workspace::Column::Id)
        .all(tx.conn())
        .await?;
    rows.into_iter().map(Workspace::from_row).collect()
}

pub(crate) async fn find_workspace(
    tx: &TenantTx,
    id: WorkspaceId,
) -> Result<Option<Workspace>, DbErr> {
    let row = workspace::Entity::find_by_id(id.to_string())
        .filter(workspace::Column::TenantId.eq(tx.tenant().to_string()))
        .one(tx.conn())
        .await?;
    row.map(Workspace::from_row).transpose()
}

pub(crate) async fn insert_workspace(
    tx: &TenantTx,
    id: WorkspaceId,
    name: &Name,
    now: Millis,
) -> Result<(), DbErr> {
    let row = workspace::ActiveModel {
        id: Set(id.to_string()),
        tenant_id: Set(tx.tenant().to_string()),
        name: Set(name.as_str().to_owned()),
        created_at: Set(now),
    };
    workspace::Entity::insert(row)
        .exec_without_returning(tx.conn())
        .await
        .map(drop)
}

pub(crate) async fn rename_workspace(
    tx: &TenantTx,
    id: WorkspaceId,
    name: &Name,
) -> Result<(), DbErr> {
    workspace::Entity::update_many()
        .col_expr(workspace::Column::Name, Expr::value(name.as_str()))
        .filter(workspace::Column::TenantId.eq(tx.tenant().to_string()))
        .filter(workspace::Column::Id.eq(id.to_string()))
        .exec(tx.conn())
        .await
        .map(drop)
}

pub(crate) async fn delete_workspace(tx: &TenantTx, id: WorkspaceId) -> Result<(), DbErr> {
    workspace::Entity::delete_by_id(id.to_string())
        .filter(workspace::Column::TenantId.eq(tx.tenant().to_string()))
        .exec(tx.conn())
        .await
        .map(drop)
}
