use sea_orm::{ConnectionTrait, DbErr, QueryResult, Value};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};

use super::client::Durable;
use super::journal::Journal;
use super::sql::statement;
use super::types::{Entry, Run, Step};
use crate::platform::db::TenantTx;
use crate::platform::ids::{ParseIdError, RunId, TenantId};

/// Longest value that is kept in its row.
const INLINE: usize = 64 * 1024;
/// What a reference to a value elsewhere begins with; no JSON text does.
const REFERENCE: char = '@';

const TEXTS: &str = "id, tenant_id, kind, name, state, waits_for, held_from, owner";
const NUMBERS: &str =
    "version, due, epoch, attempts, seq, bytes, deadline, cancel_at, created_at, ended_at, now";
const VALUES: &str = "input, cursor_value, output, error";

/// The columns of a run, which must refer to nothing.
pub(super) fn plain_columns() -> String {
    let numbers = NUMBERS.replace(", now", ", :now AS now");
    format!("{TEXTS}, {numbers}, {VALUES}")
}

/// Columns with the values that they refer to.
fn whole(run: &str, table: &str, columns: &str) -> String {
    let column = |name: &str| {
        let blob = format!(
            "SELECT content FROM durable_blobs b WHERE b.run_id = {run} AND b.hash = substr({table}.{name}, 2)"
        );
        format!("COALESCE(({blob}), {table}.{name}) AS {name}")
    };
    let columns: Vec<String> = columns.split(", ").map(column).collect();
    columns.join(", ")
}

/// Whether an error says that a row does not hold what it should, and not that the database failed.
pub(super) fn is_unreadable(error: &DbErr) -> bool {
    matches!(error, DbErr::Json(_))
}

fn decode<T: DeserializeOwned>(value: Json) -> Result<T, DbErr> {
    T::deserialize(value).map_err(|error| DbErr::Json(error.to_string()))
}

fn value(row: &QueryResult, column: &str) -> Result<Json, DbErr> {
    let text: Option<String> = row.try_get("", column)?;
    let read = |text: String| serde_json::from_str(&text);
    let read = text.map_or(Ok(Json::Null), read);
    read.map_err(|error| DbErr::Json(format!("{column} cannot be read: {error}")))
}

pub(super) fn ids_of(row: &QueryResult) -> Result<(RunId, TenantId), DbErr> {
    let bad = |error: ParseIdError| DbErr::Type(error.to_string());
    let id = |column: &str| row.try_get::<String>("", column);
    let (run, tenant) = (id("id")?.parse(), id("tenant_id")?.parse());
    Ok((run.map_err(bad)?, tenant.map_err(bad)?))
}

pub(super) fn run_of(row: &QueryResult) -> Result<Run, DbErr> {
    let mut run = Map::new();
    for column in TEXTS.split(", ") {
        let text: Option<String> = row.try_get("", column)?;
        run.insert(column.to_owned(), text.into());
    }
    for column in NUMBERS.split(", ") {
        let number: Option<i64> = row.try_get("", column)?;
        run.insert(column.to_owned(), number.into());
    }
    for column in VALUES.split(", ") {
        run.insert(column.to_owned(), value(row, column)?);
    }
    let is_leased = !run["owner"].is_null();
    run.insert("is_leased".to_owned(), is_leased.into());
    decode(run.into())
}

fn step_of(row: &QueryResult) -> Result<Step, DbErr> {
    let mut step = value(row, "progress")?;
    step["state"] = row.try_get::<String>("", "state")?.into();
    step["plan"] = value(row, "plan")?;
    step["result"] = value(row, "result")?;
    let step: Step = decode(step)?;
    let stored = Some(step.state);
    Ok(Step { stored, ..step })
}

fn entry_of(row: &QueryResult) -> Result<Entry, DbErr> {
    let path: Option<String> = row.try_get("", "path")?;
    Ok(Entry {
        seq: row.try_get("", "seq")?,
        epoch: row.try_get("", "epoch")?,
        what: row.try_get("", "what")?,
        step: path.zip(row.try_get("", "item")?),
        detail: row.try_get("", "detail")?,
        at: row.try_get("", "at")?,
    })
}

pub(super) fn sha256(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Values on their way to rows: the large ones are set aside, to be written in the same transaction.
#[derive(Debug, Default)]
pub(super) struct Texts {
    pub(super) bytes: usize,
    /// Hash and text.
    pub(super) blobs: Vec<(String, String)>,
}

impl Texts {
    /// The text for a row: the value, or a reference to it.
    pub(super) fn of(&mut self, value: &impl serde::Serialize) -> Result<String, DbErr> {
        let text = serde_json::to_string(value).map_err(|error| DbErr::Json(error.to_string()))?;
        self.bytes += text.len();
        if text.len() <= INLINE {
            return Ok(text);
        }
        let hash = sha256(&text);
        let reference = format!("{REFERENCE}{hash}");
        self.blobs.push((hash, text));
        Ok(reference)
    }

    pub(super) fn of_some(
        &mut self,
        value: Option<&impl serde::Serialize>,
    ) -> Result<Option<String>, DbErr> {
        value.map(|value| self.of(value)).transpose()
    }
}

impl Durable {
    pub(super) async fn rows(
        &self,
        connection: &impl ConnectionTrait,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Vec<QueryResult>, DbErr> {
        let timed = (connection.get_database_backend(), &self.clock);
        connection
            .query_all_raw(statement(timed, sql, values))
            .await
    }

    /// The runs of the tenant that a condition chooses.
    pub(super) async fn runs(
        &self,
        tx: &TenantTx,
        condition: &str,
        mut values: Vec<Value>,
    ) -> Result<Vec<Run>, DbErr> {
        values.push(tx.tenant().to_string().into());
        let numbers = NUMBERS.replace(", now", ", :now AS now");
        let values_of = whole("durable_runs.id", "durable_runs", VALUES);
        let (columns, tenant) = (format!("{TEXTS}, {numbers}, {values_of}"), values.len() + 1);
        let sql = format!(
            "SELECT {columns} FROM durable_runs WHERE tenant_id = ${tenant} AND {condition}"
        );
        let rows = self.rows(tx.conn(), &sql, values).await?;
        rows.iter().map(run_of).collect()
    }

    /// Steps and signals of a run.
    pub async fn journal(&self, tx: &TenantTx, run: RunId) -> Result<Journal, DbErr> {
        let values = whole("durable_steps.run_id", "durable_steps", "plan, result");
        let columns = format!("state, progress, {values}");
        let rows = self
            .of_run(tx, run, (&columns, "steps", "path, item"))
            .await?;
        let mut journal = Journal::default();
        for row in &rows {
            journal.push(step_of(row)?);
        }
        Ok(journal)
    }

    /// The story of a run, oldest first.
    pub async fn history(&self, tx: &TenantTx, run: RunId) -> Result<Vec<Entry>, DbErr> {
        let rows = self.of_run(tx, run, ("*", "history", "seq")).await?;
        rows.iter().map(entry_of).collect()
    }

    async fn of_run(
        &self,
        tx: &TenantTx,
        run: RunId,
        (columns, table, order): (&str, &str, &str),
    ) -> Result<Vec<QueryResult>, DbErr> {
        let sql = format!(
            "SELECT {columns} FROM durable_{table} WHERE run_id = $2 AND tenant_id = $3 ORDER BY {order}"
        );
        let values = [run.to_string(), tx.tenant().to_string()];
        self.rows(tx.conn(), &sql, values.map(Value::from)).await
    }
}
