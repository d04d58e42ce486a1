//! Identity's HTTP routes: thin handlers over the use cases.

mod access;
mod answers;
mod auth;
mod cookies;
mod keys;
mod members;
mod own_site;
mod session;
mod workspaces;

use actix_web::web::Data;
use utoipa_actix_web::service_config::ServiceConfig;

use super::service::Identity;

/// Mounts all routes below `/api`.
pub(crate) fn mount(config: &mut ServiceConfig<'_>, identity: &Identity) {
    config.app_data(Data::new(identity.clone()));
    auth::mount(config);
    keys::mount(config);
    workspaces::mount(config);
    members::mount(config);
}
