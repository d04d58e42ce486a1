use actix_web::web::{Data, Json};
use actix_web::{HttpRequest, HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answers::{BodyRefusals, CallerRefusals, Conflicts, Failures, SignInRefusals};
use super::cookies;
use super::own_site::{GuardedSite, OwnSite};
use super::session::{self, SessionResponse, UserResponse};
use super::workspaces::WorkspaceResponse;
use crate::contracts::{Caller, CallerState, ClientAddress, Credential, Denied, Scope, TenantRole};
use crate::identity::error::Error;
use crate::identity::service::Identity;
use crate::identity::setup::Setup;
use crate::identity::visitor::Visitor;
use crate::platform::ids::TenantId;
use crate::platform::problem::{Problem, ProblemDocument};
use crate::platform::routes::Routes;

pub(super) fn mount(config: &mut Routes<'_>) {
    config
        .service(find_setup_state)
        .service(set_up_instance)
        .service(log_in)
        .service(refresh_session)
        .service(log_out)
        .service(find_me)
        .service(update_password)
        .service(accept_invite);
}

/// Whether the instance waits for its first person.
#[derive(Serialize, ToSchema)]
struct SetupStateResponse {
    /// True until somebody can sign in.
    setup_required: bool,
}

/// The first person of an instance.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SetUpInstance {
    /// From the link that the server printed.
    #[schema(max_length = 200)]
    token: String,
    /// E-mail address to sign in with.
    #[schema(
        min_length = 3,
        max_length = 254,
        pattern = r"^[^\x00-\x20\x7f@]+@[^\x00-\x20\x7f@]+$"
    )]
    email: String,
    /// 12 to 256 characters.
    #[schema(min_length = 12, max_length = 256)]
    password: String,
    /// Display name.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// Name of the first workspace.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100)]
    workspace_name: Option<String>,
}

/// E-mail address and password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LogIn {
    /// E-mail address.
    #[schema(max_length = 254)]
    email: String,
    /// Password.
    #[schema(max_length = 256)]
    password: String,
}

/// A new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UpdatePassword {
    /// The password until now; may be left out within 10 minutes of a sign-in or re-authentication.
    #[serde(default)]
    #[schema(max_length = 256)]
    current_password: Option<String>,
    /// 12 to 256 characters.
    #[schema(min_length = 12, max_length = 256)]
    new_password: String,
}

/// The answer to an invitation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AcceptInvite {
    /// From the link.
    #[schema(max_length = 200)]
    token: String,
    /// A new password, or the present one of somebody who already has one.
    #[schema(min_length = 12, max_length = 256)]
    password: String,
    /// Display name, if not the one in the invitation.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
}

/// A tenant.
#[derive(Serialize, ToSchema)]
struct TenantResponse {
    /// Which.
    id: TenantId,
    /// Its name.
    name: String,
}

/// Who the caller is and where they may work.
#[derive(Serialize, ToSchema)]
struct MeResponse {
    /// The person.
    user: UserResponse,
    /// Their tenant.
    tenant: TenantResponse,
    /// Their part in the tenant.
    role: TenantRole,
    /// Their workspaces.
    workspaces: Vec<WorkspaceResponse>,
}

/// Tells whether the instance waits for its first person.
#[utoipa::path(tag = "auth", security(()), responses(
    (status = 200, body = SetupStateResponse),
    (status = 503, body = ProblemDocument, content_type = "application/problem+json"),
    Failures,
))]
#[get("/auth/state")]
async fn find_setup_state(identity: Data<Identity>) -> Result<Json<SetupStateResponse>, Problem> {
    let setup_required = identity.is_setup_required().await?;
    Ok(Json(SetupStateResponse { setup_required }))
}

/// Makes the first person with the one-time link that the server printed.
#[utoipa::path(tag = "auth", security(()), responses(
    (status = 200, body = SessionResponse), SignInRefusals, BodyRefusals, Conflicts, Failures,
))]
#[post("/auth/setup")]
async fn set_up_instance(
    identity: Data<Identity>,
    request: HttpRequest,
    site: OwnSite,
    visitor: Visitor,
    body: Json<SetUpInstance>,
) -> Result<HttpResponse, Problem> {
    let body = body.into_inner();
    let setup = Setup {
        token: body.token,
        email: body.email,
        password: body.password,
        name: body.name,
        workspace_name: body.workspace_name,
    };
    let signed_in = identity.set_up(setup, &visitor).await?;
    Ok(session::answer(&identity, &request, &site, signed_in))
}

/// Signs in with e-mail address and password.
#[utoipa::path(tag = "auth", security(()), responses(
    (status = 200, body = SessionResponse), SignInRefusals, BodyRefusals, Failures,
))]
#[post("/auth/login")]
async fn log_in(
    identity: Data<Identity>,
    request: HttpRequest,
    site: OwnSite,
    visitor: Visitor,
    body: Json<LogIn>,
) -> Result<HttpResponse, Problem> {
    let LogIn { email, password } = body.into_inner();
    let signed_in = identity.login(&email, password, &visitor).await?;
    Ok(session::answer(&identity, &request, &site, signed_in))
}

/// Exchanges the refresh cookie for a new pair of tokens.
#[utoipa::path(tag = "auth", security(()), responses(
    (status = 200, body = SessionResponse), SignInRefusals, Failures,
))]
#[post("/auth/refresh")]
async fn refresh_session(
    identity: Data<Identity>,
    request: HttpRequest,
    site: GuardedSite,
    visitor: Visitor,
) -> Result<HttpResponse, Problem> {
    let shown = cookies::shown_refresh(&request, identity.is_https()).ok_or(Error::SessionEnded)?;
    let signed_in = identity.refresh(&shown, &visitor).await?;
    Ok(session::answer(&identity, &request, &site.0, signed_in))
}

/// Ends the session and makes a browser forget it.
#[utoipa::path(tag = "auth", security((), ("bearer" = [])), responses(
    (status = 204), SignInRefusals, Failures,
))]
#[post("/auth/logout")]
async fn log_out(
    identity: Data<Identity>,
    request: HttpRequest,
    _site: GuardedSite,
) -> Result<HttpResponse, Problem> {
    let https = identity.is_https();
    let refresh = cookies::shown_refresh(&request, https);
    identity
        .logout(refresh.as_deref(), caller_session(&request))
        .await?;
    let [access, refresh] = cookies::cleared(https, &request);
    let mut response = HttpResponse::NoContent();
    response.insert_header(("Clear-Site-Data", "\"cache\", \"storage\""));
    Ok(response.cookie(access).cookie(refresh).finish())
}

fn caller_session(request: &HttpRequest) -> Option<crate::platform::ids::SessionId> {
    use actix_web::HttpMessage;

    match request.extensions().get::<CallerState>()? {
        CallerState::Known(actor) => match actor.credential {
            Credential::Session(session) => Some(session),
            Credential::ApiKey(_) | Credential::Local => None,
        },
        _ => None,
    }
}

/// Tells who the caller is and where they may work.
#[utoipa::path(tag = "auth", security(("bearer" = []), ("api_key" = [])), responses(
    (status = 200, body = MeResponse), CallerRefusals, Failures,
))]
#[get("/auth/me")]
async fn find_me(identity: Data<Identity>, caller: Caller) -> Result<Json<MeResponse>, Problem> {
    if !caller.scopes.contains(Scope::EmailRead) {
        return Err(Error::from(Denied::Scope(Scope::EmailRead)).into());
    }
    let name = identity.tenant_name(&caller).await?;
    let workspaces = identity.list_workspaces(&caller).await?;
    Ok(Json(MeResponse {
        user: UserResponse {
            id: caller.user,
            email: caller.email.to_string(),
            name: caller.name.to_string(),
        },
        tenant: TenantResponse {
            id: caller.tenant,
            name,
        },
        role: caller.tenant_role,
        workspaces: workspaces
            .into_iter()
            .map(WorkspaceResponse::from)
            .collect(),
    }))
}

/// Changes the caller's password and ends their other sessions.
#[utoipa::path(tag = "auth", security(("bearer" = [])), responses(
    (status = 204), CallerRefusals, BodyRefusals, Failures,
))]
#[post("/auth/password")]
async fn update_password(
    identity: Data<Identity>,
    caller: Caller,
    address: ClientAddress,
    body: Json<UpdatePassword>,
) -> Result<HttpResponse, Problem> {
    let UpdatePassword {
        current_password,
        new_password,
    } = body.into_inner();
    identity
        .change_password(&caller, current_password, new_password, address.0)
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Joins a tenant with the one-time link of an invitation.
#[utoipa::path(tag = "auth", security(()), responses(
    (status = 200, body = SessionResponse), SignInRefusals, BodyRefusals, Failures,
))]
#[post("/auth/invite")]
async fn accept_invite(
    identity: Data<Identity>,
    request: HttpRequest,
    site: OwnSite,
    visitor: Visitor,
    body: Json<AcceptInvite>,
) -> Result<HttpResponse, Problem> {
    let AcceptInvite {
        token,
        password,
        name,
    } = body.into_inner();
    let signed_in = identity
        .accept_invite(&token, password, name.as_deref(), &visitor)
        .await?;
    Ok(session::answer(&identity, &request, &site, signed_in))
}
