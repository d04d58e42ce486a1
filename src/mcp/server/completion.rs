use rmcp::model::{CompleteRequestParams, CompleteResult, CompletionInfo, ErrorData, Reference};

use super::{prompts, resources};
use crate::contracts::{Actor, BaseSchema};
use crate::mcp::kit::{Source, find_table};

/// Values for an argument of a prompt or a variable of a resource template; none where nothing is known.
pub(super) async fn complete(
    source: &Source,
    actor: &Actor,
    request: &CompleteRequestParams,
) -> Result<CompleteResult, ErrorData> {
    let argument = request.argument.name.as_str();
    let known = match &request.r#ref {
        Reference::Prompt(prompt) => prompts::takes(&prompt.name, argument),
        Reference::Resource(template) => {
            [resources::BASE_TEMPLATE, resources::TABLE_TEMPLATE].contains(&template.uri.as_str())
                && template.uri.contains(&format!("{{{argument}}}"))
        }
        _ => false,
    };
    if !known {
        return Err(ErrorData::invalid_params(
            format!("There is no argument {argument} to complete"),
            None,
        ));
    }
    let earlier = |names: [&str; 2]| {
        let context = request.context.as_ref()?;
        names
            .iter()
            .find_map(|name| context.get_argument(name))
            .map(String::as_str)
    };
    let base = earlier(["base_id", "baseId"]);
    let table = earlier(["table_id", "tableId"]);
    let candidates = candidates(source, actor, argument, base, table).await;
    Ok(CompleteResult::new(matching(
        candidates,
        &request.argument.value,
    )))
}

/// What could be meant: the value to fill in, and the words it is found by.
async fn candidates(
    source: &Source,
    actor: &Actor,
    argument: &str,
    base: Option<&str>,
    table: Option<&str>,
) -> Vec<(String, String)> {
    let Some(bases) = &source.bases else {
        return Vec::new();
    };
    if matches!(argument, "base_id" | "baseId") {
        // A caller who may not list bases gets no proposals, which is no error.
        let found = bases.list_bases(actor).await.unwrap_or_default();
        return found
            .into_iter()
            .map(|base| (base.id.to_string(), base.name))
            .collect();
    }
    let Some(base) = base else { return Vec::new() };
    let Ok(schema) = bases.base_schema(actor, base).await else {
        return Vec::new();
    };
    names(&schema, argument, table)
        .into_iter()
        .map(|name| (name.clone(), name))
        .collect()
}

fn names(schema: &BaseSchema, argument: &str, table: Option<&str>) -> Vec<String> {
    if matches!(argument, "table_id" | "tableId") {
        return schema
            .tables
            .iter()
            .map(|table| table.name.clone())
            .collect();
    }
    let Some(table) = table.and_then(|table| find_table(schema, table).ok()) else {
        return Vec::new();
    };
    match argument {
        "field" => table
            .fields
            .iter()
            .map(|field| field.name.clone())
            .collect(),
        "view" => table.views.iter().map(|view| view.name.clone()).collect(),
        _ => Vec::new(),
    }
}

fn matching(candidates: Vec<(String, String)>, typed: &str) -> CompletionInfo {
    let typed = typed.to_lowercase();
    let mut values: Vec<String> = candidates
        .into_iter()
        .filter(|(value, words)| {
            value.to_lowercase().starts_with(&typed) || words.to_lowercase().contains(&typed)
        })
        .map(|(value, _)| value)
        .collect();
    let total = values.len();
    values.truncate(CompletionInfo::MAX_VALUES);
    let has_more = total > values.len();
    let total = u32::try_from(total).ok();
    CompletionInfo::with_pagination(values, total, has_more).unwrap_or_default()
}
