use std::sync::Arc;

use actix_web::http::header::{CONTENT_ENCODING, CONTENT_SECURITY_POLICY, LOCATION};
use actix_web::{HttpResponse, ResponseError, web};
use utoipa::openapi::path::PathItem;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Components, InfoBuilder, OpenApi, OpenApiBuilder, Paths};
use utoipa_actix_web::OpenApiFactory;
use utoipa_swagger_ui::Config;

use super::health;
use super::state::Door;
use crate::contracts::Context;
use crate::platform::problem::Problem;
use crate::platform::routes::{Listener, Routes};

const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'";

/// The OpenAPI document of everything these contexts mount.
pub fn openapi(contexts: &[Arc<dyn Context>]) -> OpenApi {
    let mut document = empty_document();
    visit(contexts, &mut |prefix, handler| {
        document.paths.merge(below(prefix, handler));
        let mut schemas = Vec::new();
        handler.schemas(&mut schemas);
        let components = document.components.get_or_insert_with(Components::new);
        components.schemas.extend(schemas);
    });
    for (_, item) in document
        .paths
        .paths
        .iter_mut()
        .filter(|(path, _)| path.starts_with("/v0"))
    {
        tell_apart(item);
    }
    document
}

/// Calls the listener with every documented handler of these contexts.
pub(super) fn visit<'a>(contexts: &[Arc<dyn Context>], listener: &'a mut Listener<'a>) {
    let _ = actix_web::App::new().configure(|config| {
        mount(&mut Routes::heard(config, listener), contexts);
    });
}

/// What a handler says of itself, below the path of its scope.
pub(super) fn below(prefix: &str, handler: &dyn OpenApiFactory) -> Paths {
    let mut paths = Paths::new();
    for (path, item) in handler.paths().paths {
        paths.paths.insert(format!("{prefix}{path}"), item);
    }
    paths
}

/// Airtable's API and ours have handlers of the same name, but an operation id must be unique.
fn tell_apart(item: &mut PathItem) {
    let methods = [
        &mut item.get,
        &mut item.post,
        &mut item.put,
        &mut item.patch,
        &mut item.delete,
    ];
    for operation in methods.into_iter().flatten() {
        operation.operation_id = operation
            .operation_id
            .take()
            .map(|name| format!("v0_{name}"));
    }
}

/// Mounts the documented routes of the gateway and of all contexts.
pub(super) fn mount(routes: &mut Routes<'_>, contexts: &[Arc<dyn Context>]) {
    routes
        .service(health::find_liveness)
        .service(health::find_readiness)
        .service(health::find_health)
        .scope("/api", |api| mount_api(api, contexts));
    contexts
        .iter()
        .for_each(|context| context.root_routes(routes));
}

/// Mounts the pinned twin of `/api`, which is not in the document; must come before `/api` itself.
pub(super) fn mount_pinned(routes: &mut Routes<'_>, contexts: &[Arc<dyn Context>]) {
    routes.scope("/api/v1", |api| mount_api(api, contexts));
}

fn mount_api(api: &mut Routes<'_>, contexts: &[Arc<dyn Context>]) {
    api.service(health::find_api_health);
    contexts.iter().for_each(|context| context.api_routes(api));
}

/// Mounts the document itself and, if wanted, the page that shows it.
pub(super) fn mount_reader(config: &mut web::ServiceConfig, docs: bool) {
    config.route("/api/openapi.json", web::get().to(document));
    if docs {
        let page = Config::new(["/api/openapi.json"]).validator_url("none");
        config
            .app_data(web::Data::new(page))
            .route("/api/docs", web::get().to(to_page))
            .route("/api/docs/{path:.*}", web::get().to(page_file));
    }
}

/// Made anew each time: it is rarely asked for, and large.
async fn document(door: web::Data<Door>) -> HttpResponse {
    HttpResponse::Ok().json(openapi(&door.contexts))
}

async fn to_page() -> HttpResponse {
    HttpResponse::PermanentRedirect()
        .insert_header((LOCATION, "/api/docs/"))
        .finish()
}

async fn page_file(path: web::Path<String>, page: web::Data<Config<'static>>) -> HttpResponse {
    let Ok(Some(file)) = utoipa_swagger_ui::serve(&path, page.into_inner()) else {
        return Problem::not_found().error_response();
    };
    let mut response = HttpResponse::Ok();
    response
        .content_type(file.content_type)
        .insert_header((CONTENT_SECURITY_POLICY, POLICY));
    if file.gzpipped {
        response.insert_header((CONTENT_ENCODING, "gzip"));
    }
    response.body(file.bytes.into_owned())
}

fn empty_document() -> OpenApi {
    let info = InfoBuilder::new()
        .title("PyAirtable")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("Self-hosted bases with an Airtable-compatible API (/v0), an API of their own (/api) and MCP (/mcp)."));
    let mut components = Components::new();
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    let key = ApiKey::Header(ApiKeyValue::new("X-API-Key"));
    components.add_security_scheme("api_key", SecurityScheme::ApiKey(key));
    OpenApiBuilder::new()
        .info(info.build())
        .components(Some(components))
        .build()
}
