use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::contracts::{Actor, AuthError, Credential};
use crate::platform::durable::{Fault, StepError};
use crate::platform::ids::{ApiKeyId, SessionId, TenantId, UserId};
use crate::saga::Saga;

/// Who started a run, so that every step asks anew what they may do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::saga) struct Starter {
    user: UserId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<ApiKeyId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    session: Option<SessionId>,
}

impl Starter {
    pub(in crate::saga) fn of(actor: &Actor) -> Self {
        let (key, session) = match actor.credential {
            Credential::ApiKey(key) => (Some(key), None),
            Credential::Session(session) => (None, Some(session)),
            Credential::Local => (None, None),
        };
        Self {
            user: actor.user,
            key,
            session,
        }
    }

    /// The person.
    pub(in crate::saga) fn user(&self) -> UserId {
        self.user
    }

    /// With the rights of now.
    pub(in crate::saga) async fn recall(
        &self,
        saga: &Saga,
        tenant: TenantId,
    ) -> Result<Arc<Actor>, StepError> {
        let credential = match (self.key, self.session) {
            (Some(key), _) => Credential::ApiKey(key),
            (None, Some(session)) => Credential::Session(session),
            (None, None) => Credential::Local,
        };
        let Some(authenticator) = &saga.authenticator else {
            return Err(unavailable("This instance runs without identity"));
        };
        let recalled = authenticator.recall(tenant, self.user, credential).await;
        recalled.map_err(|error| match error {
            AuthError::Invalid => StepError::Permanent(Fault::new(
                "starter_refused",
                "Who started this may not act any more, or the key was revoked",
            )),
            AuthError::TooMany { .. } | AuthError::Unavailable(_) => {
                unavailable("The starter's rights cannot be checked right now")
            }
        })
    }
}

pub(super) fn unavailable(message: &str) -> StepError {
    StepError::Transient {
        fault: Fault::new("unavailable", message),
        retry_after: None,
    }
}
