use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Map, Value};

use super::{analyze, batch, describe, duplicates, export, fields, metadata, read, sync, write};
use crate::contracts::{
    Actor, Permission, Services, TenantRole, ToolBox, ToolCall, ToolDescriptor, ToolOutcome,
};
use crate::mcp::kit::{Args, Job, Progress, Source, Tool};
use crate::platform::clock::Clock;

/// All tools over the bases of this instance; cheap to clone.
#[derive(Clone)]
pub struct Tools {
    source: Arc<Source>,
    all: Arc<[Tool]>,
}

impl Tools {
    /// The tools over what the other contexts offer.
    pub fn new(services: &Services, clock: Clock) -> Self {
        let source = Source {
            bases: services.bases.clone(),
            writer: services.base_writer.clone(),
            admin: services.base_admin.clone(),
            clock,
        };
        Self {
            source: Arc::new(source),
            all: every_tool().into(),
        }
    }

    pub(in crate::mcp) fn source(&self) -> &Source {
        &self.source
    }

    /// Whether there is a tool of this name.
    pub(in crate::mcp) fn knows(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    fn find(&self, name: &str) -> Option<&Tool> {
        self.all.iter().find(|tool| tool.descriptor.name == name)
    }

    /// As [`ToolBox::call`], telling how far it is.
    pub(in crate::mcp) async fn run(
        &self,
        actor: &Actor,
        name: &str,
        arguments: Map<String, Value>,
        progress: &Progress,
    ) -> Option<ToolOutcome> {
        let tool = self.find(name)?;
        let job = Job {
            source: &self.source,
            actor,
            progress,
        };
        let answer = match Args::new(arguments, &tool.descriptor.input_schema) {
            Ok(args) => (tool.run)(job, args).await,
            Err(fault) => Err(fault),
        };
        metrics::counter!("mcp_tool_calls_total", "tool" => tool.descriptor.name, "outcome" => if answer.is_ok() { "ok" } else { "error" })
            .increment(1);
        Some(match answer {
            Ok(json) => ToolOutcome {
                json,
                is_error: false,
            },
            Err(fault) => ToolOutcome {
                json: fault.to_json(),
                is_error: true,
            },
        })
    }
}

#[async_trait]
impl ToolBox for Tools {
    fn tools(&self, actor: &Actor) -> Vec<ToolDescriptor> {
        let visible = self
            .all
            .iter()
            .filter(|tool| tool.needs.iter().all(|need| may(actor, *need)));
        visible.map(|tool| tool.descriptor.clone()).collect()
    }

    async fn call(&self, actor: &Actor, call: ToolCall) -> Option<ToolOutcome> {
        self.run(actor, &call.name, call.arguments, &Progress::default())
            .await
    }
}

/// Whether the actor has the right in any workspace at all.
fn may(actor: &Actor, permission: Permission) -> bool {
    let needed = permission.needs_role();
    let role_suffices = actor.tenant_role != TenantRole::Member
        || actor.workspaces.iter().any(|(_, role)| *role >= needed);
    role_suffices && actor.require_scope(permission).is_ok()
}

fn every_tool() -> Vec<Tool> {
    vec![
        describe::list_bases(),
        describe::list_tables(),
        describe::describe_base(),
        fields::get_field_info(),
        read::get_records(),
        read::get_record(),
        read::search_records(),
        analyze::analyze_table_data(),
        duplicates::find_duplicates(),
        export::export_table_csv(),
        write::create_record(),
        write::update_record(),
        write::delete_record(),
        write::delete_records(),
        write::upsert_records(),
        batch::batch_create_records(),
        batch::batch_update_records(),
        metadata::create_metadata_table(),
        sync::sync_tables(),
    ]
}
