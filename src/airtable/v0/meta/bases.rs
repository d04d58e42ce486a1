use actix_web::{HttpRequest, get, post};
use serde::Serialize;
use utoipa::ToSchema;

use crate::airtable::place;
use crate::airtable::v0::body::{Body, Object};
use crate::airtable::v0::caller::Caller;
use crate::airtable::v0::docs::Failures;
use crate::airtable::v0::error::{Answer, Failure};
use crate::airtable::v0::{Engine, query, respond};
use crate::contracts::{
    BaseAdmin, BaseError, BaseErrorKind, BaseSummary, Bases, CreateBase, Permission, RequestChange,
    TableSchema,
};
use crate::platform::ids::BaseId;

const PAGE: usize = 1000;

/// A base in Airtable's list.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ListedBase {
    /// The base.
    id: BaseId,
    /// Its name.
    name: String,
    /// `read`, `edit` or `create`.
    permission_level: String,
}

/// A page of bases.
#[derive(Serialize, ToSchema)]
struct BasePage {
    /// By name.
    bases: Vec<ListedBase>,
    /// Where the next page begins; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    offset: Option<String>,
}

/// A base that was made.
#[derive(Serialize, ToSchema)]
struct MadeBase {
    /// The base.
    id: BaseId,
    /// Its tables in order.
    tables: Vec<TableSchema>,
}

/// A base to be made, as Airtable's clients send it.
#[derive(ToSchema)]
#[schema(as = CreateBaseV0)]
#[expect(dead_code, reason = "read by utoipa alone")]
struct CreateBaseDoc {
    /// Its name.
    name: String,
    /// The workspace it shall lie in.
    #[schema(rename = "workspaceId")]
    workspace_id: String,
    /// Its tables; at least one.
    tables: Vec<crate::contracts::CreateTable>,
}

/// Lists the bases the token can read.
#[utoipa::path(
    tag = "v0 metadata",
    path = "/bases",
    params(("offset" = Option<String>, Query, description = "The previous page's `offset`")),
    responses((status = 200, description = "A page of bases", body = BasePage), Failures)
)]
#[get("/bases{slash:/?}")]
pub(in crate::airtable::v0) async fn list_bases(
    caller: Caller,
    engine: Engine,
    request: HttpRequest,
) -> Answer {
    let mut offset = None;
    for parameter in query::parameters(&request)? {
        if parameter.name != "offset" || !parameter.path.is_empty() {
            return Err(Failure::invalid_request());
        }
        offset = Some(parameter.value).filter(|value| !value.is_empty());
    }
    let all = engine.list_bases(&caller).await?;
    respond::json(&page_from(all, offset.as_deref())?)
}

/// Makes a base with its tables.
#[utoipa::path(
    tag = "v0 metadata",
    path = "/bases",
    request_body = CreateBaseDoc,
    responses((status = 200, description = "The base", body = MadeBase), Failures)
)]
#[post("/bases{slash:/?}")]
pub(in crate::airtable::v0) async fn create_base(
    caller: Caller,
    change: RequestChange,
    engine: Engine,
    request: HttpRequest,
    body: Body,
) -> Answer {
    query::none(&request)?;
    let wanted = base_from(body.object()?)?;
    place::check(&engine, &caller, wanted.workspace_id)
        .await
        .map_err(|error| workspace_failure(&caller, error))?;
    let base = engine.create_base(change.by(&caller), wanted).await?;
    respond::json(&MadeBase {
        id: base.id,
        tables: base.tables,
    })
}

/// An unknown workspace has an error of its own; a missing scope has not.
fn workspace_failure(caller: &Caller, error: BaseError) -> Failure {
    let has_scope = caller.require_scope(Permission::SchemaWrite).is_ok();
    match error.kind {
        BaseErrorKind::NotFoundOrForbidden if has_scope => Failure::unknown_workspace(),
        _ => error.into(),
    }
}

fn base_from(mut body: Object) -> Result<CreateBase, Failure> {
    let workspace = body
        .text("workspaceId")?
        .ok_or_else(Failure::missing_workspace)?;
    let name = body.text("name")?.ok_or_else(Failure::invalid_request)?;
    let tables = body.take("tables").ok_or_else(Failure::invalid_request)?;
    body.finish()?;
    let tables = serde_json::from_value(tables).map_err(|_| Failure::invalid_request())?;
    let workspace_id = workspace
        .parse()
        .map_err(|_| Failure::unknown_workspace())?;
    Ok(CreateBase {
        workspace_id,
        name,
        tables,
    })
}

/// The cursor names the first base of its page, so that it survives changes before it.
fn page_from(all: Vec<BaseSummary>, offset: Option<&str>) -> Result<BasePage, Failure> {
    let start = match offset {
        None => 0,
        Some(offset) => position(&all, offset)?,
    };
    let next = all
        .get(start + PAGE)
        .map(|base| format!("itr{}/{}", base.id.body(), base.id));
    let bases = all
        .into_iter()
        .skip(start)
        .take(PAGE)
        .map(|base| ListedBase {
            id: base.id,
            name: base.name,
            permission_level: base.permission_level,
        });
    Ok(BasePage {
        bases: bases.collect(),
        offset: next,
    })
}

fn position(all: &[BaseSummary], offset: &str) -> Result<usize, Failure> {
    let id = offset
        .split_once('/')
        .filter(|(iterator, _)| iterator.starts_with("itr"));
    let id = id
        .and_then(|(_, id)| id.parse::<BaseId>().ok())
        .ok_or_else(|| {
            let message = format!("The value of offset {offset} is invalid");
            BaseError::new(BaseErrorKind::InvalidOffsetValue, message)
        })?;
    let found = all.iter().position(|base| base.id == id);
    found.ok_or_else(|| BaseError::new(BaseErrorKind::IteratorNotAvailable, "").into())
}
