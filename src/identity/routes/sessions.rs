use actix_web::web::{Data, Json};
use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::access::{Managed, path_id};
use super::answers::{BodyRefusals, CallerRefusals, Conflicts, Failures, Unknown};
use super::own_site::OwnSite;
use super::session::{self, SessionResponse};
use crate::contracts::{Actor, Caller, Credential};
use crate::identity::service::Identity;
use crate::identity::store::{Session, Workspace};
use crate::identity::visitor::Visitor;
use crate::platform::clock::rfc3339;
use crate::platform::ids::{SessionId, UserId, WorkspaceId};
use crate::platform::problem::Problem;
use crate::platform::routes::Routes;

pub(super) fn mount(config: &mut Routes<'_>) {
    config
        .service(reauthenticate)
        .service(list_sessions)
        .service(delete_other_sessions)
        .service(delete_session)
        .service(list_member_sessions)
        .service(delete_member_sessions);
}

/// The caller's password, proved once more.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Reauthenticate {
    /// Password.
    #[schema(max_length = 256)]
    password: String,
}

/// A sign-in that can still be used.
#[derive(Serialize, ToSchema)]
struct OpenSessionResponse {
    /// Which.
    id: SessionId,
    /// What the client calls itself; empty when it did not say.
    client: String,
    /// When it was opened.
    #[schema(format = DateTime)]
    created_at: String,
    /// When its tokens were last renewed.
    #[schema(format = DateTime)]
    last_seen_at: String,
    /// When it ends unless it is used.
    #[schema(format = DateTime)]
    expires_at: String,
    /// Whether it is the one that asks.
    is_current: bool,
}

/// Sign-ins that can still be used.
#[derive(Serialize, ToSchema)]
struct OpenSessionListResponse {
    /// All of them, newest first.
    items: Vec<OpenSessionResponse>,
    /// Always null: they fit on one page.
    #[schema(required)]
    next_cursor: Option<String>,
}

fn list(sessions: Vec<Session>, actor: &Actor) -> Json<OpenSessionListResponse> {
    let item = |session: Session| OpenSessionResponse {
        id: session.id,
        client: session.client,
        created_at: rfc3339(session.created_at),
        last_seen_at: rfc3339(session.rotated_at),
        expires_at: rfc3339(session.idle_expires_at.min(session.expires_at)),
        is_current: actor.credential == Credential::Session(session.id),
    };
    Json(OpenSessionListResponse {
        items: sessions.into_iter().map(item).collect(),
        next_cursor: None,
    })
}

/// Proves the password again: for 10 minutes the caller may then do what needs it; a new session replaces theirs.
#[utoipa::path(tag = "auth", security(("bearer" = [])), responses(
    (status = 200, body = SessionResponse), CallerRefusals, BodyRefusals, Failures,
))]
#[post("/auth/reauthenticate")]
async fn reauthenticate(
    identity: Data<Identity>,
    request: HttpRequest,
    site: OwnSite,
    caller: Caller,
    visitor: Visitor,
    body: Json<Reauthenticate>,
) -> Result<HttpResponse, Problem> {
    let Reauthenticate { password } = body.into_inner();
    let signed_in = identity.reauthenticate(&caller, password, &visitor).await?;
    Ok(session::answer(&identity, &request, &site, signed_in))
}

/// Lists the caller's sessions.
#[utoipa::path(tag = "auth", security(("bearer" = [])), responses(
    (status = 200, body = OpenSessionListResponse), CallerRefusals, Failures,
))]
#[get("/auth/sessions")]
async fn list_sessions(
    identity: Data<Identity>,
    caller: Caller,
) -> Result<Json<OpenSessionListResponse>, Problem> {
    let sessions = identity.list_sessions(&caller).await?;
    Ok(list(sessions, &caller))
}

/// Ends all the caller's sessions but the one that asks.
#[utoipa::path(tag = "auth", security(("bearer" = [])), responses(
    (status = 204), CallerRefusals, Failures,
))]
#[delete("/auth/sessions")]
async fn delete_other_sessions(
    identity: Data<Identity>,
    caller: Caller,
) -> Result<HttpResponse, Problem> {
    identity.end_other_sessions(&caller).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Ends one of the caller's sessions.
#[utoipa::path(tag = "auth", security(("bearer" = [])),
    params(("session_id" = SessionId, Path, description = "Which session")),
    responses((status = 204), CallerRefusals, Unknown, Failures))]
#[delete("/auth/sessions/{session_id}")]
async fn delete_session(
    identity: Data<Identity>,
    caller: Caller,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    identity
        .end_own_session(&caller, path_id(&request, "session_id")?)
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Lists a member's sessions in this tenant.
#[utoipa::path(tag = "workspaces", security(("bearer" = [])),
    params(
        ("workspace_id" = WorkspaceId, Path, description = "Which workspace"),
        ("user_id" = UserId, Path, description = "Which member"),
    ),
    responses((status = 200, body = OpenSessionListResponse),
        CallerRefusals, Unknown, Conflicts, Failures))]
#[get("/workspaces/{workspace_id}/members/{user_id}/sessions")]
async fn list_member_sessions(
    identity: Data<Identity>,
    managed: Managed<Workspace>,
    request: HttpRequest,
) -> Result<Json<OpenSessionListResponse>, Problem> {
    let reached = managed.0;
    let user = path_id(&request, "user_id")?;
    let sessions = identity
        .list_member_sessions(&reached.actor, reached.role, reached.resource.id, user)
        .await?;
    Ok(list(sessions, &reached.actor))
}

/// Ends a member's sessions in this tenant.
#[utoipa::path(tag = "workspaces", security(("bearer" = [])),
    params(
        ("workspace_id" = WorkspaceId, Path, description = "Which workspace"),
        ("user_id" = UserId, Path, description = "Which member"),
    ),
    responses((status = 204), CallerRefusals, Unknown, Conflicts, Failures))]
#[delete("/workspaces/{workspace_id}/members/{user_id}/sessions")]
async fn delete_member_sessions(
    identity: Data<Identity>,
    managed: Managed<Workspace>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let reached = managed.0;
    let user = path_id(&request, "user_id")?;
    identity
        .end_member_sessions(&reached.actor, reached.role, reached.resource.id, user)
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
