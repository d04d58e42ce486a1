use super::error::Error;
use super::names::{EmailAddress, Name};
use super::passwords::check_password;
use super::service::Identity;
use super::store::{self, MemberStatus};
use crate::contracts::{Role, TenantRole};
use crate::platform::clock::Millis;
use crate::platform::db::{TenantTx, is_unique_violation};
use crate::platform::ids::{TenantId, UserId, WorkspaceId};

/// Which tenant a person made at the command line shall belong to.
#[derive(Clone, Debug)]
pub enum TenantChoice {
    /// The oldest one, or a new one where there is none.
    First,
    /// This one.
    Existing(TenantId),
    /// A new one of this name.
    New(Name),
}

/// A person to be made at the command line.
pub struct NewUser {
    /// E-mail address to sign in with.
    pub email: EmailAddress,
    /// Display name.
    pub name: Name,
    /// First password.
    pub password: String,
    /// Role in the workspace; `None` means owner of a new tenant, editor in one that is there.
    pub role: Option<Role>,
    /// Where.
    pub tenant: TenantChoice,
}

/// What [`Identity::create_user`] made or found.
#[derive(Clone, Copy, Debug)]
pub struct CreatedUser {
    /// The person.
    pub user: UserId,
    /// Their tenant.
    pub tenant: TenantId,
    /// The workspace they are in.
    pub workspace: WorkspaceId,
}

impl Identity {
    /// Makes a person, with tenant and workspace where there are none.
    pub async fn create_user(&self, new: NewUser) -> Result<CreatedUser, Error> {
        check_password(&new.password, new.email.local_part())?;
        let hash = self.hasher().hash(new.password.clone()).await?;
        let (tenant, tenant_name) = self.chosen_tenant(&new.tenant).await?;
        let role = new.role.unwrap_or(match tenant_name {
            Some(_) => Role::Owner,
            None => Role::Editor,
        });
        let user = UserId::fresh();
        let now = self.now();
        let tx = self.platform().db.begin(tenant).await?;
        let workspace = place(&tx, tenant_name.as_ref(), now).await?;
        store::insert_member(&tx, user, tenant_role(role), MemberStatus::Active, now).await?;
        store::insert_user(tx.conn(), user, &new.email, &new.name, Some(hash), now)
            .await
            .map_err(|error| match is_unique_violation(&error) {
                true => Error::Conflict("There is already somebody with this e-mail address"),
                false => error.into(),
            })?;
        store::insert_workspace_member(&tx, workspace, user, role, now).await?;
        tx.commit().await?;
        tracing::info!(%user, %tenant, role = role.as_str(), "identity.user_created");
        self.rights_changed(user);
        Ok(CreatedUser {
            user,
            tenant,
            workspace,
        })
    }

    /// The tenant, with its name if it has yet to be made.
    async fn chosen_tenant(
        &self,
        choice: &TenantChoice,
    ) -> Result<(TenantId, Option<Name>), Error> {
        match choice {
            TenantChoice::New(name) => Ok((TenantId::fresh(), Some(name.clone()))),
            TenantChoice::Existing(tenant) => {
                let tx = self.platform().db.read(*tenant).await?;
                let name = store::tenant_name(&tx).await?;
                // Every tenant has a name, so an empty one means that there is no such tenant.
                if name.is_empty() {
                    Err(Error::NotFound)
                } else {
                    Ok((*tenant, None))
                }
            }
            TenantChoice::First => {
                let tx = self.platform().db.system_read().await?;
                match store::first_tenant(&tx).await? {
                    Some(tenant) => Ok((tenant, None)),
                    None => Ok((TenantId::fresh(), Some(Name::parse("tenant", "Workspace")?))),
                }
            }
        }
    }
}

/// The workspace to put somebody into; makes it, and the tenant if a name is given.
async fn place(
    tx: &TenantTx,
    new_tenant: Option<&Name>,
    now: Millis,
) -> Result<WorkspaceId, Error> {
    if let Some(name) = new_tenant {
        store::insert_tenant(tx, name, now).await?;
    }
    if let Some(oldest) = store::list_workspaces(tx).await?.first() {
        return Ok(oldest.id);
    }
    let workspace = WorkspaceId::fresh();
    let name = match new_tenant {
        Some(name) => name.clone(),
        None => Name::parse("workspace", "Workspace")?,
    };
    store::insert_workspace(tx, workspace, &name, now).await?;
    Ok(workspace)
}

/// An owner made at the command line owns the whole tenant; everybody else has what the workspace gives.
fn tenant_role(role: Role) -> TenantRole {
    match role {
        Role::Owner => TenantRole::Owner,
        Role::Admin | Role::Editor | Role::Viewer => TenantRole::Member,
    }
}
