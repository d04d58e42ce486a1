use async_trait::async_trait;

use super::error::Error;
use super::keys::session_only;
use super::members::Newcomer;
use super::names::{EmailAddress, Name};
use super::service::Identity;
use super::store::MemberStatus;
use crate::contracts::{
    Actor, AddedMember, Denied, NewMember, Permission, Role, TenantRole, WorkspaceError,
    WorkspaceRef, Workspaces,
};
use crate::platform::ids::{ChangeSetId, UserId, WorkspaceId};
use crate::platform::secrets::sha256;

impl From<Error> for WorkspaceError {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::NotFound,
            Error::Denied(denied) => Self::Denied(denied),
            Error::Conflict(what) => Self::Conflict(what.to_owned()),
            Error::Invalid { field, message } => Self::Invalid(format!("{field} {message}")),
            other => Self::Unavailable(Box::new(other)),
        }
    }
}

/// The workspace that a change makes, whenever it is tried.
fn workspace_of(change: ChangeSetId) -> WorkspaceId {
    let digest = sha256(change.to_string().as_bytes());
    let bytes = digest.iter().take(16);
    WorkspaceId::from_number(bytes.fold(0, |number, byte| (number << 8) | u128::from(*byte)))
}

impl Identity {
    async fn managed(&self, actor: &Actor, workspace: WorkspaceId) -> Result<Role, Error> {
        self.find_workspace(actor.tenant, workspace).await?;
        Ok(actor.require(workspace, Permission::MembersManage)?)
    }
}

#[async_trait]
impl Workspaces for Identity {
    async fn create_workspace(
        &self,
        actor: &Actor,
        change: ChangeSetId,
        name: &str,
    ) -> Result<WorkspaceRef, WorkspaceError> {
        session_only(actor).map_err(WorkspaceError::from)?;
        if actor.tenant_role == TenantRole::Member {
            return Err(WorkspaceError::Denied(Denied::Role(Role::Admin)));
        }
        let (id, name) = (workspace_of(change), Name::parse("name", name)?);
        let made = match self.find_workspace(actor.tenant, id).await {
            Ok(known) => known,
            Err(Error::NotFound) => self.make_workspace(actor, id, &name).await?,
            Err(error) => return Err(error.into()),
        };
        Ok(WorkspaceRef {
            id: made.id,
            tenant: actor.tenant,
            name: made.name,
        })
    }

    async fn delete_workspace(&self, actor: &Actor, id: WorkspaceId) -> Result<(), WorkspaceError> {
        let role = self.managed(actor, id).await?;
        if role < Role::Owner {
            return Err(WorkspaceError::Denied(Denied::Role(Role::Owner)));
        }
        Ok(self.delete_own_workspace(actor, id).await?)
    }

    async fn add_member(
        &self,
        actor: &Actor,
        (change, workspace): (ChangeSetId, WorkspaceId),
        member: NewMember,
    ) -> Result<AddedMember, WorkspaceError> {
        let own_role = self.managed(actor, workspace).await?;
        let newcomer = Newcomer {
            email: EmailAddress::parse(&member.email)?,
            name: Name::parse("name", &member.name)?,
            role: member.role,
            change: Some(change),
        };
        let added = Self::add_member(self, actor, own_role, workspace, newcomer).await?;
        Ok(AddedMember {
            user: added.member.person.id,
            is_invited: added.member.status == MemberStatus::Invited,
        })
    }

    async fn remove_member(
        &self,
        actor: &Actor,
        workspace: WorkspaceId,
        user: UserId,
    ) -> Result<(), WorkspaceError> {
        let own_role = self.managed(actor, workspace).await?;
        Ok(Self::remove_member(self, actor, own_role, workspace, user).await?)
    }
}
