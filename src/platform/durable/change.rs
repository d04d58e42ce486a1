use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};
use serde_json::{Value as Json, json};

use super::client::Durable;
use super::sql::{ANSWER, MOVE, added};
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
    /// What happens to the run's row: a statement over JSON rows, of which this is one.
    sql: &'static str,
    row: Json,
    texts: Texts,
    steps: Vec<Json>,
    entries: Vec<Entry>,
}

/// What every change answers.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct Head {
    id: String,
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
        (sql, row): (&'static str, Json),
        texts: Texts,
        entries: Vec<Entry>,
    ) -> Self {
        Self {
            run,
            tenant,
            sql,
            row,
            texts,
            steps: Vec::new(),
            entries,
        }
    }

    pub(super) fn of(lease: &Lease, state: RunState, to: Move) -> Result<Self, DbErr> {
        let mut texts = Texts::default();
        let row = json!({
            "at_epoch": lease.epoch,
            "at_owner": lease.owner,
            "state": state.as_str(),
            "is_end": state.is_terminal(),
            "error": texts.of_some(to.error.as_ref())?,
            "cursor": texts.of_some(to.cursor.as_ref())?,
            "output": texts.of_some(to.output.as_ref())?,
            "waits_for": to.waits_for,
            "keeps": to.keeps,
            "due": to.due,
            "seen": to.seen,
        });
        let place = (lease.run, lease.tenant);
        Ok(Self::new(place, (MOVE, row), texts, to.entries))
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
        let heads = apply(durable, tx, &[self]).await?;
        Ok(heads.into_iter().next().flatten())
    }

    fn row(&self) -> Json {
        let mut row = self.row.clone();
        (row["entries"], row["bytes"]) = (self.entries.len().into(), self.texts.bytes.into());
        row["run"] = json!(self.run);
        row
    }
}

/// Makes one or more changes of one kind and tenant at once, and answers for each like [`Change::apply`].
pub(super) async fn apply(
    durable: &Durable,
    tx: &TenantTx,
    changes: &[&Change],
) -> Result<Vec<Option<Head>>, DbErr> {
    let list: Vec<Json> = changes.iter().map(|change| change.row()).collect();
    let values = [Json::from(list).to_string(), tx.tenant().to_string()].map(Value::from);
    let sql = format!("{}{ANSWER}", changes[0].sql);
    let answers = durable.rows(tx.conn(), &sql, values).await?;
    let heads = answers.iter().map(|row| Head::from_query_result(row, ""));
    let heads = heads.collect::<Result<Vec<Head>, DbErr>>()?;
    let mut rows = Rows::default();
    let answer = |change: &&Change| {
        // Beside the change of a run's owner there may be one of an earlier owner.
        let epoch = change.row["at_epoch"].as_i64();
        let is_its = |head: &&Head| {
            head.id == change.run.to_string() && epoch.is_none_or(|epoch| epoch == head.epoch)
        };
        let head = heads.iter().find(is_its)?;
        rows.add(change, head);
        Some(head.clone())
    };
    let answers = changes.iter().map(answer).collect();
    rows.write(durable, tx).await?;
    Ok(answers)
}

/// What changes of one tenant add beside the rows of their runs, on its way to be written at once.
#[derive(Default)]
struct Rows {
    steps: Vec<Json>,
    entries: Vec<Json>,
    events: Vec<Json>,
    blobs: Vec<Json>,
}

impl Rows {
    /// Events name steps and states, never values.
    fn add(&mut self, change: &Change, head: &Head) {
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

    async fn write(&self, durable: &Durable, tx: &TenantTx) -> Result<(), DbErr> {
        if self.steps.is_empty() && self.entries.is_empty() && self.blobs.is_empty() {
            return Ok(());
        }
        let sql = added(tx.conn().get_database_backend(), !self.blobs.is_empty());
        let list = |rows: &[Json]| Value::from(Json::from(rows).to_string());
        let tenant = tx.tenant().to_string().into();
        let mut values = vec![
            list(&self.steps),
            tenant,
            list(&self.entries),
            list(&self.events),
        ];
        values.extend((!self.blobs.is_empty()).then(|| list(&self.blobs)));
        let steps = durable.rows(tx.conn(), &sql, values).await?;
        if steps.len() < self.steps.len() {
            let message = "a step is not in the state it was read in";
            return Err(DbErr::Custom(message.to_owned()));
        }
        Ok(())
    }
}
