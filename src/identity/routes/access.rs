use std::str::FromStr;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;

use crate::contracts::{Actor, Caller, Permission, Role};
use crate::identity::error::Error;
use crate::identity::service::Identity;
use crate::identity::store::Workspace;
use crate::platform::ids::WorkspaceId;
use crate::platform::problem::Problem;

/// A resource from the path that the caller may see.
pub(super) struct Visible<T>(pub(super) Reached<T>);

/// A resource from the path that the caller may manage.
pub(super) struct Managed<T>(pub(super) Reached<T>);

/// A resource with the one who reached it.
pub(super) struct Reached<T> {
    pub(super) actor: Arc<Actor>,
    pub(super) role: Role,
    pub(super) resource: T,
}

impl FromRequest for Visible<Workspace> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Ok(Self(reach(&request, Permission::MembersRead).await?)) })
    }
}

impl FromRequest for Managed<Workspace> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Ok(Self(reach(&request, Permission::MembersManage).await?)) })
    }
}

async fn reach(
    request: &HttpRequest,
    permission: Permission,
) -> Result<Reached<Workspace>, Problem> {
    let Caller(actor) = Caller::extract(request).await?;
    let identity = identity(request)?;
    let id: WorkspaceId = path_id(request, "workspace_id")?;
    // A tenant's owner has a role in every workspace, so only the look into the tenant tells whether it is one.
    let resource = identity.find_workspace(actor.tenant, id).await?;
    let role = actor.require(id, permission).map_err(Error::from)?;
    Ok(Reached {
        actor,
        role,
        resource,
    })
}

fn identity(request: &HttpRequest) -> Result<Data<Identity>, Error> {
    request
        .app_data::<Data<Identity>>()
        .cloned()
        .ok_or_else(|| Error::internal("identity is not mounted"))
}

/// An id from the path; what is no id names nothing, exactly like an unknown one.
pub(super) fn path_id<T: FromStr>(request: &HttpRequest, name: &str) -> Result<T, Error> {
    request
        .match_info()
        .query(name)
        .parse()
        .map_err(|_| Error::NotFound)
}
