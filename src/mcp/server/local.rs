use std::sync::Arc;

use rmcp::model::ErrorData;

use crate::contracts::{Actor, AuthError, Authenticator};

/// Whoever started this process; asked for anew with each request, since keys end and rights change.
#[derive(Clone)]
pub struct LocalCaller {
    authenticator: Arc<dyn Authenticator>,
    key: Option<String>,
}

impl LocalCaller {
    /// The holder of this API key; without one the owner of the instance.
    pub fn new(authenticator: Arc<dyn Authenticator>, key: Option<String>) -> Self {
        Self { authenticator, key }
    }

    /// The actor as of now.
    pub async fn actor(&self) -> Result<Arc<Actor>, AuthError> {
        match &self.key {
            Some(key) => self.authenticator.authenticate(key, None).await,
            None => self.authenticator.local_owner().await,
        }
    }

    /// The actor as of now, or what to answer a request.
    pub(super) async fn for_request(&self) -> Result<Arc<Actor>, ErrorData> {
        self.actor().await.map_err(|error| match error {
            AuthError::Invalid | AuthError::TooMany { .. } => {
                ErrorData::invalid_request("The credential is no longer valid", None)
            }
            AuthError::Unavailable(cause) => {
                tracing::error!(error = %cause, "mcp.authentication_unavailable");
                let message = "The credential could not be checked; try again in a few seconds";
                ErrorData::internal_error(message, None)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;
    use std::sync::atomic::{AtomicBool, Ordering};

    use async_trait::async_trait;
    use rmcp::model::ErrorCode;

    use super::*;
    use crate::contracts::Credential;
    use crate::mcp::testing::Memory;
    use crate::platform::ids::{TenantId, UserId};

    struct Revocable {
        owner: Arc<Actor>,
        revoked: AtomicBool,
    }

    #[async_trait]
    impl Authenticator for Revocable {
        async fn authenticate(&self, _: &str, _: Option<IpAddr>) -> Result<Arc<Actor>, AuthError> {
            self.local_owner().await
        }

        async fn recall(
            &self,
            _: TenantId,
            _: UserId,
            _: Credential,
        ) -> Result<Arc<Actor>, AuthError> {
            self.local_owner().await
        }

        async fn is_fresh(&self, _: &Actor) -> Result<bool, AuthError> {
            Ok(false)
        }

        async fn local_owner(&self) -> Result<Arc<Actor>, AuthError> {
            if self.revoked.load(Ordering::Relaxed) {
                return Err(AuthError::Invalid);
            }
            Ok(self.owner.clone())
        }
    }

    #[tokio::test]
    async fn a_revoked_credential_ends_while_the_process_goes_on() {
        let authenticator = Arc::new(Revocable {
            owner: Memory::new().owner(),
            revoked: AtomicBool::new(false),
        });
        for key in [None, Some("pya_key".to_owned())] {
            authenticator.revoked.store(false, Ordering::Relaxed);
            let caller = LocalCaller::new(authenticator.clone(), key);
            assert!(caller.for_request().await.is_ok());
            authenticator.revoked.store(true, Ordering::Relaxed);
            let refused = caller.for_request().await.err().unwrap();
            assert_eq!(refused.code, ErrorCode::INVALID_REQUEST);
            assert_eq!(refused.message, "The credential is no longer valid");
        }
    }
}
