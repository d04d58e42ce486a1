use async_trait::async_trait;

use super::access::{Actor, Denied, Role};
use super::identity::WorkspaceRef;
use crate::platform::ids::{ChangeSetId, UserId, WorkspaceId};

/// Why nothing was done to a workspace.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    /// Unknown, or hidden from this actor.
    #[error("there is no such workspace or member, or not for you")]
    NotFound,
    /// The actor's rights do not suffice.
    #[error("this needs a stronger role, and a signed-in person: {0:?}")]
    Denied(Denied),
    /// It collides with what is there.
    #[error("{0}")]
    Conflict(String),
    /// A value is not acceptable.
    #[error("{0}")]
    Invalid(String),
    /// It could not be tried.
    #[error("the workspaces cannot be reached")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Somebody to be added to a workspace.
#[derive(Clone, Debug)]
pub struct NewMember {
    /// E-mail address.
    pub email: String,
    /// Display name, until they choose another.
    pub name: String,
    /// Role in the workspace.
    pub role: Role,
}

/// Somebody who was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddedMember {
    /// Who.
    pub user: UserId,
    /// Whether they have to accept an invitation before they may work.
    pub is_invited: bool,
}

/// Making and unmaking workspaces and members; every call checks the actor's rights, and one change does a thing once.
#[async_trait]
pub trait Workspaces: Send + Sync {
    /// Makes a workspace that the actor owns.
    async fn create_workspace(
        &self,
        actor: &Actor,
        change: ChangeSetId,
        name: &str,
    ) -> Result<WorkspaceRef, WorkspaceError>;

    /// Deletes a workspace in which nobody but the actor is left; what lies in it is the caller's care.
    async fn delete_workspace(&self, actor: &Actor, id: WorkspaceId) -> Result<(), WorkspaceError>;

    /// Adds somebody who is not in the workspace yet; whoever is not in the tenant is invited, without a link.
    async fn add_member(
        &self,
        actor: &Actor,
        (change, workspace): (ChangeSetId, WorkspaceId),
        member: NewMember,
    ) -> Result<AddedMember, WorkspaceError>;

    /// Takes a member out of a workspace.
    async fn remove_member(
        &self,
        actor: &Actor,
        workspace: WorkspaceId,
        user: UserId,
    ) -> Result<(), WorkspaceError>;
}
