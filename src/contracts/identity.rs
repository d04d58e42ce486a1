use std::net::IpAddr;
use std::sync::Arc;

use async_trait::async_trait;

use super::access::{Actor, Credential};
use crate::platform::ids::{TenantId, UserId, WorkspaceId};

/// Why a credential is not accepted; every bad credential looks the same from outside.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// Missing, malformed, unknown, expired or revoked.
    #[error("the credential is not valid")]
    Invalid,
    /// Too many credentials of the caller's address failed lately to look up one more that is not known.
    #[error("too many credentials failed")]
    TooMany {
        /// Seconds to wait.
        retry_after: u64,
    },
    /// The check could not be made.
    #[error("the credential could not be checked")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Turns a bearer token or API key into an [`Actor`].
#[async_trait]
pub trait Authenticator: Send + Sync {
    /// The actor behind an API key or access token; a revoked one fails within 5 seconds everywhere.
    async fn authenticate(
        &self,
        token: &str,
        address: Option<IpAddr>,
    ) -> Result<Arc<Actor>, AuthError>;

    /// Who started something earlier, with the rights of now: a revoked key, and a person who may no longer do
    /// anything, are `Invalid`; that a session has ended since is no matter.
    async fn recall(
        &self,
        tenant: TenantId,
        user: UserId,
        credential: Credential,
    ) -> Result<Arc<Actor>, AuthError>;

    /// Whether the person proved their password within the last 10 minutes; a key proves none.
    async fn is_fresh(&self, actor: &Actor) -> Result<bool, AuthError>;

    /// The tenant owner that the local command line acts as; `Invalid` when there is none yet.
    async fn local_owner(&self) -> Result<Arc<Actor>, AuthError>;
}

/// A person as other contexts may see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub id: UserId,
    /// E-mail address.
    pub email: String,
    /// Display name.
    pub name: String,
}

/// A workspace as other contexts may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkspaceRef {
    /// Which.
    pub id: WorkspaceId,
    /// The tenant it belongs to.
    pub tenant: TenantId,
    /// Its name.
    pub name: String,
}

/// Who and what there is in a tenant.
#[async_trait]
pub trait Directory: Send + Sync {
    /// All active people of a tenant, by name.
    async fn people(&self, tenant: TenantId) -> Result<Arc<[Person]>, AuthError>;

    /// Every workspace of a tenant, oldest first.
    async fn workspaces(&self, tenant: TenantId) -> Result<Vec<WorkspaceRef>, AuthError>;
}
