use std::time::Duration;

use sea_orm::{DbErr, Value};
use serde_json::json;

use super::change::Change;
use super::journal::SIGNAL;
use super::policy::millis;
use super::sql::{COUNT, KEYED, LIST, NUDGE, START};
use super::store::Texts;
use super::types::{Entry, Run, RunState, Step, StepPlan, StepState};
use crate::platform::clock::Clock;
use crate::platform::db::{Db, TenantTx};
use crate::platform::ids::{RunId, TenantId};
use crate::platform::signals::Signals;

/// The signal that wakes workers up; polling finds what it misses.
pub const DUE: &str = "durable.due";
/// Active time until a run must have ended.
const LONGEST_RUN: Duration = Duration::from_secs(24 * 3600);

/// A run about to be started.
#[derive(Clone, Debug)]
pub struct NewRun {
    /// Which handler works it.
    pub kind: String,
    /// What the handler calls it.
    pub name: String,
    /// Version of the definition it is pinned to.
    pub version: i64,
    /// What it is started with.
    pub input: serde_json::Value,
    /// A second start with the same key of the same kind finds the first.
    pub key: Option<String>,
    /// Whether the key stays taken when the run has ended.
    pub keeps_key: bool,
    /// How long it waits before it begins.
    pub delay: Duration,
}

impl NewRun {
    /// A run that begins at once and may take a day.
    pub fn new(kind: impl Into<String>, input: serde_json::Value) -> Self {
        let kind = kind.into();
        Self {
            name: kind.clone(),
            kind,
            version: 1,
            input,
            key: None,
            keeps_key: false,
            delay: Duration::ZERO,
        }
    }

    /// The same with a key that is free again when the run has ended.
    pub fn keyed(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }
}

/// Which run a start led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Started {
    /// A new one.
    New(RunId),
    /// The one that has the key.
    Existing(RunId),
}

impl Started {
    /// The run.
    pub fn id(self) -> RunId {
        let (Self::New(run) | Self::Existing(run)) = self;
        run
    }
}

/// A wish about a run cannot be followed.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// This tenant has no such run.
    #[error("there is no such run")]
    NotFound,
    /// The run is not in a state for this.
    #[error("the run is {}", .0.as_str())]
    WrongState(RunState),
    /// The point of no return is behind or being passed.
    #[error("the run is past its point of no return")]
    PastPivot,
    /// The run has no step like this in a state for this.
    #[error("the run has no such step in a state for this")]
    WrongStep,
    /// The database failed, or the rows of the run cannot be read.
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// Starts, steers and shows runs; cheap to clone.
#[derive(Clone)]
pub struct Durable {
    pub(super) db: Db,
    pub(super) clock: Clock,
    pub(super) signals: Signals,
}

impl Durable {
    /// The way in to runs on this database.
    pub fn new(db: &Db, clock: &Clock, signals: &Signals) -> Self {
        let (db, clock, signals) = (db.clone(), clock.clone(), signals.clone());
        Self { db, clock, signals }
    }

    /// Starts a run in the caller's own transaction; call [`Durable::wake`] after its commit to spare a second.
    pub async fn enqueue(&self, tx: &TenantTx, new: NewRun) -> Result<Started, DbErr> {
        let (run, mut texts) = (RunId::fresh(), Texts::default());
        let row = json!({
            "kind": new.kind,
            "name": new.name,
            "version": new.version,
            "key": new.key,
            "keeps_key": new.keeps_key,
            "input": texts.of(&new.input)?,
            "delay": millis(new.delay),
            "longest": millis(LONGEST_RUN),
        });
        let (place, entries) = ((run, tx.tenant()), vec![Entry::new("started", None)]);
        let start = Change::new(place, (START, row), texts, entries);
        if start.apply(self, tx).await?.is_some() {
            return Ok(Started::New(run));
        }
        let key = vec![new.kind.into(), new.key.into()];
        let found = self.runs(tx, KEYED, key).await?;
        let gone = || DbErr::RecordNotFound("the run that had the key has just ended".to_owned());
        found
            .first()
            .map(|run| Started::Existing(run.id))
            .ok_or_else(gone)
    }

    /// Starts a run in a transaction of its own.
    pub async fn start(&self, tenant: TenantId, new: NewRun) -> Result<Started, DbErr> {
        let tx = self.db.begin(tenant).await?;
        let started = self.enqueue(&tx, new).await?;
        tx.commit().await?;
        self.wake();
        Ok(started)
    }

    /// Tells the workers, here and elsewhere, that something may be due.
    pub fn wake(&self) {
        self.signals.publish(DUE, "");
    }

    /// Hands a signal to a run; false when one with this name and key is already there.
    pub async fn signal(
        &self,
        tx: &TenantTx,
        run: RunId,
        (name, key): (&str, &str),
        payload: &serde_json::Value,
    ) -> Result<bool, ControlError> {
        let run = self.locked(tx, run).await?;
        if run.state.is_terminal() {
            return Err(ControlError::WrongState(run.state));
        }
        let path = format!("{SIGNAL}{name}/{key}");
        let sql = "SELECT path FROM durable_steps WHERE run_id = $2 AND path = $3";
        let values = [run.id.to_string(), path.clone()].map(Value::from);
        if !self.rows(tx.conn(), sql, values).await?.is_empty() {
            return Ok(false);
        }
        let mut signal = Step::planned(&run, StepPlan::new(path, name, payload.clone()));
        (signal.state, signal.done_order) = (StepState::Done, run.seq);
        let entry = Entry::new("signal", Some(name.to_owned()));
        self.nudge(tx, &run, (false, Some(signal)), entry).await?;
        Ok(true)
    }

    /// Asks a run to stop and take back what it did; false when it is already on its way.
    pub async fn cancel(&self, tx: &TenantTx, run: RunId) -> Result<bool, ControlError> {
        let run = self.locked(tx, run).await?;
        match run.state {
            RunState::Compensating => return Ok(false),
            RunState::Pending | RunState::Running | RunState::Waiting => {}
            state => return Err(ControlError::WrongState(state)),
        }
        if run.cancel_at.is_some() {
            return Ok(false);
        }
        if self.journal(tx, run.id).await?.is_passing_pivot() {
            return Err(ControlError::PastPivot);
        }
        let entry = Entry::new("cancel_requested", None);
        self.nudge(tx, &run, (true, None), entry).await?;
        Ok(true)
    }

    async fn nudge(
        &self,
        tx: &TenantTx,
        run: &Run,
        (cancels, signal): (bool, Option<Step>),
        entry: Entry,
    ) -> Result<(), ControlError> {
        let (place, row) = ((run.id, run.tenant), json!({"cancels": cancels}));
        let mut nudge = Change::new(place, (NUDGE, row), Texts::default(), vec![entry]);
        signal.iter().try_for_each(|signal| nudge.add(signal))?;
        nudge.apply(self, tx).await?.ok_or(ControlError::NotFound)?;
        Ok(())
    }

    /// The run.
    pub async fn find(&self, tx: &TenantTx, run: RunId) -> Result<Run, ControlError> {
        self.one(tx, run, "id = $2").await
    }

    /// The run, which nobody else changes before the end of the transaction.
    pub(super) async fn locked(&self, tx: &TenantTx, run: RunId) -> Result<Run, ControlError> {
        self.one(tx, run, "id = $2 :lock").await
    }

    async fn one(&self, tx: &TenantTx, run: RunId, which: &str) -> Result<Run, ControlError> {
        let found = self.runs(tx, which, vec![run.to_string().into()]).await?;
        found.into_iter().next().ok_or(ControlError::NotFound)
    }

    /// Runs of a kind with one of these names, in any state or this one, newest first and older than `before`.
    pub async fn list(
        &self,
        tx: &TenantTx,
        (kind, names): (&str, &[String]),
        state: Option<RunState>,
        (before, limit): (Option<RunId>, u64),
    ) -> Result<Vec<Run>, DbErr> {
        let values = vec![
            json!(names).to_string().into(),
            kind.into(),
            state.map(RunState::as_str).into(),
            before.map(|run| run.to_string()).into(),
            i64::try_from(limit).unwrap_or(i64::MAX).into(),
        ];
        self.runs(tx, LIST, values).await
    }

    /// How many runs of a kind are in a state, in all tenants.
    pub async fn count(&self, kind: &str, state: RunState) -> Result<i64, DbErr> {
        let tx = self.db.system_read().await?;
        let values = [kind.into(), state.as_str().into()];
        let rows = self.rows(tx.conn(), COUNT, values).await?;
        rows.first().map_or(Ok(0), |row| row.try_get("", "runs"))
    }
}
