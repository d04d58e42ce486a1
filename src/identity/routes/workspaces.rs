use actix_web::web::{Data, Json};
use actix_web::{HttpResponse, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::access::Managed;
use super::answers::{BodyRefusals, CallerRefusals, Failures, Unknown};
use crate::contracts::{Caller, Permission, Role};
use crate::identity::error::Error;
use crate::identity::names::Name;
use crate::identity::service::Identity;
use crate::identity::store::Workspace;
use crate::platform::ids::WorkspaceId;
use crate::platform::problem::Problem;
use crate::platform::routes::Routes;

pub(super) fn mount(config: &mut Routes<'_>) {
    config
        .service(list_workspaces)
        .service(create_workspace)
        .service(update_workspace);
}

/// A workspace with the caller's role in it.
#[derive(Serialize, ToSchema)]
pub(super) struct WorkspaceResponse {
    /// Which.
    id: WorkspaceId,
    /// Its name.
    name: String,
    /// The caller's role.
    role: Role,
}

impl From<(Workspace, Role)> for WorkspaceResponse {
    fn from((workspace, role): (Workspace, Role)) -> Self {
        Self {
            id: workspace.id,
            name: workspace.name,
            role,
        }
    }
}

/// The caller's workspaces.
#[derive(Serialize, ToSchema)]
struct WorkspaceListResponse {
    /// All of them, oldest first.
    items: Vec<WorkspaceResponse>,
    /// Always null: they fit on one page.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// A workspace to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateWorkspace {
    /// Its name.
    #[schema(
        min_length = 1,
        max_length = 100,
        pattern = r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$"
    )]
    name: String,
}

/// A change to a workspace.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UpdateWorkspace {
    /// The new name.
    #[schema(
        min_length = 1,
        max_length = 100,
        pattern = r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$"
    )]
    name: String,
}

/// Lists the workspaces that the caller may work in.
#[utoipa::path(tag = "workspaces", security(("bearer" = []), ("api_key" = [])), responses(
    (status = 200, body = WorkspaceListResponse), CallerRefusals, Failures,
))]
#[get("/workspaces")]
async fn list_workspaces(
    identity: Data<Identity>,
    caller: Caller,
) -> Result<Json<WorkspaceListResponse>, Problem> {
    caller
        .require_scope(Permission::SchemaRead)
        .map_err(Error::from)?;
    let workspaces = identity.list_workspaces(&caller).await?;
    let items = workspaces
        .into_iter()
        .map(WorkspaceResponse::from)
        .collect();
    Ok(Json(WorkspaceListResponse {
        items,
        next_cursor: None,
    }))
}

/// Makes a workspace.
#[utoipa::path(tag = "workspaces", security(("bearer" = [])), responses(
    (status = 201, body = WorkspaceResponse), CallerRefusals, BodyRefusals, Failures,
))]
#[post("/workspaces")]
async fn create_workspace(
    identity: Data<Identity>,
    caller: Caller,
    body: Json<CreateWorkspace>,
) -> Result<HttpResponse, Problem> {
    let name = Name::parse("name", &body.name)?;
    let workspace = identity.create_workspace(&caller, &name).await?;
    Ok(HttpResponse::Created().json(WorkspaceResponse::from((workspace, Role::Owner))))
}

/// Renames a workspace.
#[utoipa::path(tag = "workspaces", security(("bearer" = [])),
    params(("workspace_id" = WorkspaceId, Path, description = "Which workspace")),
    responses((status = 200, body = WorkspaceResponse), CallerRefusals, Unknown, BodyRefusals, Failures))]
#[patch("/workspaces/{workspace_id}")]
async fn update_workspace(
    identity: Data<Identity>,
    managed: Managed<Workspace>,
    body: Json<UpdateWorkspace>,
) -> Result<Json<WorkspaceResponse>, Problem> {
    let reached = managed.0;
    let name = Name::parse("name", &body.name)?;
    let renamed = identity
        .rename_workspace(&reached.actor, reached.resource.id, &name)
        .await?;
    Ok(Json(WorkspaceResponse::from((renamed, reached.role))))
}
