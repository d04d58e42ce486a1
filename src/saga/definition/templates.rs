use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// A ready-made definition: PUT it under a name, with the workspace filled in.
#[derive(Serialize, ToSchema)]
pub(in crate::saga) struct Template {
    /// What to call it.
    pub(in crate::saga) name: &'static str,
    /// What it does.
    pub(in crate::saga) description: &'static str,
    /// Members that the input of a start has.
    pub(in crate::saga) input: Vec<&'static str>,
    /// The definition, but for `workspace_id`.
    #[schema(value_type = Object)]
    pub(in crate::saga) definition: Value,
}

/// Every ready-made definition.
pub(in crate::saga) fn templates() -> Vec<Template> {
    vec![
        data_sync(),
        base_copy(),
        workspace_creation(),
        user_onboarding(),
    ]
}

fn data_sync() -> Template {
    Template {
        name: "data_sync",
        description: "Makes one table equal to another by a key field; taken back as one change",
        input: vec![
            "source_base_id",
            "source_table_id",
            "target_base_id",
            "target_table_id",
            "key_field",
        ],
        definition: json!({"steps": [
            {"id": "sync", "kind": "C", "action": {"tool": "sync_tables"}, "arguments": {
                "source_base_id": "${input.source_base_id}",
                "source_table_id": "${input.source_table_id}",
                "target_base_id": "${input.target_base_id}",
                "target_table_id": "${input.target_table_id}",
                "key_field": "${input.key_field}",
                "dry_run": false,
            }},
        ]}),
    }
}

fn base_copy() -> Template {
    Template {
        name: "base_copy",
        description: "Copies a base with its records and links into a workspace, and notes it in a table; the copy is deleted if that fails",
        input: vec![
            "base_id",
            "workspace_id",
            "name",
            "notice_base_id",
            "notice_table_id",
        ],
        definition: json!({"steps": [
            {"id": "copy", "kind": "C", "action": {"tool": "copy_base"}, "arguments": {
                "base_id": "${input.base_id}",
                "workspace_id": "${input.workspace_id}",
                "name": "${input.name}",
            }, "compensation": {"action": {"tool": "delete_base"}, "arguments": {
                "base_id": "${steps.copy.result.base_id}",
                "unchanged_since": "${steps.copy.result.unchanged_since}",
            }}},
            notice("The base ${input.name} was copied: ${steps.copy.result.base_id}"),
        ]}),
    }
}

fn workspace_creation() -> Template {
    Template {
        name: "workspace_creation",
        description: "Makes a workspace, gives somebody a role in it, and notes it in a table; all of it goes back if a step fails",
        input: vec![
            "name",
            "member_email",
            "member_name",
            "member_role",
            "notice_base_id",
            "notice_table_id",
        ],
        definition: json!({"steps": [
            {"id": "workspace", "kind": "C", "action": {"tool": "create_workspace"}, "arguments": {
                "name": "${input.name}",
            }, "compensation": {"action": {"tool": "delete_workspace"}, "arguments": {
                "workspace_id": "${steps.workspace.result.workspace_id}",
            }}},
            member("permissions", "${steps.workspace.result.workspace_id}", "member_"),
            notice("The workspace ${input.name} was made"),
        ]}),
    }
}

fn user_onboarding() -> Template {
    Template {
        name: "user_onboarding",
        description: "Adds somebody to a workspace and notes it in a table; they are removed again if that fails",
        input: vec![
            "workspace_id",
            "email",
            "name",
            "role",
            "notice_base_id",
            "notice_table_id",
        ],
        definition: json!({"steps": [
            member("member", "${input.workspace_id}", ""),
            notice("Welcome ${input.name}"),
        ]}),
    }
}

/// Adds the person whom members of the input with this prefix describe.
fn member(id: &str, workspace: &str, prefix: &str) -> Value {
    json!({"id": id, "kind": "C", "action": {"tool": "add_member"}, "arguments": {
        "workspace_id": workspace,
        "email": format!("${{input.{prefix}email}}"),
        "name": format!("${{input.{prefix}name}}"),
        "role": format!("${{input.{prefix}role}}"),
    }, "compensation": {"action": {"tool": "remove_member"}, "arguments": {
        "workspace_id": workspace,
        "user_id": format!("${{steps.{id}.result.user_id}}"),
    }}})
}

/// Notes in a table with a field `Name` what was done.
fn notice(text: &str) -> Value {
    json!({"id": "notice", "kind": "C", "action": {"tool": "create_record"}, "arguments": {
        "base_id": "${input.notice_base_id}",
        "table_id": "${input.notice_table_id}",
        "fields": {"Name": text},
    }})
}
