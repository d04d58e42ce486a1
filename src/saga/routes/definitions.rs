use actix_web::web::{Data, Json, Path, Query};
use actix_web::{get, put};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::error::{Problems, run_problem};
use crate::contracts::Caller;
use crate::platform::problem::Problem;
use crate::saga::Saga;
use crate::saga::definition::{Definition, Template, templates};
use crate::saga::runs::SavedDefinition;

/// Definitions, by name.
#[derive(Serialize, ToSchema)]
struct DefinitionList {
    /// The newest version of each.
    items: Vec<SavedDefinition>,
    /// Always null: they fit on one page.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// Ready-made definitions.
#[derive(Serialize, ToSchema)]
struct TemplateList {
    /// All of them.
    items: Vec<Template>,
    /// Always null: they fit on one page.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// Which version.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct VersionQuery {
    /// The version; the newest if absent.
    version: Option<i64>,
}

/// Lists ready-made definitions, to be saved under a name of your own.
#[utoipa::path(tag = "sagas", responses((status = 200, description = "The templates", body = TemplateList), Problems))]
#[get("/saga/templates")]
pub(super) async fn list_templates(_: Caller) -> Json<TemplateList> {
    Json(TemplateList {
        items: templates(),
        next_cursor: None,
    })
}

/// Lists the sagas that are defined in the caller's workspaces.
#[utoipa::path(tag = "sagas", responses((status = 200, description = "The definitions", body = DefinitionList), Problems))]
#[get("/saga/definitions")]
pub(super) async fn list_definitions(
    caller: Caller,
    saga: Data<Saga>,
) -> Result<Json<DefinitionList>, Problem> {
    let items = saga.definitions(&caller).await.map_err(run_problem)?;
    Ok(Json(DefinitionList {
        items,
        next_cursor: None,
    }))
}

/// Describes a definition.
#[utoipa::path(
    tag = "sagas",
    params(("name" = String, Path, description = "Name of the definition")),
    responses((status = 200, description = "The definition", body = SavedDefinition), Problems)
)]
#[get("/saga/definitions/{name}")]
pub(super) async fn find_definition(
    caller: Caller,
    saga: Data<Saga>,
    name: Path<String>,
    query: Query<VersionQuery>,
) -> Result<Json<SavedDefinition>, Problem> {
    let found = saga.definition(&caller, &name, query.version).await;
    found.map(Json).map_err(run_problem)
}

/// Saves a definition as a new version; the same once more is the same version.
#[utoipa::path(
    tag = "sagas",
    params(("name" = String, Path, description = "Name of the definition")),
    responses((status = 200, description = "What was saved", body = SavedDefinition), Problems)
)]
#[put("/saga/definitions/{name}")]
pub(super) async fn save_definition(
    caller: Caller,
    saga: Data<Saga>,
    name: Path<String>,
    body: Json<Definition>,
) -> Result<Json<SavedDefinition>, Problem> {
    let saved = saga
        .save_definition(&caller, &name, body.into_inner())
        .await;
    saved.map(Json).map_err(run_problem)
}
