use std::net::IpAddr;

use super::error::Error;
use super::names::Name;
use super::passwords::{Verdict, check_password};
use super::reauthentication::still_proved;
use super::service::Identity;
use super::sessions::SignedIn;
use super::store::{self, Link, Purpose, User, UserStatus};
use super::tokens::LinkToken;
use super::visitor::Visitor;
use crate::platform::clock::Millis;
use crate::platform::db::{SystemTx, TenantTx};
use crate::platform::ids::UserId;

const LINK_LIFETIME: Millis = 72 * 3_600_000;

impl Identity {
    /// A one-time link by which a person joins the tenant; replaces their older ones.
    pub(crate) async fn invite(
        &self,
        tx: &TenantTx,
        user: UserId,
        name: &Name,
    ) -> Result<String, Error> {
        let token = LinkToken::fresh();
        let now = self.now();
        store::withdraw_invites(tx, user).await?;
        let link = Link {
            hash: token.hash(),
            tenant: tx.tenant(),
            user: Some(user),
            name: Some(name.as_str().to_owned()),
        };
        store::insert_link(tx.conn(), &link, Purpose::Invite, now, now + LINK_LIFETIME).await?;
        Ok(format!(
            "{}/invite#token={}",
            self.public_url(),
            token.as_str()
        ))
    }

    /// Joins the tenant of an invitation: newcomers choose a password, known people prove theirs.
    pub(crate) async fn accept_invite(
        &self,
        token: &str,
        password: String,
        name: Option<&str>,
        visitor: &Visitor,
    ) -> Result<SignedIn, Error> {
        let address = visitor.address;
        self.throttle_address(address).await?;
        let (link, user) = self.find_invite(token).await?;
        let name = name.or(link.name.as_deref()).unwrap_or(&user.name);
        let name = Name::parse("name", name)?;
        let hash = self.prove_or_choose(&user, password, address).await?;
        let tx = self.platform().db.system().await?;
        // Member before link, in the order of those who renew an invitation.
        let is_ours = store::activate_member(&tx, link.tenant, user.id).await?
            && store::consume_link(tx.conn(), &link, self.now()).await?;
        if !is_ours {
            return Err(Error::InvalidLink);
        }
        let user = match hash {
            Some(hash) => activated(&tx, user.id, &name, hash).await?,
            None => still_proved(&tx, &user).await?,
        };
        let signed_in = self.open_session(&tx, user, link.tenant, visitor).await?;
        tx.commit().await?;
        self.rights_changed(signed_in.user.id);
        tracing::info!(user = %signed_in.user.id, tenant = %link.tenant, "identity.invite_accepted");
        Ok(signed_in)
    }

    async fn find_invite(&self, token: &str) -> Result<(Link, User), Error> {
        let token = LinkToken::parse(token).ok_or(Error::InvalidLink)?;
        let tx = self.platform().db.system_read().await?;
        let link = store::find_link(&tx, &token.hash(), Purpose::Invite, self.now()).await?;
        let link = link.ok_or(Error::InvalidLink)?;
        let user = link.user.ok_or(Error::InvalidLink)?;
        let user = store::find_user(&tx, user)
            .await?
            .ok_or(Error::InvalidLink)?;
        Ok((link, user))
    }

    /// The hash of a newcomer's password; `None` for somebody who has one and knows it.
    async fn prove_or_choose(
        &self,
        user: &User,
        password: String,
        address: Option<IpAddr>,
    ) -> Result<Option<String>, Error> {
        // Checked for both, so that a bad guess does not tell who invites whether the person is known elsewhere.
        check_password(&password, user.email.split('@').next().unwrap_or_default())?;
        if user.status == UserStatus::Invited {
            return Ok(Some(self.hasher().hash(password).await?));
        }
        self.throttle_account(&user.email, address).await?;
        match self.verify_password(Some(user), password).await? {
            Verdict::Wrong => Err(Error::InvalidCredentials),
            Verdict::Right | Verdict::RightButOld => Ok(None),
        }
    }
}

/// The newcomer with the password they chose, unless another link made them active meanwhile.
async fn activated(tx: &SystemTx, user: UserId, name: &Name, hash: String) -> Result<User, Error> {
    if !store::activate_user(tx, user, name, hash).await? {
        return Err(Error::InvalidLink);
    }
    store::find_user(tx, user).await?.ok_or(Error::InvalidLink)
}
