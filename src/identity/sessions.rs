use super::error::Error;
use super::service::Identity;
use super::store::{self, MemberStatus, Session, User, UserStatus};
use super::tokens::RefreshToken;
use super::visitor::Visitor;
use crate::platform::clock::Millis;
use crate::platform::db::SystemTx;
use crate::platform::ids::{SessionId, TenantId, UserId};
use crate::platform::secrets::equal;

/// For so long a token just replaced still leads its own client to its one successor, for tabs that refresh at the same time.
const GRACE: Millis = 10_000;
/// With one more, a person's oldest session ends.
const MOST_SESSIONS: usize = 20;

/// The outcome of a sign-in or refresh.
pub(crate) struct SignedIn {
    pub(crate) user: User,
    pub(crate) access: String,
    pub(crate) refresh: RefreshToken,
    pub(crate) refresh_lifetime: Millis,
}

enum Rotation {
    Fresh,
    Repeated,
    Reused,
}

impl Identity {
    /// Opens a session in the caller's transaction, which keeps the person from other writers.
    pub(crate) async fn open_session(
        &self,
        tx: &SystemTx,
        user: User,
        tenant: TenantId,
        visitor: &Visitor,
    ) -> Result<SignedIn, Error> {
        let now = self.now();
        // Who is being removed at this moment gets no session that outlives it.
        store::lock_membership(tx.conn(), tenant, user.id)
            .await?
            .filter(|member| member.status == MemberStatus::Active)
            .ok_or(Error::InvalidCredentials)?;
        make_room(tx, user.id, now).await?;
        let id = SessionId::fresh();
        let refresh = self.refresh_tokens().first(id);
        let session = Session {
            id,
            tenant,
            user: user.id,
            refresh_hash: refresh.hash(),
            previous_hash: None,
            rotated_at: now,
            created_at: now,
            idle_expires_at: self.idle_expiry(now),
            expires_at: now
                .saturating_add(millis(self.platform().settings.identity.session_absolute)),
            is_revoked: false,
            authenticated_at: now,
            client: visitor.client.clone(),
        };
        store::insert_session(tx, &session).await?;
        tracing::info!(user = %user.id, %tenant, session = %id, "identity.session_opened");
        self.signed_in(user, &session, refresh)
    }

    /// Exchanges a refresh token for a new pair; a token used before ends its whole session.
    pub(crate) async fn refresh(&self, text: &str, visitor: &Visitor) -> Result<SignedIn, Error> {
        let token = self
            .refresh_tokens()
            .parse(text)
            .ok_or(Error::SessionEnded)?;
        let now = self.now();
        let tx = self.platform().db.system().await?;
        let session = store::lock_session(&tx, token.session())
            .await?
            .ok_or(Error::SessionEnded)?;
        if !session.is_live(now) {
            return Err(Error::SessionEnded);
        }
        let user = active_user(&tx, session.tenant, session.user).await?;
        let successor = self.refresh_tokens().successor(&token);
        match rotation(&session, &token, now, &visitor.client) {
            Rotation::Fresh => {
                let renewed = Session {
                    refresh_hash: successor.hash(),
                    previous_hash: Some(session.refresh_hash.clone()),
                    rotated_at: now,
                    idle_expires_at: self.idle_expiry(now),
                    client: visitor.client.clone(),
                    ..session.clone()
                };
                store::rotate_session(&tx, &renewed).await?;
            }
            Rotation::Repeated => {}
            Rotation::Reused => {
                store::end_session(&tx, session.id, now).await?;
                tx.commit().await?;
                tracing::warn!(user = %session.user, session = %session.id, "identity.refresh_token_reused");
                self.rights_changed(session.user);
                return Err(Error::SessionEnded);
            }
        }
        tx.commit().await?;
        self.signed_in(user, &session, successor)
    }

    /// Ends the sessions that a leaving browser or client shows.
    pub(crate) async fn logout(
        &self,
        refresh: Option<&str>,
        session: Option<SessionId>,
    ) -> Result<(), Error> {
        let shown = refresh.and_then(|text| self.refresh_tokens().parse(text));
        let ended: Vec<SessionId> = session
            .into_iter()
            .chain(shown.map(|token| token.session()))
            .collect();
        if ended.is_empty() {
            return Ok(());
        }
        let now = self.now();
        let tx = self.platform().db.system().await?;
        for id in &ended {
            store::end_session(&tx, *id, now).await?;
        }
        let owner = store::find_session(tx.conn(), ended[0])
            .await?
            .map(|session| session.user);
        tx.commit().await?;
        if let Some(user) = owner {
            tracing::info!(%user, "identity.logged_out");
            self.rights_changed(user);
        }
        Ok(())
    }

    fn signed_in(
        &self,
        user: User,
        session: &Session,
        refresh: RefreshToken,
    ) -> Result<SignedIn, Error> {
        let access = self
            .access_tokens()
            .issue(user.id, session.tenant, session.id)?;
        let refresh_lifetime = session.expires_at.saturating_sub(self.now());
        Ok(SignedIn {
            user,
            access,
            refresh,
            refresh_lifetime,
        })
    }

    fn idle_expiry(&self, now: Millis) -> Millis {
        now.saturating_add(millis(self.platform().settings.identity.session_idle))
    }
}

/// Ends a person's oldest sessions, so that there is room for one more.
async fn make_room(tx: &SystemTx, user: UserId, now: Millis) -> Result<(), Error> {
    let newest_first = store::live_sessions_of(tx.conn(), user, None, now).await?;
    for session in newest_first.iter().skip(MOST_SESSIONS - 1) {
        store::end_session(tx, session.id, now).await?;
        tracing::info!(%user, session = %session.id, "identity.session_made_room");
    }
    Ok(())
}

async fn active_user(tx: &SystemTx, tenant: TenantId, user: UserId) -> Result<User, Error> {
    let user = store::find_user(tx, user)
        .await?
        .ok_or(Error::SessionEnded)?;
    let membership = store::membership(tx, tenant, user.id).await?;
    let is_member = membership.is_some_and(|member| member.status == MemberStatus::Active);
    if user.status != UserStatus::Active || !is_member {
        return Err(Error::SessionEnded);
    }
    Ok(user)
}

fn rotation(session: &Session, token: &RefreshToken, now: Millis, client: &str) -> Rotation {
    let hash = token.hash();
    if equal(hash.as_bytes(), session.refresh_hash.as_bytes()) {
        return Rotation::Fresh;
    }
    let previous = session.previous_hash.as_deref().unwrap_or_default();
    let is_previous = equal(hash.as_bytes(), previous.as_bytes());
    let is_same_client = client == session.client;
    if is_previous && is_same_client && now.saturating_sub(session.rotated_at) <= GRACE {
        return Rotation::Repeated;
    }
    Rotation::Reused
}

fn millis(duration: std::time::Duration) -> Millis {
    Millis::try_from(duration.as_millis()).unwrap_or(Millis::MAX)
}
