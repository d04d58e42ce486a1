use super::error::Error;
use super::keys::session_only;
use super::members::{find_handled, may_handle};
use super::revocation::{Reason, revoke_all};
use super::service::Identity;
use super::store::{self, Session};
use crate::contracts::{Actor, Credential, Role};
use crate::platform::ids::{SessionId, UserId, WorkspaceId};

impl Identity {
    /// The caller's live sessions in all their tenants, newest first.
    pub(crate) async fn list_sessions(&self, actor: &Actor) -> Result<Vec<Session>, Error> {
        session_only(actor)?;
        let tx = self.platform().db.system_read().await?;
        Ok(store::live_sessions_of(tx.conn(), actor.user, None, self.now()).await?)
    }

    /// Ends one of the caller's sessions.
    pub(crate) async fn end_own_session(&self, actor: &Actor, id: SessionId) -> Result<(), Error> {
        session_only(actor)?;
        let tx = self.platform().db.system().await?;
        let session = store::lock_session(&tx, id).await?;
        let is_own =
            session.is_some_and(|found| found.user == actor.user && found.is_live(self.now()));
        if !is_own {
            return Err(Error::NotFound);
        }
        store::end_session(&tx, id, self.now()).await?;
        tx.commit().await?;
        tracing::info!(user = %actor.user, session = %id, "identity.session_ended");
        self.rights_changed(actor.user);
        Ok(())
    }

    /// Ends all the caller's sessions but the one that asks.
    pub(crate) async fn end_other_sessions(&self, actor: &Actor) -> Result<(), Error> {
        session_only(actor)?;
        let keep = match actor.credential {
            Credential::Session(id) => Some(id),
            Credential::ApiKey(_) | Credential::Local => None,
        };
        let tx = self.platform().db.system().await?;
        store::end_sessions_of(tx.conn(), actor.user, None, keep, self.now()).await?;
        tx.commit().await?;
        tracing::info!(user = %actor.user, "identity.other_sessions_ended");
        self.rights_changed(actor.user);
        Ok(())
    }

    /// A member's live sessions in the caller's tenant; of those in other tenants nothing shows.
    pub(crate) async fn list_member_sessions(
        &self,
        actor: &Actor,
        own_role: Role,
        workspace: WorkspaceId,
        user: UserId,
    ) -> Result<Vec<Session>, Error> {
        let tx = self.platform().db.read(actor.tenant).await?;
        let (role, _) = find_handled(&tx, workspace, user).await?;
        may_handle(own_role, role)?;
        let tenant = Some(actor.tenant);
        Ok(store::live_sessions_of(tx.conn(), user, tenant, self.now()).await?)
    }

    /// Ends a member's sessions in the caller's tenant.
    pub(crate) async fn end_member_sessions(
        &self,
        actor: &Actor,
        own_role: Role,
        workspace: WorkspaceId,
        user: UserId,
    ) -> Result<(), Error> {
        let tx = self.platform().db.begin(actor.tenant).await?;
        let (role, _) = find_handled(&tx, workspace, user).await?;
        may_handle(own_role, role)?;
        let reason = Reason::AdministratorAction(actor.tenant);
        revoke_all(tx.conn(), user, reason, self.now()).await?;
        tx.commit().await?;
        self.rights_changed(user);
        Ok(())
    }
}
