use bytes::Bytes;
use futures_util::future::BoxFuture;
use serde_json::{Map, Value, json};
use std::sync::Arc;

use super::schema::IDEMPOTENCY_KEY;
use super::{Args, Fault, Job, property};
use crate::contracts::{Permission, ToolDescriptor};

/// What a tool answers: structured JSON text, or a fault.
pub(in crate::mcp) type Answer = Result<Bytes, Fault>;

/// The input and the output schema of a tool.
pub(in crate::mcp) type Schemas = (Arc<Map<String, Value>>, Arc<Map<String, Value>>);

/// The work of a tool.
pub(in crate::mcp) type Run = for<'a> fn(Job<'a>, Args) -> BoxFuture<'a, Answer>;

/// What a call would do to schemas, a sentence each, found out without doing it.
pub(in crate::mcp) type Announce =
    for<'a> fn(Job<'a>, Args) -> BoxFuture<'a, Result<Vec<String>, Fault>>;

/// How it is found out whether a call needs a person's yes.
#[derive(Clone, Copy)]
pub(in crate::mcp) enum Check {
    /// It changes nothing.
    Never,
    /// It writes the one record that its arguments name, so that only missing choices are worth a look.
    WhenCasting,
    /// It is rehearsed.
    Rehearse,
    /// It changes schemas and always needs one.
    Announce(Announce),
}

/// Whether a call is one transaction or several, and so can end half-way.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::mcp) enum Steps {
    /// All or nothing.
    One,
    /// One after the other.
    Many,
}

/// A tool: how clients see it, what it needs, what it does.
pub(in crate::mcp) struct Tool {
    /// How clients see it.
    pub(in crate::mcp) descriptor: ToolDescriptor,
    /// The rights without which it cannot work; who lacks one does not see it.
    pub(in crate::mcp) needs: &'static [Permission],
    /// What it does.
    pub(in crate::mcp) run: Run,
    /// How it is found out whether a call needs a person's yes.
    pub(in crate::mcp) check: Check,
    /// Whether it can end half-way.
    pub(in crate::mcp) steps: Steps,
    /// Whether no client is offered it: a saga's definition is an admin's word, a model's call is nobody's.
    pub(in crate::mcp) is_for_sagas: bool,
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
            keyed: false,
        };
        Self {
            descriptor,
            needs: &[Permission::RecordsRead],
            run,
            check: Check::Never,
            steps: Steps::One,
            is_for_sagas: false,
        }
    }

    /// Makes it a tool for the steps of sagas alone: done once for a change set, and taken back by another such tool.
    #[must_use]
    pub(in crate::mcp) fn for_sagas(mut self) -> Self {
        self.descriptor.read_only = false;
        self.descriptor.keyed = true;
        self.is_for_sagas = true;
        self
    }

    /// Makes it a tool that only adds something.
    #[must_use]
    pub(in crate::mcp) fn adds(mut self) -> Self {
        self.descriptor.read_only = false;
        self.descriptor.idempotent = false;
        self.needs = &[Permission::RecordsWrite];
        self.check = Check::Rehearse;
        let key = json!({"type": "string", "minLength": 1, "maxLength": 255});
        let (name, key) = property(IDEMPOTENCY_KEY, key);
        add_member(&mut self.descriptor.input_schema, &name, key);
        let deduplicated = json!({
            "type": "boolean",
            "description": "This call was carried out before; this is its answer from then",
        });
        add_member(
            &mut self.descriptor.output_schema,
            "deduplicated",
            deduplicated,
        );
        self
    }

    /// Says that it writes one record and deletes none.
    #[must_use]
    pub(in crate::mcp) fn one_record(mut self) -> Self {
        self.check = Check::WhenCasting;
        self
    }

    /// Says that it writes in several transactions.
    #[must_use]
    pub(in crate::mcp) fn in_steps(mut self) -> Self {
        self.steps = Steps::Many;
        self
    }

    /// Says that it changes schemas, and what it would do to them.
    #[must_use]
    pub(in crate::mcp) fn announces(mut self, announce: Announce) -> Self {
        self.check = Check::Announce(announce);
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

fn add_member(schema: &mut Arc<Map<String, Value>>, name: &str, member: Value) {
    let members = Arc::make_mut(schema).get_mut("properties");
    if let Some(Value::Object(members)) = members {
        members.insert(name.to_owned(), member);
    }
}

/// A JSON value as an answer.
pub(in crate::mcp) fn json_answer(value: &Value) -> Answer {
    Ok(value.to_string().into())
}
