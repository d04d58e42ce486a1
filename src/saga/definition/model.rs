use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::platform::durable::Role;
use crate::platform::ids::{BaseId, WorkspaceId};

/// A saga: steps that happen one after the other, and how they are taken back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::saga) struct Definition {
    /// The workspace it belongs to; who may write records there may start it.
    pub(in crate::saga) workspace_id: WorkspaceId,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::saga) description: Option<String>,
    /// Events that start it, with the rights of who saved it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(in crate::saga) on: Vec<Trigger>,
    /// Its steps: C and N, then at most one P, then R and N.
    pub(in crate::saga) steps: Vec<StepDefinition>,
}

/// An event that starts a saga.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::saga) struct Trigger {
    /// `records.changed` or `instance.set_up`.
    pub(in crate::saga) event: String,
    /// Only what happens to this base.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::saga) base_id: Option<BaseId>,
}

/// A step's part in its saga.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(in crate::saga) enum Kind {
    /// Can be taken back.
    C,
    /// The point of no return.
    P,
    /// Behind the point of no return: retried until it succeeds.
    R,
    /// Without effect.
    N,
}

impl Kind {
    pub(in crate::saga) fn role(self) -> Role {
        match self {
            Self::C => Role::Compensatable,
            Self::P => Role::Pivot,
            Self::R => Role::Retriable,
            Self::N => Role::Neutral,
        }
    }
}

/// One step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::saga) struct StepDefinition {
    /// Its name: letters, digits, `_` and `-`.
    pub(in crate::saga) id: String,
    /// Its part in the saga.
    pub(in crate::saga) kind: Kind,
    /// What it does.
    pub(in crate::saga) action: Action,
    /// What it is done with; may refer to `${input.…}` and `${steps.ID.result.…}`.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Object)]
    pub(in crate::saga) arguments: Map<String, Value>,
    /// How it is taken back; a tool's step is taken back by undoing its change set if this is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::saga) compensation: Option<Undo>,
    /// Seconds that one attempt may take; 30 at most and if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 30)]
    pub(in crate::saga) timeout: Option<u64>,
    /// How often it is tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::saga) retry: Option<Retry>,
    /// Neighbouring steps with the same word here are done at the same time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::saga) parallel: Option<String>,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(in crate::saga) enum Action {
    /// Calls the tool of this name.
    Tool(String),
    /// Sends a request.
    Http(Http),
    /// Waits.
    Wait(Wait),
    /// Asks people.
    Approval(Approval),
    /// Runs another saga with the arguments as its input, and waits for it.
    Saga(Inner),
}

/// Another saga, run inside this one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::saga) struct Inner {
    /// Name of its definition, whose steps are all C and N.
    pub(in crate::saga) definition: String,
    /// Its version; the newest at the start of the outermost saga if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::saga) version: Option<i64>,
}

impl Action {
    /// Whether the run waits at it for something outside.
    pub(in crate::saga) fn is_awaited(&self) -> bool {
        matches!(self, Self::Wait(_) | Self::Approval(_) | Self::Saga(_))
    }
}

/// A question to people, who let the saga go on or have it taken back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = ApprovalStep)]
#[serde(deny_unknown_fields)]
pub(in crate::saga) struct Approval {
    /// Who may answer: ids of people, and roles; who has a stronger role in the workspace may answer as well.
    pub(in crate::saga) approvers: Vec<String>,
    /// What they are asked; may refer to values as arguments do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::saga) message: Option<String>,
    /// How many must say yes; a single no is enough.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 20)]
    pub(in crate::saga) quorum: usize,
    /// Seconds there are to answer; seven days if absent.
    #[serde(default = "week")]
    pub(in crate::saga) deadline: u64,
    /// What silence means.
    #[serde(default)]
    pub(in crate::saga) outcome: Outcome,
    /// Whether who started the saga may answer too.
    #[serde(default)]
    pub(in crate::saga) self_approval: bool,
}

/// What it means when too few have answered in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(in crate::saga) enum Outcome {
    /// No.
    #[default]
    Reject,
    /// Yes.
    Approve,
}

fn one() -> usize {
    1
}

fn week() -> u64 {
    7 * 86_400
}

/// A request to somebody else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::saga) struct Http {
    /// `GET`, `POST`, `PUT`, `PATCH` or `DELETE`; `POST` if absent.
    #[serde(default = "post")]
    pub(in crate::saga) method: String,
    /// Where to; scheme and host are written out, references may follow them.
    pub(in crate::saga) url: String,
    /// More headers; secrets have no place here.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(in crate::saga) headers: BTreeMap<String, String>,
    /// The receiver does one thing once however often it gets the same `Idempotency-Key`.
    #[serde(default)]
    pub(in crate::saga) deduplicates: bool,
    /// Send again when nobody knows whether it arrived, although the receiver does not deduplicate.
    #[serde(default)]
    pub(in crate::saga) resend: bool,
    /// How to find out whether it happened when its answer is lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::saga) verify: Option<Box<Verify>>,
}

/// What is read, with GET and the headers of the request, to find out whether the request happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::saga) struct Verify {
    /// Where; scheme and host are written out, references may follow them.
    pub(in crate::saga) url: String,
    /// The member of the answer that lists the candidates; without, the answer itself is the only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::saga) list: Option<String>,
    /// Members that one candidate has when it happened; null stands for an absent one.
    #[schema(value_type = Object)]
    pub(in crate::saga) expect: Map<String, Value>,
    /// It happened when no candidate has them.
    #[serde(default)]
    pub(in crate::saga) gone: bool,
    /// Members that the only candidate has as long as it did not happen; a person decides about any others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub(in crate::saga) before: Option<Map<String, Value>>,
}

fn post() -> String {
    "POST".to_owned()
}

/// How long to wait.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(in crate::saga) enum Wait {
    /// So many seconds.
    Seconds(u64),
    /// Until this time, RFC 3339; may be a reference.
    Until(String),
}

/// How a step is taken back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::saga) struct Undo {
    /// A tool or a request; doing it twice must do no harm.
    pub(in crate::saga) action: Action,
    /// As those of the step; may refer to the step's own result too.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Object)]
    pub(in crate::saga) arguments: Map<String, Value>,
}

/// How often a step is tried before the point of no return.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::saga) struct Retry {
    /// Attempts, the first included; 8 at most and if absent.
    #[schema(minimum = 1, maximum = 8)]
    pub(in crate::saga) attempts: i64,
}

impl Definition {
    /// The steps in the groups that are done together.
    pub(in crate::saga) fn groups(&self) -> impl Iterator<Item = &[StepDefinition]> {
        self.steps
            .chunk_by(|one, next| one.parallel.is_some() && one.parallel == next.parallel)
    }

    /// The sagas that it runs, each with the step that does.
    pub(in crate::saga) fn inner(&self) -> impl Iterator<Item = (&StepDefinition, &Inner)> {
        self.steps.iter().filter_map(|step| match &step.action {
            Action::Saga(inner) => Some((step, inner)),
            _ => None,
        })
    }
}
