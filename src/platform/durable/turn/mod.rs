//! One turn: what an owner does with a run between its claim and the end of its lease.

mod commit;
mod drive;
mod record;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use sea_orm::DbErr;

use super::change::{Change, Move};
use super::fault::fault;
use super::handler::{Handler, Next};
use super::held::Hold;
use super::journal::{Journal, SIGNAL};
use super::kernel::{Claim, Inner};
use super::policy::{Policy, millis};
use super::store::is_unreadable;
use super::types::{Entry, Fault, Role, Run, RunState, Step, StepPlan, StepState};
use crate::platform::clock::Millis;

/// Leases in a row without progress before a run is taken for one that kills its owner.
const MOST_CLAIMS: i64 = 10;
const MOST_STEPS: usize = 10_000;
const MOST_BYTES: i64 = 50 << 20;

/// Why a turn ends early.
#[derive(Debug)]
pub(super) enum Stop {
    /// The lease has been given back with the last change.
    Parked,
    /// The run is somebody else's.
    Fenced,
    /// The database failed; the lease is given back.
    Db(DbErr),
}

impl From<DbErr> for Stop {
    fn from(error: DbErr) -> Self {
        Self::Db(error)
    }
}

pub(super) struct Turn<'a> {
    kernel: &'a Inner,
    hold: &'a Hold,
    handler: &'a dyn Handler,
    run: Arc<Run>,
    journal: Journal,
    /// What is not yet durable, beside steps that are dirty.
    to: Move,
    riding_since: Option<Instant>,
    /// Somebody else has changed the run since it was read.
    is_stale: bool,
    read_at: Instant,
}

impl<'a> Turn<'a> {
    /// Works until the run waits, ends or is to be given back.
    pub(super) async fn work(kernel: &'a Inner, hold: &'a Hold, claim: Claim) -> Result<(), Stop> {
        fault!("after_claim");
        let (run, journal) = match load(kernel, claim).await {
            // A row that cannot be read leaves the run to a person.
            Err(error) if is_unreadable(&error) => {
                let fault = Fault::new("undecodable", error.to_string());
                return hold_unread(kernel, hold, fault).await;
            }
            loaded => loaded?,
        };
        fault!("after_load");
        let handler = kernel.handlers.get(&run.kind).ok_or(Stop::Fenced)?;
        let mut turn = Self {
            kernel,
            hold,
            handler: handler.as_ref(),
            run: Arc::new(run),
            journal,
            to: Move::default(),
            riding_since: None,
            is_stale: false,
            read_at: Instant::now(),
        };
        if turn.run.attempts > MOST_CLAIMS {
            let message = format!("{MOST_CLAIMS} owners in a row made no progress");
            return turn.hold(Fault::new("crash_loop", message)).await;
        }
        loop {
            turn.advance().await?;
            if kernel.is_draining.load(Ordering::Relaxed) {
                return turn.rest(turn.now()).await;
            }
        }
    }

    /// Settles what may have happened, then turns back, sends, takes back or asks the handler.
    async fn advance(&mut self) -> Result<(), Stop> {
        use StepState::{Intent, Planned, Unknown};
        let is_back = self.run.state == RunState::Compensating;
        let unknown = self.journal.places(&[Intent, Unknown]);
        let open = self.journal.places(&[Planned, Intent, Unknown]);
        if unknown.is_empty()
            && let Some(fault) = self.must_turn()
        {
            return self.fail(fault).await;
        }
        let wanted = match (is_back, unknown.is_empty()) {
            (false, _) => open,
            (true, false) => unknown,
            (true, true) => {
                self.skip(open);
                self.next_undo().into_iter().collect()
            }
        };
        if !wanted.is_empty() {
            self.drive(wanted).await
        } else if is_back {
            self.end_back().await
        } else {
            self.ask().await
        }
    }

    /// Why a run before its pivot has to turn back, although no step failed.
    fn must_turn(&self) -> Option<Fault> {
        let run = &self.run;
        let is_late = run.deadline.is_some_and(|deadline| deadline <= self.now());
        match run.state {
            RunState::Compensating => None,
            _ if self.journal.is_past_pivot() => None,
            _ if run.cancel_at.is_some() => Some(Fault::new("cancelled", "The run was cancelled")),
            // The time of a wait is added to the deadline by the first change behind it.
            RunState::Waiting => None,
            _ => is_late.then(|| Fault::new("deadline", "The run did not end in time")),
        }
    }

    async fn ask(&mut self) -> Result<(), Stop> {
        let asked = self.handler.next(&self.run, &self.journal);
        let asked = guarded(self.hold, self.handler.policy().attempt, asked).await?;
        let decision = match asked.and_then(|decision| decision) {
            Ok(decision) => decision,
            Err(fault) => return self.hold(fault).await,
        };
        self.to.cursor = decision.cursor.or(self.to.cursor.take());
        match decision.next {
            Next::Steps(plans) => self.plan(plans).await,
            Next::Fail(fault) => self.fail(fault).await,
            Next::Hold(fault) => self.hold(fault).await,
            Next::Complete(output) => {
                self.tell("completed", None);
                self.to.output = Some(output);
                self.park(RunState::Completed).await
            }
            Next::Wait { what, until } => {
                self.tell("waiting", Some(what.clone()));
                (self.to.due, self.to.waits_for) = (until, Some(what));
                self.park(RunState::Waiting).await
            }
        }
    }

    async fn plan(&mut self, plans: Vec<StepPlan>) -> Result<(), Stop> {
        if plans.is_empty() {
            let fault = Fault::new("no_progress", "The handler answered no step");
            return self.hold(fault).await;
        }
        if let Some(fault) = plans.iter().find_map(|plan| self.refusal(plan)) {
            return self.hold(fault).await;
        }
        for plan in plans {
            self.journal.push(Step::planned(&self.run, plan));
        }
        Ok(())
    }

    fn refusal(&self, plan: &StepPlan) -> Option<Fault> {
        let place = format!("step {}/{}", plan.path, plan.item);
        if let Some(known) = self.journal.step(&plan.path, plan.item) {
            let names = format!("({}) was planned before as {}", plan.name, known.plan.name);
            return Some(Fault::new("step_repeated", format!("{place} {names}")));
        }
        let lacks_undo = plan.role == Role::Compensatable && plan.undo.is_none();
        if lacks_undo || plan.path.starts_with(SIGNAL) {
            let needs = "needs a compensation plan and a name of its own";
            return Some(Fault::new("step_invalid", format!("{place} {needs}")));
        }
        let is_full = self.journal.steps.len() >= MOST_STEPS || self.run.bytes >= MOST_BYTES;
        let message = "The run has more steps or data than a run may have";
        is_full.then(|| Fault::new("run_limit", message))
    }

    /// Turns back before the pivot; behind it only a person can.
    async fn fail(&mut self, fault: Fault) -> Result<(), Stop> {
        if self.journal.is_past_pivot() {
            return self.hold(fault).await;
        }
        self.tell("compensating", Some(fault.code.clone()));
        self.to.error = Some(fault);
        self.skip(self.journal.places(&[StepState::Planned]));
        self.keep(RunState::Compensating).await
    }

    fn skip(&mut self, planned: Vec<usize>) {
        for at in planned {
            self.change(at, StepState::Skipped, "step_skipped");
        }
    }

    fn tell(&mut self, what: &str, detail: Option<String>) {
        self.to.entries.push(Entry::new(what, detail));
    }

    fn change(&mut self, at: usize, state: StepState, what: &str) {
        let step = &mut self.journal.steps[at];
        (step.state, step.is_dirty) = (state, true);
        let mut entry = Entry::new(what, step.error.as_ref().map(|fault| fault.code.clone()));
        entry.step = Some((step.plan.path.clone(), step.plan.item));
        self.to.entries.push(entry);
    }

    /// The database's clock, carried on by the monotonic one since it was last read.
    fn now(&self) -> Millis {
        self.run.now + millis(self.read_at.elapsed())
    }

    /// Each way has its own patience; an attempt may not take longer than the kind's.
    fn policy_of(&self, at: usize) -> Policy {
        let mut own = self.handler.step_policy(&self.journal.steps[at]);
        own.attempt = own.attempt.min(self.handler.policy().attempt);
        match self.run.state {
            RunState::Compensating => own.for_hours(24),
            _ if self.journal.is_past_pivot() => own.for_hours(72),
            _ => own,
        }
    }
}

async fn load(kernel: &Inner, claim: Claim) -> Result<(Run, Journal), DbErr> {
    let (durable, id) = (&kernel.durable, claim.lease.run);
    let run = match claim.run {
        // Nobody has worked on it yet.
        Some(run) if run.seq == 1 => return Ok((run, Journal::default())),
        run => run,
    };
    let tx = durable.db.read(claim.lease.tenant).await?;
    let run = match run {
        Some(run) => run,
        None => {
            let found = durable.runs(&tx, "id = $2", vec![id.to_string().into()]);
            let gone = || DbErr::Json("the run is gone".to_owned());
            found.await?.pop().ok_or_else(gone)?
        }
    };
    Ok((run, durable.journal(&tx, id).await?))
}

async fn hold_unread(kernel: &Inner, hold: &Hold, fault: Fault) -> Result<(), Stop> {
    metrics::counter!("durable_needs_attention_total", "kind" => "unreadable").increment(1);
    let to = Move {
        entries: vec![Entry::new("needs_attention", Some(fault.code.clone()))],
        error: Some(fault),
        ..Move::default()
    };
    let change = Change::of(&hold.lease, RunState::NeedsAttention, to)?;
    let done = kernel.group.commit(change).await?;
    done.map(drop).ok_or(Stop::Fenced)
}

/// Runs what a handler does, unless the lease is lost meanwhile; a panic or a time-out is a fault.
async fn guarded<T>(
    hold: &Hold,
    patience: Duration,
    future: impl Future<Output = T>,
) -> Result<Result<T, Fault>, Stop> {
    let future = tokio::time::timeout(patience, AssertUnwindSafe(future).catch_unwind());
    tokio::select! {
        biased;
        () = hold.lost.cancelled() => Err(Stop::Fenced),
        outcome = future => Ok(match outcome {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(_)) => Err(Fault::new("panic", "The handler panicked")),
            Err(_) => Err(Fault::new("timeout", "The attempt took too long")),
        }),
    }
}
