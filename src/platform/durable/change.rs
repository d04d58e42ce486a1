use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};
use serde::Serialize;
use serde_json::{Value as Json, json};

use super::client::Durable;
use super::sql::{ANSWER, IF_OURS, KEEP, MOVE, PARK, added};
use super::store::Texts;
use super::types::{Entry, Fault, RunState, Step};
use crate::platform::clock::Millis;
use crate::platform::db::TenantTx;
use crate::platform::ids::{EventId, RunId, TenantId};

/// Whose run is changed, by whom: its owner, or somebody outside while it has none.
#[derive(Clone, Debug)]
pub struct Lease {
    /// The run.
    pub run: RunId,
    /// Fencing epoch.
    pub epoch: i64,
    pub(super) tenant: TenantId,
    pub(super) owner: Option<String>,
}

/// What else becomes of a run that goes to a state, and of its lease.
#[derive(Debug, Default)]
pub(super) struct Move {
    pub(super) entries: Vec<Entry>,
    pub(super) error: Option<Fault>,
    pub(super) cursor: Option<Json>,
    pub(super) output: Option<Json>,
    pub(super) waits_for: Option<String>,
    /// The lease is kept for so many milliseconds at least; `None` gives it back.
    pub(super) keeps: Option<Millis>,
    /// When the run is looked at next, without a lease.
    pub(super) due: Option<Millis>,
    /// The newest entry that its owner knows, when a newer one is to wake the run at once.
    pub(super) seen: Option<i64>,
}

/// A change of one run: pure data, so that it can be tried again by itself.
pub(super) struct Change {
    pub(super) run: RunId,
    pub(super) tenant: TenantId,
    /// What happens to the run's row, and the values behind the first five.
    sql: String,
    values: Vec<Value>,
    texts: Texts,
    steps: Vec<Json>,
    entries: Vec<Entry>,
}

/// What every change answers.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct Head {
    pub(super) kind: String,
    pub(super) state: String,
    pub(super) epoch: i64,
    pub(super) seq: i64,
    pub(super) bytes: i64,
    pub(super) cancel_at: Option<Millis>,
    pub(super) deadline: Option<Millis>,
    pub(super) now: Millis,
}

impl Change {
    pub(super) fn new(
        (run, tenant): (RunId, TenantId),
        sql: impl Into<String>,
        (values, texts): (Vec<Value>, Texts),
        entries: Vec<Entry>,
    ) -> Self {
        Self {
            run,
            tenant,
            sql: sql.into(),
            values,
            texts,
            steps: Vec::new(),
            entries,
        }
    }

    pub(super) fn of(lease: &Lease, state: RunState, to: Move) -> Result<Self, DbErr> {
        let mut texts = Texts::default();
        let mut values: Vec<Value> = vec![
            state.as_str().into(),
            state.is_terminal().into(),
            texts.of_some(to.error.as_ref())?.into(),
            texts.of_some(to.cursor.as_ref())?.into(),
            texts.of_some(to.output.as_ref())?.into(),
            to.waits_for.into(),
            lease.owner.clone().into(),
            lease.epoch.into(),
        ];
        let then = if let Some(length) = to.keeps {
            values.push(length.into());
            KEEP
        } else {
            values.extend([to.due.into(), to.seen.unwrap_or(i64::MAX).into()]);
            PARK
        };
        let sql = format!("{MOVE}{then}{IF_OURS}");
        let place = (lease.run, lease.tenant);
        Ok(Self::new(place, sql, (values, texts), to.entries))
    }

    pub(super) fn add(&mut self, step: &Step) -> Result<(), DbErr> {
        // What was planned never changes.
        let plan = match step.stored {
            None => self.texts.of(&step.plan)?,
            Some(_) => String::new(),
        };
        self.steps.push(json!({
            "run": self.run,
            "path": step.plan.path,
            "item": step.plan.item,
            "state": step.state,
            "was": step.stored,
            "plan": plan,
            "result": self.texts.of_some(step.result.as_ref())?,
            "progress": self.texts.of(step)?,
        }));
        Ok(())
    }

    /// Makes the change: state, steps, history and event; `None` when the run is not as it has to be for it.
    pub(super) async fn apply(
        &self,
        durable: &Durable,
        tx: &TenantTx,
    ) -> Result<Option<Head>, DbErr> {
        let head = self.head(durable, tx).await?;
        if let Some(head) = &head {
            let mut rows = Rows::default();
            rows.add(self, head);
            rows.write(durable, tx).await?;
        }
        Ok(head)
    }

    /// The part of the change that its run's row tells.
    pub(super) async fn head(
        &self,
        durable: &Durable,
        tx: &TenantTx,
    ) -> Result<Option<Head>, DbErr> {
        let ids = [self.run.to_string(), self.tenant.to_string()].map(Value::from);
        let counts = [self.entries.len(), self.texts.bytes];
        let counts = counts.map(|count| Value::from(i64::try_from(count).unwrap_or(i64::MAX)));
        let values = ids.into_iter().chain(counts);
        let values = values.chain(self.values.iter().cloned());
        let sql = format!("{}{ANSWER}", self.sql);
        let rows = durable.rows(tx.conn(), &sql, values).await?;
        let head = |row| Head::from_query_result(row, "");
        rows.first().map(head).transpose()
    }
}

/// What changes of one tenant add beside the rows of their runs, on its way to be written at once.
#[derive(Default, Serialize)]
pub(super) struct Rows {
    steps: Vec<Json>,
    entries: Vec<Json>,
    events: Vec<Json>,
    blobs: Vec<Json>,
}

impl Rows {
    /// Events name steps and states, never values.
    pub(super) fn add(&mut self, change: &Change, head: &Head) {
        self.steps.extend(change.steps.iter().cloned());
        for (hash, content) in &change.texts.blobs {
            let blob = json!({"run": change.run, "hash": hash, "content": content});
            self.blobs.push(blob);
        }
        if change.entries.is_empty() {
            return;
        }
        let first = head.seq + 1 - change.entries.len() as i64;
        for (seq, entry) in (first..).zip(&change.entries) {
            let (path, item) = entry.step.clone().unzip();
            self.entries.push(json!({
                "run": change.run, "seq": seq, "epoch": head.epoch, "at": head.now,
                "what": entry.what, "path": path, "item": item, "detail": entry.detail,
            }));
        }
        let brief = |entry: &Entry| match &entry.step {
            Some((path, item)) => json!([entry.what, path, item]),
            None => json!([entry.what]),
        };
        let changes: Vec<Json> = change.entries.iter().map(brief).collect();
        self.events.push(json!({
            "id": EventId::fresh(),
            "aggregate_type": "run",
            "aggregate_id": change.run,
            "event_type": format!("run.{}", head.state),
            "payload": {"kind": head.kind, "first": first, "last": head.seq, "changes": changes},
            "occurred_at": head.now,
        }));
    }

    pub(super) async fn write(&self, durable: &Durable, tx: &TenantTx) -> Result<(), DbErr> {
        if self.steps.is_empty() && self.entries.is_empty() && self.blobs.is_empty() {
            return Ok(());
        }
        let sql = added(tx.conn().get_database_backend());
        let values = [json!(self).to_string(), tx.tenant().to_string()];
        let steps = durable
            .rows(tx.conn(), &sql, values.map(Value::from))
            .await?;
        if steps.len() < self.steps.len() {
            let message = "a step is not in the state it was read in";
            return Err(DbErr::Custom(message.to_owned()));
        }
        Ok(())
    }
}
