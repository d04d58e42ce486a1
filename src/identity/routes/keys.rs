use actix_web::web::{Data, Json};
use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::access::path_id;
use super::answers::{BodyRefusals, CallerRefusals, Conflicts, Failures, Unknown};
use crate::contracts::{Caller, Scope, ScopeSet};
use crate::identity::NewKey;
use crate::identity::error::Error;
use crate::identity::names::Name;
use crate::identity::service::Identity;
use crate::identity::store::ApiKey;
use crate::identity::tokens::ApiKeySecret;
use crate::platform::clock::rfc3339;
use crate::platform::ids::ApiKeyId;
use crate::platform::problem::Problem;
use crate::platform::routes::Routes;

const DEFAULT_DAYS: u16 = 90;
const MOST_DAYS: u16 = 365;

pub(super) fn mount(config: &mut Routes<'_>) {
    config
        .service(list_api_keys)
        .service(create_api_key)
        .service(delete_api_key);
}

/// An API key without its secret.
#[derive(Serialize, ToSchema)]
struct ApiKeyResponse {
    /// Which.
    id: ApiKeyId,
    /// What it is for.
    name: String,
    /// How its text begins.
    prefix: String,
    /// What it may do.
    scopes: Vec<Scope>,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it ends; null means not by itself.
    #[schema(format = DateTime, required)]
    expires_at: Option<String>,
    /// When it was last used, to the minute.
    #[schema(format = DateTime, required)]
    last_used_at: Option<String>,
    /// Whether what it writes through `/v0` is kept as change sets, so that it can be undone.
    records_changes: bool,
}

impl From<ApiKey> for ApiKeyResponse {
    fn from(key: ApiKey) -> Self {
        Self {
            id: key.id,
            name: key.name,
            prefix: ApiKeySecret::shown_prefix(key.id),
            scopes: key.scopes.iter().collect(),
            created_at: rfc3339(key.created_at),
            expires_at: key.expires_at.map(rfc3339),
            last_used_at: key.last_used_at.map(rfc3339),
            records_changes: key.records_changes,
        }
    }
}

/// A key just made, with the secret that is never shown again.
#[derive(Serialize, ToSchema)]
struct CreatedApiKeyResponse {
    #[serde(flatten)]
    details: ApiKeyResponse,
    /// The key's text.
    key: String,
}

/// The caller's keys.
#[derive(Serialize, ToSchema)]
struct ApiKeyListResponse {
    /// All of them, oldest first.
    items: Vec<ApiKeyResponse>,
    /// Always null: they fit on one page.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// A key to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateApiKey {
    /// What it is for.
    #[schema(
        min_length = 1,
        max_length = 100,
        pattern = r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$"
    )]
    name: String,
    /// What it may do; everything when left out.
    #[serde(default)]
    #[schema(min_items = 1, max_items = 20)]
    scopes: Option<Vec<Scope>>,
    /// Days until it ends; 90 when left out.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 365)]
    expires_in_days: Option<u16>,
    /// Whether what it writes through `/v0` is kept as change sets, so that it can be undone.
    #[serde(default = "yes")]
    records_changes: bool,
}

fn yes() -> bool {
    true
}

impl CreateApiKey {
    fn days(&self) -> Result<u16, Error> {
        match self.expires_in_days {
            None => Ok(DEFAULT_DAYS),
            Some(days @ 1..=MOST_DAYS) => Ok(days),
            Some(_) => Err(Error::invalid("expires_in_days", "must be from 1 to 365")),
        }
    }

    fn scope_set(&self) -> Result<ScopeSet, Error> {
        match &self.scopes {
            None => Ok(ScopeSet::ALL),
            Some(scopes) if scopes.is_empty() || scopes.len() > 20 => {
                Err(Error::invalid("scopes", "must name at least one scope"))
            }
            Some(scopes) => Ok(scopes.iter().copied().collect()),
        }
    }
}

/// Lists the caller's API keys.
#[utoipa::path(tag = "auth", security(("bearer" = [])), responses(
    (status = 200, body = ApiKeyListResponse), CallerRefusals, Failures,
))]
#[get("/auth/keys")]
async fn list_api_keys(
    identity: Data<Identity>,
    caller: Caller,
) -> Result<Json<ApiKeyListResponse>, Problem> {
    let keys = identity.list_keys(&caller).await?;
    let items = keys.into_iter().map(ApiKeyResponse::from).collect();
    Ok(Json(ApiKeyListResponse {
        items,
        next_cursor: None,
    }))
}

/// Makes an API key; its text is in this answer alone.
#[utoipa::path(tag = "auth", security(("bearer" = [])), responses(
    (status = 201, body = CreatedApiKeyResponse), CallerRefusals, BodyRefusals, Conflicts, Failures,
))]
#[post("/auth/keys")]
async fn create_api_key(
    identity: Data<Identity>,
    caller: Caller,
    body: Json<CreateApiKey>,
) -> Result<HttpResponse, Problem> {
    let name = Name::parse("name", &body.name)?;
    let new = NewKey {
        name,
        scopes: body.scope_set()?,
        days: body.days()?,
        records_changes: body.records_changes,
    };
    let created = identity.create_key(&caller, new).await?;
    let details = ApiKeyResponse::from(created.key);
    Ok(HttpResponse::Created().json(CreatedApiKeyResponse {
        details,
        key: created.text,
    }))
}

/// Revokes one of the caller's API keys.
#[utoipa::path(tag = "auth", security(("bearer" = [])),
    params(("key_id" = ApiKeyId, Path, description = "Which key")),
    responses((status = 204), CallerRefusals, Unknown, Failures))]
#[delete("/auth/keys/{key_id}")]
async fn delete_api_key(
    identity: Data<Identity>,
    caller: Caller,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    identity
        .revoke_key(&caller, path_id(&request, "key_id")?)
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
