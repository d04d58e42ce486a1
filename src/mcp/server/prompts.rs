use rmcp::model::{
    ErrorData, GetPromptRequestParams, GetPromptResult, Prompt, PromptArgument, PromptMessage, Role,
};
use serde_json::Value;

/// An argument: name, what it is, whether it must be given.
type Argument = (&'static str, &'static str, bool);

/// A job that comes up often, written out for a model.
struct Recipe {
    name: &'static str,
    title: &'static str,
    description: &'static str,
    arguments: &'static [Argument],
    /// `{name}` stands for an argument.
    text: &'static str,
}

const BASE: Argument = ("base_id", "The base, by id", true);
const TABLE: Argument = ("table_id", "The table, by name or id", true);

const RECIPES: [Recipe; 5] = [
    Recipe {
        name: "summarise_base",
        title: "Summarise a base",
        description: "Explains what a base holds and how its tables hang together",
        arguments: &[BASE],
        text: "Summarise the Airtable base {base_id} for somebody who has never seen it. Call describe_base with detail=full, then \
analyze_table_data with sample_size=200 for the largest tables. Tell what each table is for, how the tables are linked, how well they \
are filled, and the three most useful improvements. Change nothing.",
    },
    Recipe {
        name: "find_stale_records",
        title: "Find stale records",
        description: "Finds records that nobody has touched or finished for a while",
        arguments: &[
            BASE,
            TABLE,
            (
                "days",
                "After how many days a record counts as stale (default 90)",
                false,
            ),
        ],
        text: "Find stale records in table {table_id} of base {base_id}: those without a sign of life for {days} days. Call get_field_info to \
find date, last-modified and status fields, then read the table with get_records sorted by the best of them, oldest first. List the stale \
records with their ids and why they count as stale, and propose what to do with each group. Change nothing before I agree.",
    },
    Recipe {
        name: "clean_duplicates",
        title: "Clean duplicates",
        description: "Finds duplicate records and plans how to merge them",
        arguments: &[
            BASE,
            TABLE,
            (
                "field",
                "The field that should be unique (default: the primary field)",
                false,
            ),
        ],
        text: "Clean up duplicates in table {table_id} of base {base_id}. Call find_duplicates on {field}. For each group read the records, \
propose which one to keep and which cells to take over from the others, and show that as a table. Only after I agree: batch_update_records \
for the kept ones, then delete_records for the rest, and report what was done.",
    },
    Recipe {
        name: "plan_import",
        title: "Plan an import",
        description: "Plans how outside data goes into a table",
        arguments: &[
            BASE,
            TABLE,
            (
                "source",
                "What is to be imported: columns, an example row, where it comes from",
                true,
            ),
        ],
        text: "Plan an import into table {table_id} of base {base_id}. The data: {source}. Call get_field_info and map each column to a field: \
type, conversion, missing choices, links to other tables. Name a key for upsert_records so that a second run makes no duplicates. Show the \
mapping and the open questions; import nothing before I agree.",
    },
    Recipe {
        name: "check_data_quality",
        title: "Check data quality",
        description: "Looks for gaps and oddities in a table",
        arguments: &[BASE, TABLE, ("view", "Only look at this view", false)],
        text: "Check the data quality of table {table_id} of base {base_id} (view: {view}). Call analyze_table_data over the whole table and \
find_duplicates on the primary field. Report gaps, outliers, misspelt or unused choices and duplicates, worst first, each with a remedy. \
Change nothing.",
    },
];

/// What stands for an argument that was left out.
const DEFAULTS: [(&str, &str); 3] = [
    ("days", "90"),
    ("field", "the primary field"),
    ("view", "the whole table"),
];

/// All prompts.
pub(super) fn list() -> Vec<Prompt> {
    RECIPES.iter().map(to_prompt).collect()
}

fn to_prompt(recipe: &Recipe) -> Prompt {
    let argument = |argument: &Argument| {
        PromptArgument::new(argument.0)
            .with_description(argument.1)
            .with_required(argument.2)
    };
    let arguments = recipe.arguments.iter().map(argument).collect();
    Prompt::new(recipe.name, Some(recipe.description), Some(arguments)).with_title(recipe.title)
}

/// Whether the prompt has the argument.
pub(super) fn takes(prompt: &str, argument: &str) -> bool {
    let recipe = RECIPES.iter().find(|recipe| recipe.name == prompt);
    recipe.is_some_and(|recipe| recipe.arguments.iter().any(|known| known.0 == argument))
}

/// The prompt with its arguments put in.
pub(super) fn get(request: &GetPromptRequestParams) -> Result<GetPromptResult, ErrorData> {
    let recipe = RECIPES.iter().find(|recipe| recipe.name == request.name);
    let Some(recipe) = recipe else {
        return Err(ErrorData::invalid_params(
            format!("Unknown prompt: {}", request.name),
            None,
        ));
    };
    let given = |name: &str| {
        let value = request.arguments.as_ref()?.get(name)?;
        value
            .as_str()
            .map(str::trim)
            .filter(|text| !text.is_empty())
    };
    let mut text = recipe.text.to_owned();
    for (name, _, required) in recipe.arguments {
        let default = DEFAULTS
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| *value);
        let value = match given(name).or(default.filter(|_| !required)) {
            Some(value) => value,
            None if *required => {
                let message = format!("Prompt {}: argument `{name}` is missing", recipe.name);
                return Err(ErrorData::invalid_params(message, None));
            }
            None => "",
        };
        text = text.replace(&format!("{{{name}}}"), value);
    }
    check_members(recipe, request.arguments.as_ref())?;
    let message = PromptMessage::new_text(Role::User, text);
    Ok(GetPromptResult::new(vec![message]).with_description(recipe.description))
}

fn check_members(
    recipe: &Recipe,
    arguments: Option<&serde_json::Map<String, Value>>,
) -> Result<(), ErrorData> {
    let unknown = arguments.into_iter().flatten().find(|(name, _)| {
        !recipe
            .arguments
            .iter()
            .any(|known| known.0 == name.as_str())
    });
    match unknown {
        None => Ok(()),
        Some((name, _)) => {
            let message = format!("Prompt {}: argument `{name}` is not known", recipe.name);
            Err(ErrorData::invalid_params(message, None))
        }
    }
}
