use serde_json::json;

use super::toolbox::find;
use crate::mcp::calls::{Proposed, propose};
use crate::mcp::kit::{Answer, Args, Fault, Job, Tool, input, json_answer, output, property};

/// `preview_changes`
pub(super) fn preview_changes() -> Tool {
    let tool = ("tool", "Name of the tool whose call is to be previewed");
    let arguments = ("arguments", "The arguments of that call");
    Tool::reading(
        "preview_changes",
        "Preview changes",
        "Tells what a call of a tool would do, without doing it: numbers of records by table, the first records with their cells before and after, and what could not be undone. Several transactions are each previewed on their own, so that counts may be too high, never too low.",
        (
            input(
                [
                    property(tool, json!({"type": "string"})),
                    property(arguments, json!({"type": "object"})),
                ],
                &["tool", "arguments"],
            ),
            output(
                json!({
                    "tool": {"type": "string"},
                    "changes_anything": {"type": "boolean"},
                    "plan": {"type": "object"},
                    "answer": {"type": "object"},
                }),
                &["tool", "changes_anything"],
            ),
        ),
        |job, args| Box::pin(run(job, args)),
    )
}

async fn run(job: Job<'_>, mut args: Args) -> Answer {
    let name = args.text("tool")?;
    let mut arguments = args.object("arguments")?;
    let tool = find(&name).filter(|tool| !tool.descriptor.read_only);
    let tool = tool.ok_or_else(|| {
        Fault::argument("tool", "must be the name of a tool that changes something")
    })?;
    arguments.shift_remove("idempotency_key");
    let mut answer = json!({"tool": name, "changes_anything": false});
    match propose(job, tool, arguments).await? {
        Proposed::Plan(proposal) => {
            answer["changes_anything"] = true.into();
            answer["plan"] = json!(proposal.plan);
        }
        Proposed::Nothing(json) => {
            answer["answer"] = serde_json::from_slice(&json).unwrap_or_default();
        }
    }
    json_answer(&answer)
}
