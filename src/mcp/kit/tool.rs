use bytes::Bytes;
use futures_util::future::BoxFuture;
use serde_json::{Map, Value};
use std::sync::Arc;

use super::{Args, Fault, Job};
use crate::contracts::{Permission, ToolDescriptor};

/// What a tool answers: structured JSON text, or a fault.
pub(in crate::mcp) type Answer = Result<Bytes, Fault>;

/// The input and the output schema of a tool.
pub(in crate::mcp) type Schemas = (Arc<Map<String, Value>>, Arc<Map<String, Value>>);

/// The work of a tool.
pub(in crate::mcp) type Run = for<'a> fn(Job<'a>, Args) -> BoxFuture<'a, Answer>;

/// A tool: how clients see it, what it needs, what it does.
pub(in crate::mcp) struct Tool {
    /// How clients see it.
    pub(in crate::mcp) descriptor: ToolDescriptor,
    /// The rights without which it cannot work; who lacks one does not see it.
    pub(in crate::mcp) needs: &'static [Permission],
    /// What it does.
    pub(in crate::mcp) run: Run,
}

impl Tool {
    /// A tool that changes nothing.
    pub(in crate::mcp) fn reading(
        name: &'static str,
        title: &'static str,
        description: &'static str,
        schemas: Schemas,
        run: Run,
    ) -> Self {
        let descriptor = ToolDescriptor {
            name,
            title,
            description,
            input_schema: schemas.0,
            output_schema: schemas.1,
            read_only: true,
            destructive: false,
            idempotent: true,
        };
        Self {
            descriptor,
            needs: &[Permission::RecordsRead],
            run,
        }
    }

    /// Makes it a tool that only adds something.
    #[must_use]
    pub(in crate::mcp) fn adds(mut self) -> Self {
        self.descriptor.read_only = false;
        self.descriptor.idempotent = false;
        self.needs = &[Permission::RecordsWrite];
        self
    }

    /// Makes it a tool that overwrites or removes something; calling twice has the effect of calling once.
    #[must_use]
    pub(in crate::mcp) fn overwrites(mut self) -> Self {
        self = self.adds();
        self.descriptor.destructive = true;
        self.descriptor.idempotent = true;
        self
    }

    /// Says which rights it needs.
    #[must_use]
    pub(in crate::mcp) fn needs(mut self, needs: &'static [Permission]) -> Self {
        self.needs = needs;
        self
    }
}

/// A JSON value as an answer.
pub(in crate::mcp) fn json_answer(value: &Value) -> Answer {
    Ok(value.to_string().into())
}
