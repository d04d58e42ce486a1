//! Who people are and what they may do: sign-in, sessions, API keys, tenants, workspaces, members.

mod actors;
mod administration;
mod credentials;
mod directory;
mod error;
mod invitations;
mod keys;
mod login;
mod members;
mod names;
mod password_change;
mod passwords;
mod reauthentication;
mod revocation;
mod routes;
mod service;
mod session_list;
mod sessions;
mod setup;
mod steps;
mod store;
mod throttle;
mod tokens;
mod visitor;
mod workers;
mod workspaces;

pub use administration::{CreatedUser, NewUser, TenantChoice};
pub use error::Error;
pub use keys::{CreatedKey, NewKey};
pub use names::{EmailAddress, Name};
pub use service::Identity;
