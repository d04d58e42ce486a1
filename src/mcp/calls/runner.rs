use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::digest::{digest, take_key};
use super::flights::{Duty, FlightId, Ticket};
use super::request::{Asks, Reply, Request};
use crate::contracts::{
    Actor, CallEnd, CallRef, ChangeSet, DoneBefore, KnownCall, Origin, ToolOutcome,
};
use crate::mcp::calls::Flights;
use crate::mcp::kit::{Answer, Args, Audience, Fault, Job, Progress, Source, Steps, Tool};
use crate::platform::ids::ChangeSetId;

/// How often it is told that a call is still being worked on.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// How often it is looked whether another process has finished the same call.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// Carries out calls that change something; cheap to clone.
#[derive(Clone)]
pub(in crate::mcp) struct Runner {
    /// What the tools work on.
    pub(super) source: Arc<Source>,
    /// Records a call may touch before a person is asked.
    pub(super) confirm_above: usize,
    flights: Flights,
}

/// One call to be carried out.
pub(in crate::mcp) struct Work {
    pub(super) tool: &'static Tool,
    pub(super) actor: Actor,
    pub(super) call: CallRef,
    pub(super) arguments: Map<String, Value>,
    pub(super) client: Option<String>,
    pub(super) asks: Asks,
    change: ChangeSet,
    progress: Progress,
    audience: Audience,
}

impl Work {
    /// The work that a request asks for.
    pub(in crate::mcp) fn new(
        actor: &Actor,
        tool: &'static Tool,
        request: Request,
        progress: &Progress,
    ) -> Result<Self, Fault> {
        let mut arguments = request.arguments;
        let key = take_key(&mut arguments)?;
        Args::new(arguments.clone(), &tool.descriptor.input_schema)?;
        Ok(Self {
            tool,
            actor: actor.clone(),
            call: CallRef {
                tool: tool.descriptor.name,
                arguments: digest(&arguments),
                key,
            },
            arguments,
            change: ChangeSet {
                client: request.client.clone(),
                stays_open: true,
                ..ChangeSet::single(Origin::Tool, tool.descriptor.name)
            },
            client: request.client,
            asks: request.asks,
            progress: progress.clone(),
            audience: Audience::default(),
        })
    }

    fn flight(&self) -> FlightId {
        FlightId {
            tenant: self.actor.tenant,
            principal: self.actor.credential.principal(),
            call: self.call.clone(),
            asks: self.asks.clone(),
        }
    }

    fn go_on(&self) -> Result<(), Fault> {
        match self.audience.has_left() {
            false => Ok(()),
            true => Err(Fault::cancelled()),
        }
    }
}

impl Runner {
    /// One over these bases.
    pub(in crate::mcp) fn new(source: Arc<Source>, confirm_above: usize) -> Self {
        Self {
            source,
            confirm_above,
            flights: Flights::default(),
        }
    }

    /// Carries the call out on a task that `spawn` starts, or waits for the same call that is under way.
    pub(in crate::mcp) async fn run(
        &self,
        mut work: Work,
        spawn: impl FnOnce(futures_util::future::BoxFuture<'static, ()>),
    ) -> Reply {
        loop {
            let (ticket, duty): (Ticket, Option<Duty>) = self.flights.join(work.flight());
            let Some(duty) = duty else {
                match ticket.reply().await {
                    Some(Reply::Done(outcome)) => return Reply::Done(deduplicated(outcome)),
                    Some(reply) => return reply,
                    // All who waited had left before anything was changed; this one stays.
                    None => continue,
                }
            };
            work.audience = duty.audience.clone();
            let runner = self.clone();
            spawn(Box::pin(async move {
                if let Some(reply) = runner.carry_out(work).await {
                    duty.fulfil(reply);
                }
            }));
            let reply = ticket.reply().await;
            return reply.unwrap_or_else(|| Reply::Done(broken().into()));
        }
    }

    /// The reply; `None` when its callers left before anything was changed.
    async fn carry_out(&self, work: Work) -> Option<Reply> {
        match self.steps(&work).await {
            Ok(reply) => Some(reply),
            Err(fault) if fault.code == Fault::CANCELLED => None,
            Err(fault) => Some(Reply::Done(fault.into())),
        }
    }

    async fn steps(&self, work: &Work) -> Result<Reply, Fault> {
        let Some(calls) = &self.source.calls else {
            if let Some(reply) = self.confirm(work).await? {
                return Ok(reply);
            }
            return Ok(Reply::Done(outcome_of(self.effect(work).await)));
        };
        let (actor, call, change) = (&work.actor, &work.call, work.change.id);
        let mut is_confirmed = false;
        loop {
            let abandoned = match self.known(work).await? {
                Known::Answer(outcome) => return Ok(Reply::Done(deduplicated(outcome))),
                Known::Nothing => None,
                Known::Undone(change) => Some(change),
            };
            if !is_confirmed && let Some(reply) = self.confirm(work).await? {
                return Ok(reply);
            }
            is_confirmed = true;
            work.go_on()?;
            if calls.begin(actor, call, change, abandoned).await? {
                break;
            }
        }
        let answer = tokio::select! {
            answer = self.effect(work) => answer,
            never = self.heartbeat(work) => match never {},
        };
        let is_cut = matches!(&answer, Err(fault) if fault.code == Fault::PARTIAL);
        let outcome = outcome_of(answer);
        let end = CallEnd {
            is_partial: outcome.is_error,
            outcome: &outcome,
        };
        match calls.finish(actor, call, change, end).await {
            Ok(has_written) if is_cut && !has_written => return Err(Fault::cancelled()),
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, %change, "mcp.call_not_finished"),
        }
        tracing::info!(
            tool = call.tool,
            arguments = call.arguments,
            client = work.client.as_deref().unwrap_or_default(),
            %change,
            failed = outcome.is_error,
            "mcp.call"
        );
        Ok(Reply::Done(outcome))
    }

    /// What is known of the call from before; waits while another process works on it.
    async fn known(&self, work: &Work) -> Result<Known, Fault> {
        let Some(calls) = &self.source.calls else {
            return Ok(Known::Nothing);
        };
        let mut waiting = None;
        loop {
            match calls.look(&work.actor, &work.call, waiting).await? {
                None => return Ok(Known::Nothing),
                Some(KnownCall::Finished(outcome)) => return Ok(Known::Answer(outcome)),
                Some(KnownCall::OtherArguments) => return Err(reused()),
                Some(KnownCall::Abandoned(change)) => return Ok(Known::Undone(change)),
                Some(KnownCall::LeftBehind(done)) => return self.left_behind(work, done).await,
                Some(KnownCall::Running(change)) => waiting = Some(change),
            }
            work.go_on()?;
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Answers a call whose process is gone after it changed something; it is never carried out a second time.
    async fn left_behind(&self, work: &Work, done: DoneBefore) -> Result<Known, Fault> {
        let is_whole = work.tool.steps == Steps::One || done.is_whole;
        let outcome: ToolOutcome = match is_whole {
            true => already_done(&done).into(),
            false => Fault::left_half_done(done.change).into(),
        };
        let end = CallEnd {
            outcome: &outcome,
            is_partial: !is_whole,
        };
        if let Some(calls) = &self.source.calls {
            calls
                .finish(&work.actor, &work.call, done.change, end)
                .await?;
        }
        Ok(Known::Answer(outcome))
    }

    async fn effect(&self, work: &Work) -> Answer {
        let args = Args::new(work.arguments.clone(), &work.tool.descriptor.input_schema)?;
        (work.tool.run)(self.job(work), args).await
    }

    async fn heartbeat(&self, work: &Work) -> std::convert::Infallible {
        loop {
            tokio::time::sleep(HEARTBEAT).await;
            if let Some(calls) = &self.source.calls
                && let Err(error) = calls
                    .keep_alive(&work.actor, &work.call, work.change.id)
                    .await
            {
                tracing::warn!(%error, change = %work.change.id, "mcp.heartbeat_failed");
            }
        }
    }

    /// The call at work.
    pub(super) fn job<'a>(&'a self, work: &'a Work) -> Job<'a> {
        Job {
            source: &self.source,
            actor: &work.actor,
            change: &work.change,
            rehearsal: None,
            progress: &work.progress,
            audience: &work.audience,
        }
    }
}

/// What is known of a call from before.
enum Known {
    /// Its answer.
    Answer(ToolOutcome),
    /// Somebody began it, did nothing and is gone.
    Undone(ChangeSetId),
    /// Nothing.
    Nothing,
}

fn outcome_of(answer: Answer) -> ToolOutcome {
    match answer {
        Ok(json) => ToolOutcome {
            json,
            is_error: false,
        },
        Err(fault) => fault.into(),
    }
}

/// The answer, saying that it is one from before.
fn deduplicated(outcome: ToolOutcome) -> ToolOutcome {
    const MARK: &[u8] = b"{\"deduplicated\":true,";
    if outcome.json.starts_with(MARK) {
        return outcome;
    }
    let mut json = MARK.to_vec();
    json.extend_from_slice(outcome.json.strip_prefix(b"{").unwrap_or(&outcome.json));
    ToolOutcome {
        json: json.into(),
        ..outcome
    }
}

fn reused() -> Fault {
    Fault::new(
        "idempotency_key_reused",
        "This idempotency_key was used with other arguments",
        "Use another key for another call; the same key is for sending the same call again",
    )
}

fn already_done(done: &DoneBefore) -> Fault {
    Fault::new(
        "already_done",
        format!(
            "This call was carried out before and its answer is lost: {} records made, {} changed, {} deleted",
            done.created, done.updated, done.deleted
        ),
        format!(
            "Do not call again; list_changes shows change set {} and undo_changes takes it back",
            done.change
        ),
    )
    .details(json!({
        "change_set_id": done.change,
        "created": done.created,
        "updated": done.updated,
        "deleted": done.deleted,
    }))
}

fn broken() -> Fault {
    Fault::new(
        "internal",
        "The call broke down",
        "Look with list_changes at what was done before trying again",
    )
}
