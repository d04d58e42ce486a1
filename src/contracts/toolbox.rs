use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::{Map, Value};

use super::access::Actor;
use super::changes::ChangeSet;

/// A tool as clients see it.
#[derive(Clone, Debug)]
pub struct ToolDescriptor {
    /// Unique name.
    pub name: &'static str,
    /// Short title for people.
    pub title: &'static str,
    /// What it does, for a model.
    pub description: &'static str,
    /// JSON Schema of the arguments.
    pub input_schema: Arc<Map<String, Value>>,
    /// JSON Schema of the structured result.
    pub output_schema: Arc<Map<String, Value>>,
    /// Changes nothing.
    pub read_only: bool,
    /// May remove or overwrite something.
    pub destructive: bool,
    /// Calling twice has the effect of calling once.
    pub idempotent: bool,
    /// One change set does it once, however often it calls, and undoing that change set does not take it back.
    pub keyed: bool,
}

/// One call of a tool.
#[derive(Clone, Debug)]
pub struct ToolCall {
    /// Which tool.
    pub name: String,
    /// Its arguments.
    pub arguments: Map<String, Value>,
    /// What its writes belong to; absent, the call is a change of its own.
    pub change: Option<ChangeSet>,
}

/// What a tool answered.
#[derive(Clone, Debug)]
pub struct ToolOutcome {
    /// The structured result as JSON text; on failure an object with `code`, `message` and `next`.
    pub json: Bytes,
    /// Whether the work failed.
    pub is_error: bool,
}

/// The tools, for every caller alike: MCP clients, plain HTTP, later chat and workflows.
#[async_trait]
pub trait ToolBox: Send + Sync {
    /// The tools this actor may call, in a fixed order.
    fn tools(&self, actor: &Actor) -> Vec<ToolDescriptor>;

    /// Runs a tool with the actor's rights; `None` when there is no such tool.
    async fn call(&self, actor: &Actor, call: ToolCall) -> Option<ToolOutcome>;
}

/// Where the tools will be once they are built, for contexts that are built before them; cheap to clone.
#[derive(Clone, Default)]
pub struct ToolBoxSlot(Arc<OnceLock<Arc<dyn ToolBox>>>);

impl ToolBoxSlot {
    /// Puts the tools there; the first stay.
    pub fn fill(&self, tools: Arc<dyn ToolBox>) {
        let _ = self.0.set(tools);
    }

    /// The tools; `None` without the context that offers them.
    pub fn get(&self) -> Option<&Arc<dyn ToolBox>> {
        self.0.get()
    }
}
