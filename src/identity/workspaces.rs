use super::error::Error;
use super::keys::session_only;
use super::names::Name;
use super::service::Identity;
use super::store::{self, Workspace};
use crate::contracts::{Actor, Denied, Role, TenantRole};
use crate::platform::ids::{TenantId, WorkspaceId};

impl Identity {
    pub(crate) async fn workspaces_of(&self, tenant: TenantId) -> Result<Vec<Workspace>, Error> {
        let tx = self.platform().db.read(tenant).await?;
        Ok(store::list_workspaces(&tx).await?)
    }

    /// The caller's workspaces with their role in each.
    pub(crate) async fn list_workspaces(
        &self,
        actor: &Actor,
    ) -> Result<Vec<(Workspace, Role)>, Error> {
        let all = self.workspaces_of(actor.tenant).await?;
        let own = all.into_iter().filter_map(|workspace| {
            let role = actor.role_in(workspace.id)?;
            Some((workspace, role))
        });
        Ok(own.collect())
    }

    /// The name of the caller's tenant.
    pub(crate) async fn tenant_name(&self, actor: &Actor) -> Result<String, Error> {
        let tx = self.platform().db.read(actor.tenant).await?;
        Ok(store::tenant_name(&tx).await?)
    }

    /// A workspace of a tenant.
    pub(crate) async fn find_workspace(
        &self,
        tenant: TenantId,
        id: WorkspaceId,
    ) -> Result<Workspace, Error> {
        let tx = self.platform().db.read(tenant).await?;
        store::find_workspace(&tx, id).await?.ok_or(Error::NotFound)
    }

    /// Makes a workspace that the caller owns; for those who run the tenant.
    pub(crate) async fn create_workspace(
        &self,
        actor: &Actor,
        name: &Name,
    ) -> Result<Workspace, Error> {
        session_only(actor)?;
        if actor.tenant_role == TenantRole::Member {
            return Err(Denied::Role(Role::Admin).into());
        }
        self.make_workspace(actor, WorkspaceId::fresh(), name).await
    }

    pub(super) async fn make_workspace(
        &self,
        actor: &Actor,
        id: WorkspaceId,
        name: &Name,
    ) -> Result<Workspace, Error> {
        let now = self.now();
        let tx = self.platform().db.begin(actor.tenant).await?;
        store::insert_workspace(&tx, id, name, now).await?;
        store::insert_workspace_member(&tx, id, actor.user, Role::Owner, now).await?;
        tx.commit().await?;
        tracing::info!(actor = %actor.user, workspace = %id, "identity.workspace_created");
        self.rights_changed(actor.user);
        Ok(Workspace {
            id,
            name: name.as_str().to_owned(),
        })
    }

    /// Deletes a workspace in which the caller is alone.
    pub(super) async fn delete_own_workspace(
        &self,
        actor: &Actor,
        id: WorkspaceId,
    ) -> Result<(), Error> {
        let tx = self.platform().db.begin(actor.tenant).await?;
        let members = store::list_workspace_members(&tx, id).await?;
        if members.iter().any(|member| member.person.id != actor.user) {
            return Err(Error::Conflict("Other people are in this workspace"));
        }
        store::remove_workspace_member(&tx, id, actor.user).await?;
        store::delete_workspace(&tx, id).await?;
        tx.commit().await?;
        tracing::info!(actor = %actor.user, workspace = %id, "identity.workspace_deleted");
        self.rights_changed(actor.user);
        Ok(())
    }

    /// Gives a workspace another name.
    pub(crate) async fn rename_workspace(
        &self,
        actor: &Actor,
        id: WorkspaceId,
        name: &Name,
    ) -> Result<Workspace, Error> {
        let tx = self.platform().db.begin(actor.tenant).await?;
        store::rename_workspace(&tx, id, name).await?;
        tx.commit().await?;
        Ok(Workspace {
            id,
            name: name.as_str().to_owned(),
        })
    }
}
