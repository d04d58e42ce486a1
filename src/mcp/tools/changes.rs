use serde_json::{Value, json};

use crate::contracts::{ChangeSetSummary, ListChangeSets, Origin};
use crate::mcp::kit::{
    Answer, Args, CURSOR, Fault, Job, Tool, input, json_answer, output, property,
};

const USUAL: usize = 20;
const MOST: usize = 100;
/// Schema sentences and tables shown of one change set.
const SHOWN: usize = 20;

/// `list_changes`
pub(super) fn list_changes() -> Tool {
    let base = ("base_id", "Only changes of this base (app…)");
    let origin = (
        "origin",
        "Only what came through this: tool (assistants, MCP clients), api (scripts on /v0), app (the web UI), undo, saga, system",
    );
    let limit = ("limit", "Change sets wanted (default 20)");
    Tool::reading(
        "list_changes",
        "List changes",
        "Lists what was changed, newest first, by tools, scripts, people and undos: what belongs together is one change set with its id, author, time, and numbers of records made, changed and deleted in each table. undo_changes takes one back.",
        (
            input(
                [
                    property(base, json!({"type": "string"})),
                    property(
                        origin,
                        json!({"type": "string", "enum": ["tool", "api", "app", "undo", "saga", "system"]}),
                    ),
                    property(
                        limit,
                        json!({"type": "integer", "minimum": 1, "maximum": MOST}),
                    ),
                    property(CURSOR, json!({"type": "string"})),
                ],
                &[],
            ),
            output(
                json!({
                    "changes": {"type": "array", "items": {"type": "object"}},
                    "next_cursor": {"type": "string"},
                }),
                &["changes"],
            ),
        ),
        |job, args| Box::pin(run(job, args)),
    )
}

async fn run(job: Job<'_>, mut args: Args) -> Answer {
    let base = args.optional_text("base_id")?;
    let origin = args.optional_text("origin")?;
    let cursor = args.optional_text("cursor")?;
    let list = ListChangeSets {
        base: base.map(|id| parsed("base_id", &id)).transpose()?,
        origin: origin.map(|name| known_origin(&name)).transpose()?,
        user: None,
        limit: args.count("limit", MOST)?.unwrap_or(USUAL),
        cursor: cursor.map(|id| parsed("cursor", &id)).transpose()?,
    };
    let page = job.transactions()?.list(job.actor, list).await?;
    let mut answer = json!({"changes": page.items.iter().map(described).collect::<Vec<_>>()});
    if let Some(next) = page.next {
        answer["next_cursor"] = json!(next);
    }
    json_answer(&answer)
}

/// An id argument.
pub(super) fn parsed<T: std::str::FromStr>(name: &str, text: &str) -> Result<T, Fault>
where
    T::Err: std::fmt::Display,
{
    text.parse()
        .map_err(|error: T::Err| Fault::argument(name, &format!("holds {text:?}: {error}")))
}

fn known_origin(name: &str) -> Result<Origin, Fault> {
    Origin::parse(name)
        .ok_or_else(|| Fault::argument("origin", "must be tool, api, app, undo, saga or system"))
}

fn described(change: &ChangeSetSummary) -> Value {
    let bases: Vec<Value> = change
        .bases
        .iter()
        .map(|base| {
            json!({
                "base_id": base.base_id,
                "base": base.base,
                "tables": base.tables.iter().take(SHOWN).collect::<Vec<_>>(),
                "schema": base.schema.iter().take(SHOWN).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "id": change.id,
        "title": change.title,
        "origin": change.origin,
        "client": change.client,
        "by": change.user,
        "state": change.state,
        "at": change.started_at,
        "created": change.created,
        "updated": change.updated,
        "deleted": change.deleted,
        "bases": bases,
        "undoes": change.undoes,
        "undone_by": change.undone_by,
        "expired": change.expired,
        "undoable_until": change.undoable_until,
    })
}
