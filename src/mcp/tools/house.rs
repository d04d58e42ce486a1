use std::str::FromStr;

use serde_json::json;

use super::copies::CHANGED;
use crate::contracts::{NewMember, Permission, WorkspaceError};
use crate::mcp::kit::{Answer, Args, Fault, Job, Tool, input, json_answer, output, property};

const NEEDS: &[Permission] = &[Permission::MembersManage];
const WORKSPACE: (&str, &str) = ("workspace_id", "Id of the workspace (wsp…)");

fn id<T: FromStr>(args: &mut Args, name: &str) -> Result<T, Fault> {
    let text = args.text(name)?;
    text.parse()
        .map_err(|_| Fault::argument(name, "must be an id"))
}

fn failed(error: WorkspaceError) -> Fault {
    let message = error.to_string();
    match error {
        WorkspaceError::NotFound => Fault::new(
            "not_found",
            message,
            "Check the ids; GET /api/workspaces lists the workspaces",
        ),
        WorkspaceError::Denied(_) => Fault::new(
            "forbidden",
            message,
            "Start the saga as a signed-in person with the role that this needs",
        ),
        WorkspaceError::Conflict(_) => Fault::new(
            CHANGED,
            message,
            "Look at the members of the workspace and decide by hand",
        ),
        WorkspaceError::Invalid(_) => {
            Fault::new("invalid_argument", message, "Correct the value named")
        }
        WorkspaceError::Unavailable(source) => {
            tracing::warn!(%source, "mcp.workspaces_unavailable");
            Fault::new("unavailable", message, "Try again in a few seconds")
        }
    }
}

/// `create_workspace`
pub(super) fn create_workspace() -> Tool {
    Tool::reading(
        "create_workspace",
        "Create a workspace",
        "Makes a workspace that the caller owns; for those who run the tenant.",
        (
            input(
                [property(("name", "Its name"), json!({"type": "string"}))],
                &["name"],
            ),
            output(
                json!({"workspace_id": {"type": "string"}, "name": {"type": "string"}}),
                &["workspace_id", "name"],
            ),
        ),
        |job, args| Box::pin(run_create(job, args)),
    )
    .for_sagas()
    .needs(NEEDS)
}

async fn run_create(job: Job<'_>, mut args: Args) -> Answer {
    let name = args.text("name")?;
    let workspaces = job.workspaces()?;
    let made = workspaces.create_workspace(job.actor, job.change.id, &name);
    let made = made.await.map_err(failed)?;
    json_answer(&json!({"workspace_id": made.id, "name": made.name}))
}

/// `delete_workspace`
pub(super) fn delete_workspace() -> Tool {
    Tool::reading(
        "delete_workspace",
        "Delete a workspace",
        "Deletes a workspace that has no bases and no members but the caller; takes create_workspace back.",
        (
            input(
                [property(WORKSPACE, json!({"type": "string"}))],
                &["workspace_id"],
            ),
            output(json!({"deleted": {"type": "boolean"}}), &["deleted"]),
        ),
        |job, args| Box::pin(run_delete(job, args)),
    )
    .for_sagas()
    .needs(NEEDS)
}

async fn run_delete(job: Job<'_>, mut args: Args) -> Answer {
    let id = id(&mut args, "workspace_id")?;
    let bases = job.bases()?.list_bases(job.actor).await?;
    if bases.iter().any(|base| base.workspace_id == id) {
        return Err(Fault::new(
            CHANGED,
            "Somebody has put a base into the workspace",
            "Move or delete the base, or keep the workspace",
        ));
    }
    let deleted = job.workspaces()?.delete_workspace(job.actor, id).await;
    deleted.map_err(failed)?;
    json_answer(&json!({"deleted": true}))
}

/// `add_member`
pub(super) fn add_member() -> Tool {
    Tool::reading(
        "add_member",
        "Add a member",
        "Adds somebody to a workspace; whoever is new to the tenant is invited, and an admin sends the link from the page of the members.",
        (
            input(
                [
                    property(WORKSPACE, json!({"type": "string"})),
                    property(("email", "E-mail address"), json!({"type": "string"})),
                    property(
                        ("name", "Display name, until they choose another"),
                        json!({"type": "string"}),
                    ),
                    property(
                        ("role", "Role in the workspace"),
                        json!({"type": "string", "enum": ["viewer", "editor", "admin", "owner"]}),
                    ),
                ],
                &["workspace_id", "email", "name", "role"],
            ),
            output(
                json!({"user_id": {"type": "string"}, "invited": {"type": "boolean"}}),
                &["user_id", "invited"],
            ),
        ),
        |job, args| Box::pin(run_add(job, args)),
    )
    .for_sagas()
    .needs(NEEDS)
}

async fn run_add(job: Job<'_>, mut args: Args) -> Answer {
    let workspace = id(&mut args, "workspace_id")?;
    let member = NewMember {
        email: args.text("email")?,
        name: args.text("name")?,
        role: args
            .text("role")?
            .parse()
            .map_err(|problem: String| Fault::argument("role", &problem))?,
    };
    let place = (job.change.id, workspace);
    let added = job.workspaces()?.add_member(job.actor, place, member).await;
    let added = added.map_err(failed)?;
    json_answer(&json!({"user_id": added.user, "invited": added.is_invited}))
}

/// `remove_member`
pub(super) fn remove_member() -> Tool {
    Tool::reading(
        "remove_member",
        "Remove a member",
        "Takes somebody out of a workspace; takes add_member back.",
        (
            input(
                [
                    property(WORKSPACE, json!({"type": "string"})),
                    property(("user_id", "Who (usr…)"), json!({"type": "string"})),
                ],
                &["workspace_id", "user_id"],
            ),
            output(json!({"removed": {"type": "boolean"}}), &["removed"]),
        ),
        |job, args| Box::pin(run_remove(job, args)),
    )
    .for_sagas()
    .needs(NEEDS)
}

async fn run_remove(job: Job<'_>, mut args: Args) -> Answer {
    let (workspace, user) = (id(&mut args, "workspace_id")?, id(&mut args, "user_id")?);
    let workspaces = job.workspaces()?;
    let removed = workspaces.remove_member(job.actor, workspace, user).await;
    removed.map_err(failed)?;
    json_answer(&json!({"removed": true}))
}
