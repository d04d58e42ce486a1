use std::net::IpAddr;

use super::error::Error;
use super::names::EmailAddress;
use super::passwords::{Verdict, check_password};
use super::revocation::Reason;
use super::service::Identity;
use super::store;
use crate::contracts::{Actor, Credential, Denied};
use crate::platform::ids::UserId;

impl Identity {
    /// Gives the caller a new password and ends their other sessions.
    pub(crate) async fn change_password(
        &self,
        actor: &Actor,
        current: String,
        new: String,
        address: Option<IpAddr>,
    ) -> Result<(), Error> {
        let Credential::Session(keep) = actor.credential else {
            return Err(Denied::SessionOnly.into());
        };
        self.throttle_account(&actor.email, address).await?;
        let tx = self.platform().db.system_read().await?;
        let user = store::find_user(&tx, actor.user).await?;
        drop(tx);
        if self.verify_password(user.as_ref(), current).await? == Verdict::Wrong {
            return Err(Error::InvalidCredentials);
        }
        self.store_password(actor.user, &actor.email, new).await?;
        self.revoke_all(actor.user, Reason::PasswordChanged { keep })
            .await
    }

    /// Sets a person's password from the machine's own command line and ends all their sessions.
    pub async fn reset_password(&self, email: &EmailAddress, new: String) -> Result<UserId, Error> {
        let tx = self.platform().db.system_read().await?;
        let user = store::find_user_by_email(&tx, email)
            .await?
            .ok_or(Error::NotFound)?;
        drop(tx);
        self.store_password(user.id, &user.email, new).await?;
        self.revoke_all(user.id, Reason::PasswordReset).await?;
        Ok(user.id)
    }

    async fn store_password(&self, user: UserId, email: &str, new: String) -> Result<(), Error> {
        check_password(&new, email.split('@').next().unwrap_or_default())?;
        let hash = self.hasher().hash(new).await?;
        let tx = self.platform().db.system().await?;
        store::set_password(&tx, user, hash).await?;
        tx.commit().await?;
        Ok(())
    }
}
