use std::net::IpAddr;

use super::error::Error;
use super::keys::session_only;
use super::passwords::Verdict;
use super::service::Identity;
use super::sessions::SignedIn;
use super::store::{self, Session, User, UserStatus};
use super::visitor::Visitor;
use crate::contracts::{Actor, Credential, Denied};
use crate::platform::clock::Millis;
use crate::platform::db::{Conn, SystemTx};
use crate::platform::ids::SessionId;

/// For so long a proof of the password counts as fresh.
const FRESH: Millis = 600_000;

impl Identity {
    /// Proves the caller's password again; a session with a new id takes the place of theirs.
    pub(crate) async fn reauthenticate(
        &self,
        actor: &Actor,
        password: String,
        visitor: &Visitor,
    ) -> Result<SignedIn, Error> {
        let Credential::Session(id) = actor.credential else {
            return Err(Denied::SessionOnly.into());
        };
        let proved = self
            .prove_password(actor, password, visitor.address)
            .await?;
        let now = self.now();
        let tx = self.platform().db.system().await?;
        let user = still_proved(&tx, &proved).await?;
        // Member before session, in the order of those who take members out.
        store::lock_membership(tx.conn(), actor.tenant, user.id).await?;
        live_session(tx.conn(), id, now).await?;
        store::end_session(&tx, id, now).await?;
        let signed_in = self.open_session(&tx, user, actor.tenant, visitor).await?;
        tx.commit().await?;
        tracing::info!(user = %actor.user, "identity.reauthenticated");
        self.rights_changed(actor.user);
        Ok(signed_in)
    }

    /// Refuses a person who proved their password too long ago, and a key.
    pub(crate) async fn proved_recently(&self, actor: &Actor) -> Result<(), Error> {
        let tx = self.platform().db.system_read().await?;
        require_fresh(tx.conn(), actor, self.now()).await
    }

    /// The caller's account, if this is its password.
    pub(crate) async fn prove_password(
        &self,
        actor: &Actor,
        password: String,
        address: Option<IpAddr>,
    ) -> Result<User, Error> {
        self.throttle_address(address).await?;
        self.throttle_account(&actor.email, address).await?;
        let tx = self.platform().db.system_read().await?;
        let user = store::find_user(&tx, actor.user).await?;
        drop(tx);
        match self.verify_password(user.as_ref(), password).await? {
            Verdict::Wrong => Err(Error::InvalidCredentials),
            Verdict::Right | Verdict::RightButOld => user.ok_or(Error::InvalidCredentials),
        }
    }
}

/// The person, kept from other writers, unless their password changed while it was being checked.
pub(crate) async fn still_proved(tx: &SystemTx, proved: &User) -> Result<User, Error> {
    store::lock_user(tx, proved.id)
        .await?
        .filter(|current| current.status == UserStatus::Active)
        .filter(|current| current.password_hash == proved.password_hash)
        .ok_or(Error::InvalidCredentials)
}

/// Refuses a person who proved their password too long ago; the machine's own command line needs none.
pub(crate) async fn require_fresh(conn: &Conn, actor: &Actor, now: Millis) -> Result<(), Error> {
    let Credential::Session(id) = actor.credential else {
        return session_only(actor);
    };
    let session = live_session(conn, id, now).await?;
    if now.saturating_sub(session.authenticated_at) > FRESH {
        return Err(Error::ReauthenticationRequired);
    }
    Ok(())
}

async fn live_session(conn: &Conn, id: SessionId, now: Millis) -> Result<Session, Error> {
    store::find_session(conn, id)
        .await?
        .filter(|session| session.is_live(now))
        .ok_or(Error::SessionEnded)
}
