use std::net::IpAddr;

use super::error::Error;
use super::names::EmailAddress;
use super::passwords::check_password;
use super::reauthentication::{require_fresh, still_proved};
use super::revocation::{Reason, revoke_all};
use super::service::Identity;
use super::store;
use crate::contracts::{Actor, Credential, Denied};
use crate::platform::db::SystemTx;
use crate::platform::ids::UserId;

impl Identity {
    /// Gives the caller a new password and ends their other sessions; without the current one the sign-in must be fresh.
    pub(crate) async fn change_password(
        &self,
        actor: &Actor,
        current: Option<String>,
        new: String,
        address: Option<IpAddr>,
    ) -> Result<(), Error> {
        let Credential::Session(keep) = actor.credential else {
            return Err(Denied::SessionOnly.into());
        };
        let proved = match current {
            Some(current) => Some(self.prove_password(actor, current, address).await?),
            None => None,
        };
        let hash = self.hash_new(&actor.email, new).await?;
        let tx = self.platform().db.system().await?;
        match &proved {
            Some(proved) => still_proved(&tx, proved).await.map(drop)?,
            None => {
                // Locked first, so that a reset at this moment has ended the session, or waits.
                store::lock_user(&tx, actor.user).await?;
                require_fresh(tx.conn(), actor, self.now()).await?;
            }
        }
        self.store_password(tx, actor.user, hash, Reason::PasswordChanged { keep })
            .await
    }

    /// Sets a person's password from the machine's own command line and ends all their sessions.
    pub async fn reset_password(&self, email: &EmailAddress, new: String) -> Result<UserId, Error> {
        let tx = self.platform().db.system_read().await?;
        let user = store::find_user_by_email(&tx, email)
            .await?
            .ok_or(Error::NotFound)?;
        drop(tx);
        let hash = self.hash_new(&user.email, new).await?;
        let tx = self.platform().db.system().await?;
        self.store_password(tx, user.id, hash, Reason::PasswordReset)
            .await?;
        Ok(user.id)
    }

    async fn hash_new(&self, email: &str, new: String) -> Result<String, Error> {
        check_password(&new, email.split('@').next().unwrap_or_default())?;
        self.hasher().hash(new).await
    }

    async fn store_password(
        &self,
        tx: SystemTx,
        user: UserId,
        hash: String,
        reason: Reason,
    ) -> Result<(), Error> {
        store::set_password(&tx, user, hash).await?;
        revoke_all(tx.conn(), user, reason, self.now()).await?;
        tx.commit().await?;
        self.rights_changed(user);
        Ok(())
    }
}
