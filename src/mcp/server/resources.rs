use rmcp::model::{ErrorData, ReadResourceResult, Resource, ResourceContents, ResourceTemplate};
use serde_json::json;

use crate::contracts::{Actor, BaseError, BaseErrorKind, BaseSchema, BaseSummary};
use crate::mcp::kit::{Source, find_table};

const SCHEME: &str = "airtable://bases/";
const JSON: &str = "application/json";
/// Resources in the one page of the list; templates reach all the others.
const MOST: usize = 1000;

/// URI template of a base's schema.
pub(super) const BASE_TEMPLATE: &str = "airtable://bases/{baseId}/schema";
/// URI template of a table's schema.
pub(super) const TABLE_TEMPLATE: &str = "airtable://bases/{baseId}/tables/{tableId}/schema";

/// The schema of every base the actor can read.
pub(super) async fn list(source: &Source, actor: &Actor) -> Result<Vec<Resource>, ErrorData> {
    let Some(bases) = &source.bases else {
        return Ok(Vec::new());
    };
    let found = match bases.list_bases(actor).await {
        Ok(found) => found,
        Err(error) if error.kind == BaseErrorKind::Forbidden => Vec::new(),
        Err(error) if error.kind == BaseErrorKind::NotFoundOrForbidden => Vec::new(),
        Err(error) => return Err(internal(&error)),
    };
    Ok(found.iter().take(MOST).map(to_resource).collect())
}

fn to_resource(base: &BaseSummary) -> Resource {
    Resource::new(format!("{SCHEME}{}/schema", base.id), base.name.clone())
        .with_title(format!("Schema of {}", base.name))
        .with_description("Tables, fields and views of this base")
        .with_mime_type(JSON)
}

/// The templates.
pub(super) fn templates() -> Vec<ResourceTemplate> {
    vec![
        ResourceTemplate::new(BASE_TEMPLATE, "base_schema")
            .with_title("Schema of a base")
            .with_description("Tables, fields and views of a base")
            .with_mime_type(JSON),
        ResourceTemplate::new(TABLE_TEMPLATE, "table_schema")
            .with_title("Schema of a table")
            .with_description("Fields and views of a table, by its id or name")
            .with_mime_type(JSON),
    ]
}

/// The contents of a resource; unknown ones and those of others look alike.
pub(super) async fn read(
    source: &Source,
    actor: &Actor,
    uri: &str,
) -> Result<ReadResourceResult, ErrorData> {
    let unknown = || ErrorData::resource_not_found("Resource not found", Some(json!({"uri": uri})));
    let path = uri
        .strip_prefix(SCHEME)
        .and_then(|rest| rest.strip_suffix("/schema"));
    let (base, table) = match path.map(|path| path.split_once("/tables/")) {
        Some(Some((base, table))) => (base, Some(decoded(table))),
        Some(None) => (path.unwrap_or_default(), None),
        None => return Err(unknown()),
    };
    let bases = source.bases.as_ref().ok_or_else(unknown)?;
    let schema: BaseSchema = match bases.base_schema(actor, base).await {
        Ok(schema) => schema,
        Err(error)
            if matches!(
                error.kind,
                BaseErrorKind::Internal | BaseErrorKind::Unavailable
            ) =>
        {
            return Err(internal(&error));
        }
        Err(_) => return Err(unknown()),
    };
    let text = match table {
        Some(table) => json!(find_table(&schema, &table).map_err(|_| unknown())?).to_string(),
        None => json!(schema).to_string(),
    };
    let contents = ResourceContents::text(text, uri).with_mime_type(JSON);
    Ok(ReadResourceResult::new(vec![contents]))
}

fn decoded(segment: &str) -> String {
    // A form pair decodes percent signs, and plus signs are escaped first so that they stay.
    let form = format!("v={}", segment.replace('+', "%2B"));
    let mut pairs = url::form_urlencoded::parse(form.as_bytes());
    pairs
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

/// A failure of ours; its cause goes to the log alone.
pub(super) fn internal(error: &BaseError) -> ErrorData {
    tracing::error!(%error, cause = ?error.source, "mcp.request_failed");
    ErrorData::internal_error("The server could not finish the request", None)
}
