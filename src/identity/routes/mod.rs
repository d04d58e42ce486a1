//! Identity's HTTP routes: thin handlers over the use cases.

mod access;
mod answers;
mod auth;
mod cookies;
mod keys;
mod members;
mod own_site;
mod session;
mod sessions;
mod visitor;
mod workspaces;

use actix_web::web::Data;

use super::service::Identity;
use crate::platform::routes::Routes;

/// Mounts all routes below `/api`.
pub(crate) fn mount(config: &mut Routes<'_>, identity: &Identity) {
    config.app_data(Data::new(identity.clone()));
    auth::mount(config);
    sessions::mount(config);
    keys::mount(config);
    workspaces::mount(config);
    members::mount(config);
}
