use super::error::Error;
use super::names::{EmailAddress, Name};
use super::reauthentication::require_fresh;
use super::service::Identity;
use super::store::{self, ApiKey, MemberStatus};
use super::tokens::ApiKeySecret;
use crate::contracts::{Actor, Credential, Denied, ScopeSet};
use crate::platform::clock::Millis;
use crate::platform::db::TenantTx;
use crate::platform::ids::{ApiKeyId, UserId};

const DAY: Millis = 86_400_000;
const MOST_KEYS: usize = 100;

/// A key to be made.
pub struct NewKey {
    /// What it is for.
    pub name: Name,
    /// What it may do.
    pub scopes: ScopeSet,
    /// How many days it lives.
    pub days: u16,
    /// Whether its direct writes are kept as change sets, so that they can be undone.
    pub records_changes: bool,
}

/// A key just made; the only time that its text is known.
pub struct CreatedKey {
    /// The key's id.
    pub id: ApiKeyId,
    /// The secret text.
    pub text: String,
    pub(crate) key: ApiKey,
}

impl Identity {
    /// The caller's keys.
    pub(crate) async fn list_keys(&self, actor: &Actor) -> Result<Vec<ApiKey>, Error> {
        session_only(actor)?;
        let tx = self.platform().db.read(actor.tenant).await?;
        Ok(store::list_keys(&tx, actor.user).await?)
    }

    /// Makes a key of the caller's own.
    pub(crate) async fn create_key(&self, actor: &Actor, new: NewKey) -> Result<CreatedKey, Error> {
        session_only(actor)?;
        let tx = self.platform().db.begin(actor.tenant).await?;
        require_fresh(tx.conn(), actor, self.now()).await?;
        self.make_key(tx, actor.user, new).await
    }

    /// Makes a key for somebody, from the machine's own command line.
    pub async fn create_key_for(
        &self,
        email: &EmailAddress,
        new: NewKey,
    ) -> Result<CreatedKey, Error> {
        let tx = self.platform().db.system_read().await?;
        let user = store::find_user_by_email(&tx, email)
            .await?
            .ok_or(Error::NotFound)?;
        let memberships = store::active_memberships(&tx, user.id).await?;
        let tenant = memberships.first().ok_or(Error::NotFound)?.tenant;
        drop(tx);
        let tx = self.platform().db.begin(tenant).await?;
        self.make_key(tx, user.id, new).await
    }

    async fn make_key(&self, tx: TenantTx, user: UserId, new: NewKey) -> Result<CreatedKey, Error> {
        let now = self.now();
        let secret = ApiKeySecret::fresh();
        let expires_at = Some(now.saturating_add(Millis::from(new.days) * DAY));
        let key = ApiKey {
            id: secret.id(),
            tenant: tx.tenant(),
            user,
            name: new.name.as_str().to_owned(),
            secret_hash: secret.hash(),
            scopes: new.scopes,
            created_at: now,
            expires_at,
            last_used_at: None,
            records_changes: new.records_changes,
        };
        // Who is being removed at this moment gets no key that outlives it.
        store::lock_member(&tx, user)
            .await?
            .filter(|member| member.status == MemberStatus::Active)
            .ok_or(Error::NotFound)?;
        if store::list_keys(&tx, user).await?.len() >= MOST_KEYS {
            return Err(Error::Conflict(
                "There are 100 keys already; revoke one first",
            ));
        }
        store::insert_key(&tx, &key).await?;
        tx.commit().await?;
        tracing::info!(%user, key = %key.id, scopes = %key.scopes, "identity.key_created");
        Ok(CreatedKey {
            id: key.id,
            text: secret.as_str().to_owned(),
            key,
        })
    }

    /// Revokes one of the caller's keys.
    pub(crate) async fn revoke_key(&self, actor: &Actor, id: ApiKeyId) -> Result<(), Error> {
        session_only(actor)?;
        let tx = self.platform().db.begin(actor.tenant).await?;
        if !store::revoke_key(&tx, actor.user, id, self.now()).await? {
            return Err(Error::NotFound);
        }
        tx.commit().await?;
        tracing::info!(user = %actor.user, key = %id, "identity.key_revoked");
        self.rights_changed(actor.user);
        Ok(())
    }
}

/// Keys must not beget keys or members.
pub(crate) fn session_only(actor: &Actor) -> Result<(), Error> {
    match actor.credential {
        Credential::ApiKey(_) => Err(Denied::SessionOnly.into()),
        Credential::Session(_) | Credential::Local => Ok(()),
    }
}
