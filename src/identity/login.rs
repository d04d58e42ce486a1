use super::error::Error;
use super::names::EmailAddress;
use super::passwords::Verdict;
use super::reauthentication::still_proved;
use super::service::Identity;
use super::sessions::SignedIn;
use super::store::{self, User, UserStatus};
use super::visitor::Visitor;

/// No accepted password has more bytes; hashing a longer one would only cost.
const LONGEST_CHECKED: usize = 1024;

impl Identity {
    /// Signs a person in; unknown, wrong and disabled cost and answer the same.
    pub(crate) async fn login(
        &self,
        email: &str,
        password: String,
        visitor: &Visitor,
    ) -> Result<SignedIn, Error> {
        let address = visitor.address;
        self.throttle_address(address).await?;
        self.throttle_account(email, address).await?;
        let user = self.find_by_email_text(email).await?;
        let verdict = self
            .verify_password(user.as_ref(), password.clone())
            .await?;
        let Some(user) = user.filter(|_| verdict != Verdict::Wrong) else {
            tracing::info!(address = ?address, "identity.login_refused");
            return Err(Error::InvalidCredentials);
        };
        let rehashed = match verdict {
            Verdict::RightButOld => Some(self.hasher().hash(password).await?),
            _ => None,
        };
        let tx = self.platform().db.system().await?;
        // The password may have changed while it was being checked.
        let current = still_proved(&tx, &user).await?;
        if let Some(hash) = rehashed {
            store::set_password(&tx, user.id, hash).await?;
        }
        let memberships = store::active_memberships(&tx, user.id).await?;
        let tenant = memberships.first().ok_or(Error::InvalidCredentials)?.tenant;
        let signed_in = self.open_session(&tx, current, tenant, visitor).await?;
        tx.commit().await?;
        self.rights_changed(user.id);
        Ok(signed_in)
    }

    /// Compares with the hash of an active person; anybody else costs the same and is wrong.
    pub(crate) async fn verify_password(
        &self,
        user: Option<&User>,
        password: String,
    ) -> Result<Verdict, Error> {
        if password.len() > LONGEST_CHECKED {
            return self.hasher().verify(String::new(), None).await;
        }
        let active = user.filter(|user| user.status == UserStatus::Active);
        self.hasher()
            .verify(password, active.and_then(|user| user.password_hash.clone()))
            .await
    }

    async fn find_by_email_text(&self, email: &str) -> Result<Option<User>, Error> {
        let Ok(email) = EmailAddress::parse(email) else {
            return Ok(None);
        };
        let tx = self.platform().db.system_read().await?;
        Ok(store::find_user_by_email(&tx, &email).await?)
    }
}
