use serde_json::json;

use crate::contracts::{CopyBase, Permission};
use crate::mcp::kit::{Answer, Args, BASE, Fault, Job, Tool, input, json_answer, output, property};

const NEEDS: &[Permission] = &[Permission::SchemaWrite];
/// What somebody has put there since is not taken away.
pub(super) const CHANGED: &str = "changed_since";

/// `copy_base`
pub(super) fn copy_base() -> Tool {
    let workspace = ("workspace_id", "Workspace of the copy (wsp…)");
    Tool::reading(
        "copy_base",
        "Copy a base",
        "Copies a base with its tables, records and links under fresh ids. Computed fields that this engine does not compute keep their values.",
        (
            input(
                [
                    property(BASE, json!({"type": "string"})),
                    property(workspace, json!({"type": "string"})),
                    property(("name", "Name of the copy"), json!({"type": "string"})),
                ],
                &["base_id", "workspace_id", "name"],
            ),
            output(
                json!({
                    "base_id": {"type": "string"},
                    "name": {"type": "string"},
                    "unchanged_since": {"type": "integer"},
                    "warnings": {"type": "array", "items": {"type": "string"}},
                }),
                &["base_id", "name", "unchanged_since", "warnings"],
            ),
        ),
        |job, args| Box::pin(run_copy(job, args)),
    )
    .for_sagas()
    .needs(&[Permission::RecordsRead, Permission::SchemaWrite])
}

async fn run_copy(job: Job<'_>, mut args: Args) -> Answer {
    let base = args.text("base_id")?;
    let workspace = args.text("workspace_id")?.parse();
    let wrong = |_| Fault::argument("workspace_id", "must be the id of a workspace");
    let request = CopyBase {
        workspace: workspace.map_err(wrong)?,
        name: args.text("name")?,
    };
    let copy = job.admin()?.copy_base(job.by(), &base, request).await?;
    json_answer(&json!({
        "base_id": copy.id,
        "name": copy.name,
        "unchanged_since": copy.seq,
        "warnings": copy.warnings,
    }))
}

/// `delete_base`
pub(super) fn delete_base() -> Tool {
    let since = (
        "unchanged_since",
        "What copy_base answered; a base that has changed since is left alone",
    );
    Tool::reading(
        "delete_base",
        "Delete a base",
        "Deletes a base for good, unless it has changed since; takes copy_base back.",
        (
            input(
                [
                    property(BASE, json!({"type": "string"})),
                    property(since, json!({"type": "integer"})),
                ],
                &["base_id", "unchanged_since"],
            ),
            output(json!({"deleted": {"type": "boolean"}}), &["deleted"]),
        ),
        |job, args| Box::pin(run_delete(job, args)),
    )
    .for_sagas()
    .needs(NEEDS)
}

async fn run_delete(job: Job<'_>, mut args: Args) -> Answer {
    let base = args.text("base_id")?;
    let since = args.count("unchanged_since", usize::MAX)?;
    let since = since.and_then(|since| i64::try_from(since).ok());
    let wrong = || Fault::argument("unchanged_since", "must be what copy_base answered");
    let since = since.ok_or_else(wrong)?;
    if !job.admin()?.remove_base(job.by(), &base, since).await? {
        return Err(Fault::new(
            CHANGED,
            format!("Somebody has changed base {base} since"),
            "Look at the base, and delete it by hand if nobody needs it",
        ));
    }
    json_answer(&json!({"deleted": true}))
}
