//! Where identity's rows are read and written; nothing above sees an entity.

mod entity;
mod keys;
mod links;
mod sessions;
mod tenants;
mod users;
mod workspace_members;
mod workspaces;

pub(crate) use keys::{
    ApiKey, find_active_key, insert_key, list_keys, revoke_key, revoke_keys_of, touch_keys,
};
pub(crate) use links::{
    Link, Purpose, consume_link, delete_setup_links, find_link, insert_link, withdraw_invites,
};
pub(crate) use sessions::{
    Session, delete_dead_sessions, end_session, end_sessions_of, find_session, insert_session,
    live_sessions_of, lock_session, rotate_session,
};
pub(crate) use tenants::{
    MemberStatus, Membership, activate_member, active_memberships, find_member, first_owner,
    first_tenant, insert_member, insert_tenant, lock_member, lock_membership, membership,
    remove_member, tenant_name,
};
pub(crate) use users::{
    User, UserStatus, activate_user, active_people, any_user, find_user, find_user_by_email,
    forbid_before, insert_user, lock_user, people_by_id, set_password,
};
pub(crate) use workspace_members::{
    WorkspaceMember, count_owners, find_workspace_member, has_workspace, insert_workspace_member,
    is_made_by, list_workspace_members, mark_member, remove_workspace_member, roles_of,
    set_workspace_role, shown,
};
pub(crate) use workspaces::{
    Workspace, delete_workspace, find_workspace, insert_workspace, list_workspaces,
    rename_workspace,
};

use std::str::FromStr;

use sea_orm::DbErr;

/// Reads a typed value out of a text column; what does not parse is a damaged row.
fn parsed<T: FromStr>(text: &str) -> Result<T, DbErr> {
    text.parse().map_err(|_| {
        DbErr::Type(format!(
            "a stored {} is not readable",
            std::any::type_name::<T>()
        ))
    })
}
