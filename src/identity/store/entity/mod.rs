//! The rows of identity's tables; they never leave the store.

pub(crate) mod api_key;
pub(crate) mod link;
pub(crate) mod session;
pub(crate) mod tenant;
pub(crate) mod tenant_member;
pub(crate) mod user;
pub(crate) mod workspace;
pub(crate) mod workspace_member;
