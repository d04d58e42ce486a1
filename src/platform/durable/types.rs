use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::platform::clock::Millis;
use crate::platform::ids::{RunId, TenantId};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal, $about:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name {
            $(#[doc = $about] #[serde(rename = $word)] $variant,)*
        }

        impl $name {
            /// All there are.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// As it is stored.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// The one of this word.
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == word)
            }
        }
    };
}

words! {
    /// Where a run stands.
    RunState {
        Pending = "pending", "Not begun.";
        Running = "running", "Has work to do.";
        Waiting = "waiting", "Waits for a time, a signal or a person.";
        Compensating = "compensating", "Takes its steps back.";
        NeedsAttention = "needs_attention", "Cannot go on without a person.";
        Completed = "completed", "Did all it was to do.";
        Compensated = "compensated", "Took back all it could.";
        Resolved = "resolved", "Ended by a person.";
    }
}

words! {
    /// Where a step stands.
    StepState {
        Planned = "planned", "To be sent, for the first time or again.";
        Intent = "intent", "About to be sent or sent, no answer stored.";
        Unknown = "unknown", "May or may not have happened.";
        Done = "done", "Happened.";
        Failed = "failed", "Did not happen and will not.";
        Skipped = "skipped", "Left out.";
        CompIntent = "comp_intent", "Being taken back.";
        Compensated = "compensated", "Taken back.";
        CompConflict = "comp_conflict", "Somebody else has changed what would have been restored.";
        CompFailed = "comp_failed", "Could not be taken back.";
        Irreversible = "irreversible", "Cannot be taken back.";
    }
}

words! {
    /// What is known about an effect when its answer is lost.
    Class {
        Pure = "pure", "No effect: may be computed again.";
        Readable = "readable", "E1: the target can be read.";
        Keyed = "keyed", "E2: the receiver deduplicates by our key.";
        Reconciled = "reconciled", "E3: a creation without key, found by reconciliation.";
        Blind = "blind", "E4: neither; never sent again.";
        BlindResend = "blind_resend", "E4 whose author chose to send again.";
    }
}

words! {
    /// A step's part in its run.
    Role {
        Compensatable = "compensatable", "Can be taken back.";
        Pivot = "pivot", "The point of no return.";
        Retriable = "retriable", "Behind the pivot: retried until it succeeds.";
        Neutral = "neutral", "Nothing to take back.";
    }
}

impl RunState {
    /// Whether nothing will change any more.
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Completed | Self::Compensated | Self::Resolved)
    }
}

/// A run as its row tells it.
#[derive(Clone, Debug, Deserialize)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// Whose it is.
    #[serde(rename = "tenant_id")]
    pub tenant: TenantId,
    /// Which handler works it.
    pub kind: String,
    /// What its handler calls it, such as the name of a definition.
    pub name: String,
    /// Version of the definition it is pinned to.
    pub version: i64,
    /// Where it stands.
    pub state: RunState,
    /// What it was started with.
    pub input: Value,
    /// What its handler keeps between steps.
    #[serde(rename = "cursor_value")]
    pub cursor: Value,
    /// What it ended with.
    pub output: Option<Value>,
    /// Why it failed or needs a person.
    pub error: Option<Fault>,
    /// What it waits for.
    pub waits_for: Option<String>,
    /// When it is looked at next; `None` when only a person can move it.
    pub due: Option<Millis>,
    /// Whether an instance works on it.
    pub is_leased: bool,
    /// Fencing epoch.
    pub epoch: i64,
    /// Leases granted since it last made progress.
    pub attempts: i64,
    /// Number of its newest history entry.
    pub seq: i64,
    /// Until when it must end.
    pub deadline: Option<Millis>,
    /// Since when it is to be cancelled.
    pub cancel_at: Option<Millis>,
    /// The time when this was read.
    pub now: Millis,
    /// When it was started.
    pub created_at: Millis,
    /// When it ended.
    pub ended_at: Option<Millis>,
    pub(super) bytes: i64,
    pub(super) held_from: Option<RunState>,
}

/// Why something failed, as it is stored and shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Stable code.
    pub code: String,
    /// One sentence, without secrets.
    pub message: String,
}

impl Fault {
    /// A fault of this code.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        let (code, message) = (code.to_owned(), message.into());
        Self { code, message }
    }
}

/// A step that a handler wants done.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StepPlan {
    /// Place in the definition; with `item` unique in the run, for ever.
    pub path: String,
    /// Which item of a loop or batch, else 0.
    pub item: i64,
    /// What is done.
    pub name: String,
    /// Its part in the run.
    pub role: Role,
    /// What happens when its answer is lost.
    pub class: Class,
    /// Host it goes to, for the circuit breaker.
    pub destination: Option<String>,
    /// All that is needed to do it.
    pub plan: Value,
    /// Values read just before.
    pub before: Option<Value>,
    /// How it is taken back; required of a compensatable step.
    pub undo: Option<Value>,
}

impl StepPlan {
    /// A step without effect and without undo; the rest is set by hand.
    pub fn new(path: impl Into<String>, name: impl Into<String>, plan: Value) -> Self {
        Self {
            path: path.into(),
            item: 0,
            name: name.into(),
            role: Role::Neutral,
            class: Class::Pure,
            destination: None,
            plan,
            before: None,
            undo: None,
        }
    }
}

/// A step of the journal; what is not stored in columns of its own is stored as its progress.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Step {
    /// What was planned.
    #[serde(skip_serializing)]
    pub plan: StepPlan,
    /// Where it stands.
    #[serde(skip_serializing)]
    pub state: StepState,
    /// What it gave.
    #[serde(skip_serializing)]
    pub result: Option<Value>,
    /// Idempotency key for the receiver.
    pub key: String,
    /// Why it failed.
    pub error: Option<Fault>,
    /// How often it was tried in its present direction.
    pub attempts: i64,
    /// Place in the order of completion; 0 before.
    pub done_order: i64,
    pub(super) request_hash: String,
    pub(super) probes: i64,
    pub(super) first_at: Option<Millis>,
    pub(super) next_at: Millis,
    /// No attempt is left, by their number or by the time.
    pub(super) is_spent: bool,
    /// The state that its row is in; `None` without a row.
    #[serde(skip)]
    pub(super) stored: Option<StepState>,
    #[serde(skip)]
    pub(super) is_dirty: bool,
}

impl Step {
    pub(super) fn planned(run: &Run, plan: StepPlan) -> Self {
        Self {
            key: format!("{}/{}/{}/{}", run.tenant, run.id, plan.path, plan.item),
            request_hash: super::store::sha256(&plan.plan.to_string()),
            plan,
            state: StepState::Planned,
            result: None,
            error: None,
            attempts: 0,
            done_order: 0,
            probes: 0,
            first_at: None,
            next_at: 0,
            is_spent: false,
            stored: None,
            is_dirty: true,
        }
    }

    /// As if it had never been tried.
    pub(super) fn renew(&mut self, state: StepState) {
        (self.state, self.is_dirty, self.error) = (state, true, None);
        (self.attempts, self.probes, self.first_at) = (0, 0, None);
        (self.next_at, self.is_spent) = (0, false);
    }
}

/// One line of a run's story.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Entry {
    /// Its place, without gaps from 1.
    pub seq: i64,
    /// Epoch of the owner that wrote it.
    pub epoch: i64,
    /// What happened, such as `step_done`.
    pub what: String,
    /// Which step.
    pub step: Option<(String, i64)>,
    /// More about it.
    pub detail: Option<String>,
    /// When.
    pub at: Millis,
}

impl Entry {
    pub(super) fn new(what: &str, detail: Option<String>) -> Self {
        Self {
            what: what.to_owned(),
            detail,
            ..Self::default()
        }
    }
}
