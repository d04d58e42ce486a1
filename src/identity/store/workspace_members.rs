use std::collections::HashMap;

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect,
};

use super::entity::{tenant_member, workspace_member};
use super::{MemberStatus, parsed, people_by_id};
use crate::contracts::{Person, Role};
use crate::platform::clock::Millis;
use crate::platform::db::{Conn, TenantTx};
use crate::platform::ids::{ChangeSetId, TenantId, UserId, WorkspaceId};

/// A person in a workspace.
#[derive(Clone, Debug)]
pub(crate) struct WorkspaceMember {
    pub(crate) person: Person,
    pub(crate) role: Role,
    pub(crate) status: MemberStatus,
}

/// Everybody in a workspace, by name.
pub(crate) async fn list_workspace_members(
    tx: &TenantTx,
    workspace: WorkspaceId,
) -> Result<Vec<WorkspaceMember>, DbErr> {
    let rows = workspace_member::Entity::find()
        .filter(workspace_member::Column::TenantId.eq(tx.tenant().to_string()))
        .filter(workspace_member::Column::WorkspaceId.eq(workspace.to_string()))
        .all(tx.conn())
        .await?;
    let mut roles = HashMap::with_capacity(rows.len());
    for row in &rows {
        roles.insert(parsed::<UserId>(&row.user_id)?, parsed::<Role>(&row.role)?);
    }
    let statuses = statuses(tx).await?;
    let people = people_by_id(tx, rows.into_iter().map(|row| row.user_id).collect()).await?;
    let member = |person: Person| {
        let role = *roles.get(&person.id)?;
        let status = *statuses.get(&person.id)?;
        Some(WorkspaceMember {
            person: shown(person, status),
            role,
            status,
        })
    };
    let mut members: Vec<WorkspaceMember> = people.into_iter().filter_map(member).collect();
    members.sort_by(|left, right| left.person.name.cmp(&right.person.name));
    Ok(members)
}

/// The person as a tenant may see them: by their own name only once they have joined.
pub(crate) fn shown(person: Person, status: MemberStatus) -> Person {
    if status != MemberStatus::Invited {
        return person;
    }
    let name = person.email.split('@').next().unwrap_or_default();
    Person {
        name: name.to_owned(),
        ..person
    }
}

async fn statuses(tx: &TenantTx) -> Result<HashMap<UserId, MemberStatus>, DbErr> {
    let rows: Vec<(String, String)> = tenant_member::Entity::find()
        .select_only()
        .columns([tenant_member::Column::UserId, tenant_member::Column::Status])
        .filter(tenant_member::Column::TenantId.eq(tx.tenant().to_string()))
        .into_tuple()
        .all(tx.conn())
        .await?;
    rows.iter()
        .map(|(user, status)| Ok((parsed(user)?, MemberStatus::read(status))))
        .collect()
}

pub(crate) async fn find_workspace_member(
    tx: &TenantTx,
    workspace: WorkspaceId,
    user: UserId,
) -> Result<Option<Role>, DbErr> {
    let row = workspace_member::Entity::find_by_id((workspace.to_string(), user.to_string()))
        .filter(workspace_member::Column::TenantId.eq(tx.tenant().to_string()))
        .one(tx.conn())
        .await?;
    row.map(|row| parsed(&row.role)).transpose()
}

pub(crate) async fn insert_workspace_member(
    tx: &TenantTx,
    workspace: WorkspaceId,
    user: UserId,
    role: Role,
    now: Millis,
) -> Result<(), DbErr> {
    let row = workspace_member::ActiveModel {
        tenant_id: Set(tx.tenant().to_string()),
        workspace_id: Set(workspace.to_string()),
        user_id: Set(user.to_string()),
        role: Set(role.as_str().to_owned()),
        created_at: Set(now),
        made_by: Set(None),
    };
    workspace_member::Entity::insert(row)
        .exec_without_returning(tx.conn())
        .await
        .map(drop)
}

pub(crate) async fn set_workspace_role(
    tx: &TenantTx,
    workspace: WorkspaceId,
    user: UserId,
    role: Role,
) -> Result<(), DbErr> {
    let column = workspace_member::Column::Role;
    update_member(tx, (workspace, user), column, role.as_str().to_owned()).await
}

pub(crate) async fn remove_workspace_member(
    tx: &TenantTx,
    workspace: WorkspaceId,
    user: UserId,
) -> Result<(), DbErr> {
    workspace_member::Entity::delete_by_id((workspace.to_string(), user.to_string()))
        .filter(workspace_member::Column::TenantId.eq(tx.tenant().to_string()))
        .exec(tx.conn())
        .await
        .map(drop)
}

/// How many owners a workspace has; their rows stay locked, so that two cannot leave at once.
pub(crate) async fn count_owners(tx: &TenantTx, workspace: WorkspaceId) -> Result<usize, DbErr> {
    let owners = workspace_member::Entity::find()
        .filter(workspace_member::Column::TenantId.eq(tx.tenant().to_string()))
        .filter(workspace_member::Column::WorkspaceId.eq(workspace.to_string()))
        .filter(workspace_member::Column::Role.eq(Role::Owner.as_str()))
        .lock_exclusive()
        .all(tx.conn())
        .await?;
    Ok(owners.len())
}

/// Whether the person is in any workspace of the tenant.
pub(crate) async fn has_workspace(tx: &TenantTx, user: UserId) -> Result<bool, DbErr> {
    let count = workspace_member::Entity::find()
        .filter(workspace_member::Column::TenantId.eq(tx.tenant().to_string()))
        .filter(workspace_member::Column::UserId.eq(user.to_string()))
        .count(tx.conn())
        .await?;
    Ok(count > 0)
}

/// A person's roles in the workspaces of a tenant.
pub(crate) async fn roles_of(
    conn: &Conn,
    tenant: TenantId,
    user: UserId,
) -> Result<Vec<(WorkspaceId, Role)>, DbErr> {
    let rows = workspace_member::Entity::find()
        .filter(workspace_member::Column::TenantId.eq(tenant.to_string()))
        .filter(workspace_member::Column::UserId.eq(user.to_string()))
        .all(conn)
        .await?;
    rows.iter()
        .map(|row| Ok((parsed(&row.workspace_id)?, parsed(&row.role)?)))
        .collect()
}

/// Notes which change set has added a member.
pub(crate) async fn mark_member(
    tx: &TenantTx,
    (workspace, user): (WorkspaceId, UserId),
    change: ChangeSetId,
) -> Result<(), DbErr> {
    let column = workspace_member::Column::MadeBy;
    update_member(tx, (workspace, user), column, change.to_string()).await
}

async fn update_member(
    tx: &TenantTx,
    (workspace, user): (WorkspaceId, UserId),
    column: workspace_member::Column,
    value: String,
) -> Result<(), DbErr> {
    workspace_member::Entity::update_many()
        .col_expr(column, Expr::value(value))
        .filter(workspace_member::Column::TenantId.eq(tx.tenant().to_string()))
        .filter(workspace_member::Column::WorkspaceId.eq(workspace.to_string()))
        .filter(workspace_member::Column::UserId.eq(user.to_string()))
        .exec(tx.conn())
        .await
        .map(drop)
}

/// Whether it was this change set that added a member.
pub(crate) async fn is_made_by(
    tx: &TenantTx,
    (workspace, user): (WorkspaceId, UserId),
    change: ChangeSetId,
) -> Result<bool, DbErr> {
    let row = workspace_member::Entity::find_by_id((workspace.to_string(), user.to_string()))
        .filter(workspace_member::Column::TenantId.eq(tx.tenant().to_string()))
        .filter(workspace_member::Column::MadeBy.eq(change.to_string()))
        .one(tx.conn())
        .await?;
    Ok(row.is_some())
}
