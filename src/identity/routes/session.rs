use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::cookies;
use super::own_site::OwnSite;
use crate::identity::service::Identity;
use crate::identity::sessions::SignedIn;
use crate::platform::ids::UserId;

/// A person.
#[derive(Serialize, ToSchema)]
pub(super) struct UserResponse {
    /// Who.
    pub(super) id: UserId,
    /// E-mail address.
    pub(super) email: String,
    /// Display name.
    pub(super) name: String,
}

/// A session just opened or continued; its tokens are also set as cookies.
#[derive(Serialize, ToSchema)]
pub(super) struct SessionResponse {
    /// Whose.
    user: UserResponse,
    /// Seconds until the access token has to be refreshed.
    expires_in: u64,
    /// Always `Bearer`.
    token_type: &'static str,
    /// The access token; browsers get it as a cookie alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token: Option<String>,
}

/// Sets both cookies, and tells programs their access token.
pub(super) fn answer(
    identity: &Identity,
    request: &HttpRequest,
    site: &OwnSite,
    signed_in: SignedIn,
) -> HttpResponse {
    let https = identity.is_https();
    let expires_in = identity.access_tokens().lifetime();
    let refresh_lifetime = u64::try_from(signed_in.refresh_lifetime / 1000).unwrap_or(0);
    let access = cookies::access(&signed_in.access, https, expires_in);
    let refresh = cookies::refresh(signed_in.refresh.as_str(), https, refresh_lifetime, request);
    let user = signed_in.user;
    HttpResponse::Ok()
        .cookie(access)
        .cookie(refresh)
        .json(SessionResponse {
            user: UserResponse {
                id: user.id,
                email: user.email,
                name: user.name,
            },
            expires_in,
            token_type: "Bearer",
            access_token: (!site.is_browser).then_some(signed_in.access),
        })
}
