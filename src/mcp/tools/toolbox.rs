use std::sync::{Arc, LazyLock};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Map, Value};

use super::{
    analyze, batch, changes, comments, copies, describe, duplicates, export, fields, house,
    metadata, preview, query, read, sync, undo, write,
};
use crate::contracts::{
    Actor, ChangeSet, Origin, Permission, Services, TenantRole, ToolBox, ToolCall, ToolDescriptor,
    ToolOutcome,
};
use crate::mcp::calls::{Reply, Request, Runner, Work};
use crate::mcp::kit::{Args, Audience, Job, Progress, Source, Tool};
use crate::platform::clock::Clock;
use crate::platform::settings;
use crate::platform::tasks::Supervisor;

/// How long calls get to settle at a stop.
const PATIENCE: Duration = Duration::from_secs(4);

static ALL: LazyLock<Vec<Tool>> = LazyLock::new(every_tool);

/// All tools over the bases of this instance; cheap to clone.
#[derive(Clone)]
pub struct Tools {
    source: Arc<Source>,
    runner: Runner,
    tasks: Supervisor,
}

/// The tool of this name, of those that clients are offered.
pub(super) fn find(name: &str) -> Option<&'static Tool> {
    find_any(name).filter(|tool| !tool.is_for_sagas)
}

fn find_any(name: &str) -> Option<&'static Tool> {
    ALL.iter().find(|tool| tool.descriptor.name == name)
}

fn visible<'a>(actor: &'a Actor) -> impl Iterator<Item = &'static Tool> + 'a {
    let is_visible = |tool: &&Tool| tool.needs.iter().all(|need| may(actor, *need));
    ALL.iter().filter(is_visible)
}

impl Tools {
    /// The tools over what the other contexts offer.
    pub fn new(services: &Services, clock: Clock, settings: &settings::Mcp) -> Self {
        let source = Arc::new(Source {
            bases: services.bases.clone(),
            writer: services.base_writer.clone(),
            admin: services.base_admin.clone(),
            comments: services.comments.clone(),
            workspaces: services.workspaces.clone(),
            transactions: services.transactions.clone(),
            approvals: services.approvals.clone(),
            calls: services.calls.clone(),
            clock,
        });
        Self {
            runner: Runner::new(source.clone(), settings.confirm_above),
            tasks: Supervisor::here(),
            source,
        }
    }

    pub(in crate::mcp) fn source(&self) -> &Source {
        &self.source
    }

    /// Whether there is a tool of this name, and whether it only reads.
    pub(in crate::mcp) fn only_reads(&self, name: &str) -> Option<bool> {
        find(name).map(|tool| tool.descriptor.read_only)
    }

    /// The tools that clients are offered, as far as the actor may call them.
    pub(in crate::mcp) fn offered(&self, actor: &Actor) -> Vec<ToolDescriptor> {
        let offered = visible(actor).filter(|tool| !tool.is_for_sagas);
        offered.map(|tool| tool.descriptor.clone()).collect()
    }

    /// Waits until the calls under way have settled.
    pub(in crate::mcp) async fn settle(&self) {
        if !self.tasks.stop(PATIENCE).await {
            tracing::warn!("mcp.calls_late");
        }
    }

    /// As [`ToolBox::call`], telling how far it is; what changes something goes on to a safe end when its caller leaves.
    pub(in crate::mcp) async fn run(
        &self,
        actor: &Actor,
        request: Request,
        progress: &Progress,
    ) -> Option<Reply> {
        let tool = find(&request.name)?;
        let reply = if tool.descriptor.read_only {
            let change = ChangeSet::single(Origin::Tool, tool.descriptor.name);
            let outcome = self.plain(actor, (tool, change), request.arguments, progress);
            Reply::Done(outcome.await)
        } else {
            match Work::new(actor, tool, request, progress) {
                Ok(work) => {
                    let runner = &self.runner;
                    runner
                        .run(work, |task| self.tasks.spawn("mcp.call", task))
                        .await
                }
                Err(fault) => Reply::Done(fault.into()),
            }
        };
        let outcome = match &reply {
            Reply::Question(_) => "asked",
            Reply::Done(outcome) if outcome.is_error => "error",
            Reply::Done(_) => "ok",
        };
        count(tool, outcome);
        Some(reply)
    }

    /// The tool's work and nothing around it.
    async fn plain(
        &self,
        actor: &Actor,
        (tool, change): (&Tool, ChangeSet),
        arguments: Map<String, Value>,
        progress: &Progress,
    ) -> ToolOutcome {
        let job = Job {
            source: &self.source,
            actor,
            change: &change,
            rehearsal: None,
            progress,
            audience: &Audience::default(),
        };
        let answer = match Args::new(arguments, &tool.descriptor.input_schema) {
            Ok(args) => (tool.run)(job, args).await,
            Err(fault) => Err(fault),
        };
        match answer {
            Ok(json) => ToolOutcome {
                json,
                is_error: false,
            },
            Err(fault) => fault.into(),
        }
    }
}

#[async_trait]
impl ToolBox for Tools {
    fn tools(&self, actor: &Actor) -> Vec<ToolDescriptor> {
        visible(actor).map(|tool| tool.descriptor.clone()).collect()
    }

    async fn call(&self, actor: &Actor, call: ToolCall) -> Option<ToolOutcome> {
        let Some(change) = call.change else {
            return self
                .run(actor, call.into(), &Progress::default())
                .await?
                .outcome();
        };
        // Who brings a change set has asked, and writes down for itself, what a call of its own would.
        let tool = find_any(&call.name)?;
        let (arguments, progress) = (call.arguments, Progress::default());
        let called = self.plain(actor, (tool, change), arguments, &progress);
        let outcome = called.await;
        count(tool, if outcome.is_error { "error" } else { "ok" });
        Some(outcome)
    }
}

fn count(tool: &Tool, outcome: &'static str) {
    let name = tool.descriptor.name;
    metrics::counter!("mcp_tool_calls_total", "tool" => name, "outcome" => outcome).increment(1);
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
        query::query(),
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
        comments::list_comments(),
        comments::create_comment(),
        sync::sync_tables(),
        changes::list_changes(),
        preview::preview_changes(),
        undo::undo_changes(),
        house::create_workspace(),
        house::delete_workspace(),
        house::add_member(),
        house::remove_member(),
        copies::copy_base(),
        copies::delete_base(),
    ]
}
