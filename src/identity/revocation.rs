use super::error::Error;
use super::store;
use crate::platform::clock::Millis;
use crate::platform::db::Conn;
use crate::platform::ids::{SessionId, TenantId, UserId};

/// Why a person's credentials lose their worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// The person chose another password; the session that did it stays.
    PasswordChanged {
        /// The session that stays.
        keep: SessionId,
    },
    /// Somebody else set the password.
    PasswordReset,
    /// The person no longer belongs to the tenant, keys included.
    Removed(TenantId),
    /// The person may do less in the tenant; keys follow by themselves.
    RoleDecreased(TenantId),
    /// Who manages the tenant's members ends a member's sessions there.
    AdministratorAction(TenantId),
}

/// Ends what a person can act with, as far as the reason says; the one place where that is decided.
///
/// It runs in the transaction of its cause, so that neither is there without the other.
pub(crate) async fn revoke_all(
    tx: &Conn,
    user: UserId,
    reason: Reason,
    now: Millis,
) -> Result<(), Error> {
    match reason {
        // Every access token names its session, so ending the others is enough and the kept one goes on.
        Reason::PasswordChanged { keep } => {
            store::end_sessions_of(tx, user, None, Some(keep), now).await?;
        }
        Reason::PasswordReset => {
            store::end_sessions_of(tx, user, None, None, now).await?;
            store::forbid_before(tx, user, now).await?;
        }
        Reason::Removed(tenant) => {
            // Tokens name their session; a date would reach into the person's other tenants.
            store::end_sessions_of(tx, user, Some(tenant), None, now).await?;
            store::revoke_keys_of(tx, tenant, user, now).await?;
        }
        Reason::RoleDecreased(tenant) | Reason::AdministratorAction(tenant) => {
            store::end_sessions_of(tx, user, Some(tenant), None, now).await?;
        }
    }
    tracing::info!(%user, reason = ?reason, "identity.revoked");
    Ok(())
}
