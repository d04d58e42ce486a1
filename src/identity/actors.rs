use super::error::Error;
use super::store::{self, MemberStatus, User, UserStatus};
use crate::contracts::{Actor, Credential, ScopeSet};
use crate::platform::db::SystemTx;
use crate::platform::ids::{TenantId, UserId};

/// A person of a tenant with the rights they have now; `None` when they have none.
pub(crate) struct Principal {
    pub(crate) user: User,
    pub(crate) actor: Actor,
}

/// Loads who acts through a credential; only active people with an active membership may.
pub(crate) async fn load_principal(
    tx: &SystemTx,
    tenant: TenantId,
    user: UserId,
    credential: Credential,
    scopes: ScopeSet,
) -> Result<Option<Principal>, Error> {
    let Some(user) = store::find_user(tx, user).await? else {
        return Ok(None);
    };
    let Some(membership) = store::membership(tx, tenant, user.id).await? else {
        return Ok(None);
    };
    if user.status != UserStatus::Active || membership.status != MemberStatus::Active {
        return Ok(None);
    }
    let workspaces = store::roles_of(tx.conn(), tenant, user.id).await?;
    let actor = Actor {
        tenant,
        user: user.id,
        name: user.name.as_str().into(),
        email: user.email.as_str().into(),
        credential,
        scopes,
        records_changes: true,
        tenant_role: membership.role,
        workspaces: workspaces.into(),
    };
    Ok(Some(Principal { user, actor }))
}
