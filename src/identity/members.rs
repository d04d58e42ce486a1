use super::error::Error;
use super::names::{EmailAddress, Name};
use super::revocation::{Reason, revoke_all};
use super::service::Identity;
use super::store::{self, MemberStatus, Membership, User, WorkspaceMember};
use crate::contracts::{Actor, Denied, Person, Role, TenantRole};
use crate::platform::db::{TenantTx, is_unique_violation};
use crate::platform::ids::{ChangeSetId, UserId, WorkspaceId};

/// Somebody to be added to a workspace.
pub(crate) struct Newcomer {
    pub(crate) email: EmailAddress,
    pub(crate) name: Name,
    pub(crate) role: Role,
    /// The change that adds them, once and without a link; whoever is there already is refused.
    pub(crate) change: Option<ChangeSetId>,
}

/// Who was added, and the link to send them when they have to accept first.
pub(crate) struct Added {
    pub(crate) member: WorkspaceMember,
    pub(crate) invite_url: Option<String>,
}

impl Identity {
    /// Everybody in a workspace.
    pub(crate) async fn list_members(
        &self,
        actor: &Actor,
        workspace: WorkspaceId,
    ) -> Result<Vec<WorkspaceMember>, Error> {
        let tx = self.platform().db.read(actor.tenant).await?;
        Ok(store::list_workspace_members(&tx, workspace).await?)
    }

    /// Adds a colleague at once, or invites somebody who is not in the tenant yet.
    pub(crate) async fn add_member(
        &self,
        actor: &Actor,
        own_role: Role,
        workspace: WorkspaceId,
        newcomer: Newcomer,
    ) -> Result<Added, Error> {
        may_handle(own_role, newcomer.role)?;
        let tx = self.platform().db.system_read().await?;
        let known = store::find_user_by_email(&tx, &newcomer.email).await?;
        drop(tx);
        let tx = self.platform().db.begin(actor.tenant).await?;
        let added = self
            .add_in(&tx, actor, workspace, known, &newcomer)
            .await
            .map_err(|error| match error {
                Error::Database(error) if is_unique_violation(&error) => {
                    Error::Conflict("Somebody else is adding this person right now")
                }
                other => other,
            })?;
        tx.commit().await?;
        let user = added.member.person.id;
        tracing::info!(actor = %actor.user, %user, %workspace, role = newcomer.role.as_str(), "identity.member_added");
        self.rights_changed(user);
        Ok(added)
    }

    async fn add_in(
        &self,
        tx: &TenantTx,
        actor: &Actor,
        workspace: WorkspaceId,
        known: Option<User>,
        newcomer: &Newcomer,
    ) -> Result<Added, Error> {
        let now = self.now();
        let user = known.as_ref().map_or_else(UserId::fresh, |user| user.id);
        let membership = store::lock_member(tx, user).await?;
        let status = membership.map_or(MemberStatus::Invited, |member| member.status);
        if status == MemberStatus::Suspended {
            return Err(Error::Conflict("This person is suspended"));
        }
        if let Some(membership) = membership.filter(|member| member.status == MemberStatus::Invited)
        {
            may_renew(tx, actor, user, membership.role).await?;
        }
        if membership.is_none() {
            store::insert_member(tx, user, TenantRole::Member, MemberStatus::Invited, now).await?;
        }
        if known.is_none() {
            store::insert_user(tx.conn(), user, &newcomer.email, &newcomer.name, None, now).await?;
        }
        let place = (workspace, user);
        match store::find_workspace_member(tx, workspace, user).await? {
            None => {
                store::insert_workspace_member(tx, workspace, user, newcomer.role, now).await?;
                if let Some(change) = newcomer.change {
                    store::mark_member(tx, place, change).await?;
                }
            }
            Some(_) if self.was_added(tx, place, newcomer).await? => {}
            Some(_) if newcomer.change.is_some() => {
                return Err(Error::Conflict("This person is already in the workspace"));
            }
            Some(Role::Owner) => {
                return Err(Error::Conflict("This person already owns the workspace"));
            }
            Some(_) if status == MemberStatus::Invited => {
                store::set_workspace_role(tx, workspace, user, newcomer.role).await?;
            }
            Some(_) => return Err(Error::Conflict("This person is already a member")),
        }
        let invite_url = match status {
            MemberStatus::Invited if newcomer.change.is_none() => {
                Some(self.invite(tx, user, &newcomer.name).await?)
            }
            _ => None,
        };
        let name = match known {
            // What they are called elsewhere shows when they have joined.
            Some(user) if status == MemberStatus::Active => user.name,
            _ => newcomer.name.as_str().to_owned(),
        };
        let person = Person {
            id: user,
            email: newcomer.email.as_str().to_owned(),
            name,
        };
        Ok(Added {
            member: WorkspaceMember {
                person,
                role: newcomer.role,
                status,
            },
            invite_url,
        })
    }

    async fn was_added(
        &self,
        tx: &TenantTx,
        place: (WorkspaceId, UserId),
        newcomer: &Newcomer,
    ) -> Result<bool, Error> {
        match newcomer.change {
            Some(change) => Ok(store::is_made_by(tx, place, change).await?),
            None => Ok(false),
        }
    }

    /// Gives a member another role; with a weaker one their sessions end.
    pub(crate) async fn change_role(
        &self,
        actor: &Actor,
        own_role: Role,
        workspace: WorkspaceId,
        user: UserId,
        role: Role,
    ) -> Result<WorkspaceMember, Error> {
        let tx = self.platform().db.begin(actor.tenant).await?;
        let (current, membership) = find_handled(&tx, workspace, user).await?;
        may_handle(own_role, current.max(role))?;
        if current == Role::Owner && role != Role::Owner {
            keep_an_owner(&tx, workspace).await?;
        }
        store::set_workspace_role(&tx, workspace, user, role).await?;
        let person = store::people_by_id(&tx, vec![user.to_string()]).await?;
        let person = person.into_iter().next().ok_or(Error::NotFound)?;
        let person = store::shown(person, membership.status);
        if role < current {
            let reason = Reason::RoleDecreased(actor.tenant);
            revoke_all(tx.conn(), user, reason, self.now()).await?;
        }
        tx.commit().await?;
        tracing::info!(actor = %actor.user, %user, %workspace, role = role.as_str(), "identity.role_changed");
        self.rights_changed(user);
        Ok(WorkspaceMember {
            person,
            role,
            status: membership.status,
        })
    }

    /// Takes a member out of a workspace, and out of the tenant when it was their last one.
    pub(crate) async fn remove_member(
        &self,
        actor: &Actor,
        own_role: Role,
        workspace: WorkspaceId,
        user: UserId,
    ) -> Result<(), Error> {
        let tx = self.platform().db.begin(actor.tenant).await?;
        let (current, membership) = find_handled(&tx, workspace, user).await?;
        may_handle(own_role, current)?;
        if current == Role::Owner {
            keep_an_owner(&tx, workspace).await?;
        }
        store::remove_workspace_member(&tx, workspace, user).await?;
        let leaves_tenant =
            membership.role == TenantRole::Member && !store::has_workspace(&tx, user).await?;
        let reason = match leaves_tenant {
            true => Reason::Removed(actor.tenant),
            false => Reason::RoleDecreased(actor.tenant),
        };
        if leaves_tenant {
            store::remove_member(&tx, user).await?;
            store::withdraw_invites(&tx, user).await?;
        }
        revoke_all(tx.conn(), user, reason, self.now()).await?;
        tx.commit().await?;
        tracing::info!(actor = %actor.user, %user, %workspace, leaves_tenant, "identity.member_removed");
        self.rights_changed(user);
        Ok(())
    }
}

/// The member's role and part in the tenant; whoever owns the tenant is beyond a workspace's reach.
pub(crate) async fn find_handled(
    tx: &TenantTx,
    workspace: WorkspaceId,
    user: UserId,
) -> Result<(Role, Membership), Error> {
    let role = store::find_workspace_member(tx, workspace, user)
        .await?
        .ok_or(Error::NotFound)?;
    let membership = store::find_member(tx, user).await?.ok_or(Error::NotFound)?;
    if membership.role == TenantRole::Owner {
        return Err(Error::Conflict(
            "This person owns the whole tenant, so also this workspace",
        ));
    }
    Ok((role, membership))
}

/// A renewed link gives all that its person was invited to, so only who could give all of it renews it.
async fn may_renew(
    tx: &TenantTx,
    actor: &Actor,
    user: UserId,
    tenant_role: TenantRole,
) -> Result<(), Error> {
    let roles = store::roles_of(tx.conn(), tx.tenant(), user).await?;
    let gives_all = roles.iter().all(|(workspace, role)| {
        let own = actor.role_in(*workspace);
        own.is_some_and(|own| own >= Role::Admin && own >= *role)
    });
    let runs_tenant = tenant_role != TenantRole::Member && actor.tenant_role != TenantRole::Owner;
    if runs_tenant || !gives_all {
        return Err(Error::Conflict(
            "This person has an open invitation to another workspace; an owner must renew it",
        ));
    }
    Ok(())
}

/// Only owners make, change and remove owners.
pub(crate) fn may_handle(own_role: Role, role: Role) -> Result<(), Error> {
    if role == Role::Owner && own_role != Role::Owner {
        return Err(Denied::Role(Role::Owner).into());
    }
    Ok(())
}

async fn keep_an_owner(tx: &TenantTx, workspace: WorkspaceId) -> Result<(), Error> {
    if store::count_owners(tx, workspace).await? <= 1 {
        return Err(Error::Conflict(
            "A workspace needs an owner; name another one first",
        ));
    }
    Ok(())
}
