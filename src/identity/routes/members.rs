use actix_web::web::{Data, Json};
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::access::{Managed, Visible, path_id};
use super::answers::{BodyRefusals, CallerRefusals, Conflicts, Failures, Unknown};
use crate::contracts::Role;
use crate::identity::members::Newcomer;
use crate::identity::names::{EmailAddress, Name};
use crate::identity::service::Identity;
use crate::identity::store::{MemberStatus, Workspace, WorkspaceMember};
use crate::platform::ids::{UserId, WorkspaceId};
use crate::platform::problem::Problem;
use crate::platform::routes::Routes;

pub(super) fn mount(config: &mut Routes<'_>) {
    config
        .service(list_members)
        .service(create_member)
        .service(update_member)
        .service(delete_member);
}

/// Whether a member has joined.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum MemberState {
    /// May work.
    Active,
    /// Has not accepted yet.
    Invited,
    /// May not work for now.
    Suspended,
}

/// A person in a workspace.
#[derive(Serialize, ToSchema)]
struct MemberResponse {
    /// Who.
    user_id: UserId,
    /// E-mail address.
    email: String,
    /// Display name.
    name: String,
    /// Their role in this workspace.
    role: Role,
    /// Whether they have joined.
    status: MemberState,
}

impl From<WorkspaceMember> for MemberResponse {
    fn from(member: WorkspaceMember) -> Self {
        let status = match member.status {
            MemberStatus::Active => MemberState::Active,
            MemberStatus::Invited => MemberState::Invited,
            MemberStatus::Suspended => MemberState::Suspended,
        };
        let person = member.person;
        Self {
            user_id: person.id,
            email: person.email,
            name: person.name,
            role: member.role,
            status,
        }
    }
}

/// The people in a workspace.
#[derive(Serialize, ToSchema)]
struct MemberListResponse {
    /// All of them, by name.
    items: Vec<MemberResponse>,
    /// Always null: they fit on one page.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// A person to be added.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateMember {
    /// E-mail address.
    #[schema(
        min_length = 3,
        max_length = 254,
        pattern = r"^[^\x00-\x20\x7f@]+@[^\x00-\x20\x7f@]+$"
    )]
    email: String,
    /// Display name, until they choose another.
    #[schema(
        min_length = 1,
        max_length = 100,
        pattern = r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$"
    )]
    name: String,
    /// Role in this workspace.
    role: Role,
}

/// A person just added.
#[derive(Serialize, ToSchema)]
struct CreatedMemberResponse {
    /// The person.
    member: MemberResponse,
    /// The one-time link to send them; null when they are in the tenant already.
    #[schema(required)]
    invite_url: Option<String>,
}

/// A change to a member.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UpdateMember {
    /// The new role.
    role: Role,
}

/// Lists the people in a workspace.
#[utoipa::path(tag = "workspaces", security(("bearer" = [])),
    params(("workspace_id" = WorkspaceId, Path, description = "Which workspace")),
    responses((status = 200, body = MemberListResponse), CallerRefusals, Unknown, Failures))]
#[get("/workspaces/{workspace_id}/members")]
async fn list_members(
    identity: Data<Identity>,
    visible: Visible<Workspace>,
) -> Result<Json<MemberListResponse>, Problem> {
    let reached = visible.0;
    let members = identity
        .list_members(&reached.actor, reached.resource.id)
        .await?;
    let items = members.into_iter().map(MemberResponse::from).collect();
    Ok(Json(MemberListResponse {
        items,
        next_cursor: None,
    }))
}

/// Adds a person to a workspace, by invitation when they are new.
#[utoipa::path(tag = "workspaces", security(("bearer" = [])),
    params(("workspace_id" = WorkspaceId, Path, description = "Which workspace")),
    responses((status = 201, body = CreatedMemberResponse),
        CallerRefusals, Unknown, Conflicts, BodyRefusals, Failures))]
#[post("/workspaces/{workspace_id}/members")]
async fn create_member(
    identity: Data<Identity>,
    managed: Managed<Workspace>,
    body: Json<CreateMember>,
) -> Result<HttpResponse, Problem> {
    let reached = managed.0;
    let newcomer = Newcomer {
        change: None,
        email: EmailAddress::parse(&body.email)?,
        name: Name::parse("name", &body.name)?,
        role: body.role,
    };
    let workspace = reached.resource.id;
    let added = identity
        .add_member(&reached.actor, reached.role, workspace, newcomer)
        .await?;
    let member = MemberResponse::from(added.member);
    Ok(HttpResponse::Created().json(CreatedMemberResponse {
        member,
        invite_url: added.invite_url,
    }))
}

/// Gives a member another role.
#[utoipa::path(tag = "workspaces", security(("bearer" = [])),
    params(
        ("workspace_id" = WorkspaceId, Path, description = "Which workspace"),
        ("user_id" = UserId, Path, description = "Which member"),
    ),
    responses((status = 200, body = MemberResponse),
        CallerRefusals, Unknown, Conflicts, BodyRefusals, Failures))]
#[patch("/workspaces/{workspace_id}/members/{user_id}")]
async fn update_member(
    identity: Data<Identity>,
    managed: Managed<Workspace>,
    request: HttpRequest,
    body: Json<UpdateMember>,
) -> Result<Json<MemberResponse>, Problem> {
    let reached = managed.0;
    let user = path_id(&request, "user_id")?;
    let workspace = reached.resource.id;
    let changed = identity
        .change_role(&reached.actor, reached.role, workspace, user, body.role)
        .await?;
    Ok(Json(MemberResponse::from(changed)))
}

/// Takes a member out of a workspace.
#[utoipa::path(tag = "workspaces", security(("bearer" = [])),
    params(
        ("workspace_id" = WorkspaceId, Path, description = "Which workspace"),
        ("user_id" = UserId, Path, description = "Which member"),
    ),
    responses((status = 204), CallerRefusals, Unknown, Conflicts, Failures))]
#[delete("/workspaces/{workspace_id}/members/{user_id}")]
async fn delete_member(
    identity: Data<Identity>,
    managed: Managed<Workspace>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let reached = managed.0;
    let user = path_id(&request, "user_id")?;
    identity
        .remove_member(&reached.actor, reached.role, reached.resource.id, user)
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
