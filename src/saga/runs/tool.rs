use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::handler::SagaRuns;
use super::plan::RunInput;
use super::starter::unavailable;
use crate::contracts::{
    Actor, BaseError, BaseErrorKind, ChangeSet, ChangeSetState, Fence, Origin, RecordChangeKind,
    ToolCall, ToolOutcome, Transactions, UndoRequest, WriteContext,
};
use crate::platform::db::DbError;
use crate::platform::durable::{Class, Fault, Run, Settled, StepError, Undone};
use crate::platform::ids::{ChangeSetId, RunId};
use crate::platform::secrets::sha256;
use crate::saga::store;

const SHOWN: usize = 200;
/// Letters of an id that tell when it was made.
const TIME: usize = 7;

/// One call of a tool for a step: with whose rights, and as which change.
pub(super) struct Call {
    pub(super) actor: Arc<Actor>,
    pub(super) change: ChangeSet,
}

/// The change set of a step: the same for every attempt, and listed where the run belongs by time.
pub(in crate::saga) fn change_of(run: RunId, key: &str) -> ChangeSetId {
    let digest = sha256(key.as_bytes());
    let number = digest[..16]
        .iter()
        .fold(0, |number: u128, byte| (number << 8) | u128::from(*byte));
    let spread = ChangeSetId::from_number(number);
    let text = format!(
        "{}{}{}",
        ChangeSetId::PREFIX,
        &run.body()[..TIME],
        &spread.body()[TIME..]
    );
    text.parse().expect("letters of two ids make an id")
}

impl SagaRuns {
    pub(super) async fn call_of(
        &self,
        run: &Run,
        name: &str,
        key: &str,
    ) -> Result<Call, StepError> {
        let input = RunInput::of(run).map_err(StepError::Permanent)?;
        let actor = input.starter.recall(&self.saga, run.tenant).await?;
        let id = change_of(run.id, key);
        // The history has grown since any earlier attempt, and an owner that is none any more knows an older one.
        let number = run.seq * 2;
        let change = ChangeSet {
            id,
            client: Some(format!("saga {}", run.name)),
            fence: Some(Fence { set: id, number }),
            ..ChangeSet::single(Origin::Saga, name)
        };
        Ok(Call { actor, change })
    }

    pub(super) async fn call_tool(
        &self,
        call: Call,
        arguments: &Map<String, Value>,
        class: Class,
    ) -> Result<Value, StepError> {
        // All else writes nothing that could be undone.
        let is_undoable = class == Class::Readable;
        let id = call.change.id;
        let (outcome, mut answer) = self.ask(&call, arguments).await?;
        if !outcome.is_error && !is_partial(&answer) {
            if let (true, Value::Object(members)) = (is_undoable, &mut answer) {
                members.insert("change_set_id".to_owned(), json!(id));
            }
            return Ok(answer);
        }
        // What a failed call did all the same is taken back before the failure is told.
        if is_undoable {
            let taken = self.undo_change(&call).await;
            if let Err(StepError::Permanent(fault)) | Ok(Undone::Conflict(fault)) = taken {
                return Err(StepError::Unknown(fault));
            }
            taken.map_err(unsure)?;
        }
        Err(refused(&answer))
    }

    async fn ask(
        &self,
        call: &Call,
        arguments: &Map<String, Value>,
    ) -> Result<(ToolOutcome, Value), StepError> {
        let tools = self.saga.tools.get();
        let tools = tools.ok_or_else(|| unavailable("This instance runs without tools"))?;
        let asked = ToolCall {
            name: call.change.title.clone(),
            arguments: arguments.clone(),
            change: Some(ChangeSet {
                stays_open: true,
                ..call.change.clone()
            }),
        };
        let outcome = tools.call(&call.actor, asked).await.ok_or_else(|| {
            let message = format!("There is no tool {:?}", call.change.title);
            StepError::Permanent(Fault::new("tool_unknown", message))
        })?;
        let closed = self
            .saga
            .close(&call.actor, call.change.id, outcome.is_error);
        closed.await.map_err(base_failed).map_err(unsure)?;
        let answer = serde_json::from_slice(&outcome.json)
            .map_err(|error| StepError::Unknown(Fault::new("tool_answer", error.to_string())))?;
        Ok((outcome, answer))
    }

    /// What became of a call whose answer is lost.
    pub(super) async fn look_up(
        &self,
        call: Call,
        arguments: &Map<String, Value>,
    ) -> Result<Settled, StepError> {
        let id = call.change.id;
        if !self.was_written(&call).await? {
            return Ok(Settled::NotHappened);
        }
        if let Some(mut answer) = self.recover(&call, arguments).await? {
            let closed = self.saga.close(&call.actor, id, false).await;
            closed.map_err(base_failed)?;
            answer["change_set_id"] = json!(id);
            return Ok(Settled::Happened(answer));
        }
        // Of several writes some may be missing: all are taken back, and made again under the same change set.
        match self.undo_change(&call).await {
            Ok(Undone::Restored) => Ok(Settled::NotHappened),
            Ok(Undone::Conflict(fault)) | Err(StepError::Permanent(fault)) => {
                Ok(Settled::Unclear(fault))
            }
            Err(error) => Err(error),
        }
    }

    /// The answer of a tool that writes once, found again by what it wrote.
    async fn recover(
        &self,
        call: &Call,
        arguments: &Map<String, Value>,
    ) -> Result<Option<Value>, StepError> {
        let named = arguments.get("record_id").and_then(Value::as_str);
        let record = match call.change.title.as_str() {
            "create_record" => self.created(call).await?,
            "update_record" => named.map(str::to_owned),
            "delete_record" => return Ok(named.map(|id| json!({"deleted": true, "id": id}))),
            _ => None,
        };
        let Some(record) = record else {
            return Ok(None);
        };
        let mut wanted = Map::new();
        for name in ["base_id", "table_id"] {
            wanted.insert(
                name.to_owned(),
                arguments.get(name).cloned().unwrap_or_default(),
            );
        }
        wanted.insert("record_id".to_owned(), record.as_str().into());
        let read = Call {
            actor: call.actor.clone(),
            change: ChangeSet::single(Origin::Saga, "get_record"),
        };
        let (outcome, answer) = self.ask(&read, &wanted).await?;
        // Somebody may have deleted it since.
        Ok(Some(match outcome.is_error {
            true => json!({"id": record}),
            false => answer,
        }))
    }

    async fn created(&self, call: &Call) -> Result<Option<String>, StepError> {
        let page = self.saga.records(&call.actor, call.change.id, None, SHOWN);
        let page = page.await.map_err(base_failed)?;
        let made = page
            .items
            .iter()
            .find(|change| change.kind == RecordChangeKind::Created);
        Ok(made.map(|change| change.record_id.to_string()))
    }

    /// Whether anything that was written stands, and from now on nothing more is by whoever began before this.
    async fn was_written(&self, call: &Call) -> Result<bool, StepError> {
        let failed = |error: DbError| base_failed(BaseError::database(error));
        if !self.raise_fence(call).await.map_err(failed)? {
            // Who has raised the number settles the step.
            let message = "Another instance has taken this step over";
            return Err(StepError::Unknown(Fault::new("fenced", message)));
        }
        let (actor, id) = (&call.actor, call.change.id);
        if let Ok(history) = self.saga.history() {
            history.settle(actor, id).await.map_err(base_failed)?;
        }
        let stands = async {
            let tx = self.saga.platform.db.read(actor.tenant).await?;
            store::stands(&tx, id).await
        };
        stands.await.map_err(failed)
    }

    /// False when somebody else has raised it further.
    async fn raise_fence(&self, call: &Call) -> Result<bool, DbError> {
        let open = ChangeSet {
            stays_open: true,
            ..call.change.clone()
        };
        let tx = self.saga.platform.db.begin(call.actor.tenant).await?;
        let now = self.saga.platform.clock.now();
        store::open_set(&tx, &call.actor, &open, now).await?;
        let is_ours = match later(&call.change) {
            Some(fence) => store::pass_fence(&tx, fence).await?,
            None => true,
        };
        tx.commit().await?;
        Ok(is_ours)
    }

    /// Undoes the change set of a call; one that wrote nothing is undone already.
    pub(super) async fn undo_change(&self, call: &Call) -> Result<Undone, StepError> {
        let (actor, id) = (&call.actor, call.change.id);
        // Asked without regard to rights: what the starter may not see any more is not undone for that.
        if !self.was_written(call).await? {
            return Ok(Undone::Restored);
        }
        let change = ChangeSet {
            fence: later(&call.change),
            ..ChangeSet::single(Origin::Undo, "")
        };
        let by = WriteContext::new(actor, &change);
        let undone = self.saga.undo(by, id, UndoRequest::default()).await;
        let report = undone.map_err(base_failed)?;
        if let Some(failure) = report.failed.first() {
            let message = format!("Base {}: {}", failure.base, failure.reason);
            return Err(StepError::Transient {
                fault: Fault::new("undo_failed", message),
                retry_after: None,
            });
        }
        if report.totals.conflict > 0 {
            let message = match report.totals.conflict {
                1 => format!("A record of change set {id} was changed by somebody else since"),
                many => {
                    format!("{many} records of change set {id} were changed by somebody else since")
                }
            };
            return Ok(Undone::Conflict(Fault::new("undo_conflict", message)));
        }
        if report.totals.irreversible > 0 || !report.irreversible.is_empty() {
            let message = format!("Change set {id} has parts that cannot be undone");
            return Err(StepError::Permanent(Fault::new("irreversible", message)));
        }
        Ok(Undone::Restored)
    }

    /// Takes a step back by a tool, whose own change set tells whether that has happened.
    pub(super) async fn call_undo(
        &self,
        mut call: Call,
        arguments: &Map<String, Value>,
    ) -> Result<Undone, StepError> {
        if self.is_keyed(&call) {
            return self.call_keyed_undo(&call, arguments).await;
        }
        if self.was_written(&call).await? {
            let set = self.saga.find(&call.actor, call.change.id).await;
            if set.map_err(base_failed)?.state == ChangeSetState::Completed {
                return Ok(Undone::Restored);
            }
            if let Undone::Conflict(fault) = self.undo_change(&call).await? {
                return Ok(Undone::Conflict(fault));
            }
        }
        // It writes behind its own look.
        call.change.fence = later(&call.change);
        let (outcome, answer) = self.ask(&call, arguments).await?;
        let is_gone = answer["code"] == "record_not_found";
        match (outcome.is_error && !is_gone) || is_partial(&answer) {
            true => Err(refused(&answer)),
            false => Ok(Undone::Restored),
        }
    }
}

impl SagaRuns {
    fn is_keyed(&self, call: &Call) -> bool {
        let tools = self.saga.tools.get();
        let mut tools = tools.into_iter().flat_map(|tools| tools.tools(&call.actor));
        tools.any(|tool| tool.name == call.change.title && tool.keyed)
    }

    /// Takes a step back by a tool that may be called again: what is gone counts as taken back.
    async fn call_keyed_undo(
        &self,
        call: &Call,
        arguments: &Map<String, Value>,
    ) -> Result<Undone, StepError> {
        let (outcome, answer) = self.ask(call, arguments).await?;
        if !outcome.is_error {
            return Ok(Undone::Restored);
        }
        match (answer["code"].as_str(), refused(&answer)) {
            (Some("not_found"), _) => Ok(Undone::Restored),
            (Some("changed_since"), StepError::Permanent(fault)) => Ok(Undone::Conflict(fault)),
            (_, error) => Err(error),
        }
    }
}

/// After a write may have gone out, no failure says that it has not.
fn unsure(error: StepError) -> StepError {
    match error {
        StepError::Transient { fault, .. } => StepError::Unknown(fault),
        other => other,
    }
}

/// What looks passes, and the attempt it looks after does not any more.
fn later(change: &ChangeSet) -> Option<Fence> {
    let raised = |fence: Fence| Fence {
        number: fence.number + 1,
        ..fence
    };
    change.fence.map(raised)
}

/// Whether a tool that goes on after errors had some.
fn is_partial(answer: &Value) -> bool {
    let has_failed = answer["failed_count"]
        .as_u64()
        .is_some_and(|count| count > 0);
    let has_errors = answer["errors"]
        .as_array()
        .is_some_and(|errors| !errors.is_empty());
    has_failed || has_errors
}

fn refused(answer: &Value) -> StepError {
    let code = answer["code"].as_str().unwrap_or("tool_partial");
    let usual = "Some of the records could not be written; the others were put back";
    let fault = Fault::new(code, answer["message"].as_str().unwrap_or(usual));
    match code {
        "unavailable" | "internal" => StepError::Transient {
            fault,
            retry_after: None,
        },
        _ => StepError::Permanent(fault),
    }
}

fn base_failed(error: BaseError) -> StepError {
    let fault = |code| Fault::new(code, error.message.clone());
    match error.kind {
        BaseErrorKind::Unavailable
        | BaseErrorKind::Unsettled
        | BaseErrorKind::Unanswered
        | BaseErrorKind::Internal => StepError::Transient {
            fault: fault("unavailable"),
            retry_after: None,
        },
        BaseErrorKind::Forbidden => StepError::Permanent(fault("forbidden")),
        BaseErrorKind::UndoWindowOver => StepError::Permanent(fault("undo_window_over")),
        _ => StepError::Permanent(fault("undo_refused")),
    }
}
