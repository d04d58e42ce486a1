use std::ops::Range;

use serde_json::{Value, json};

use super::describe::listed;
use crate::contracts::{
    BaseError, BaseErrorKind, CreateRecords, FieldValues, RecordUpdate, RenderedRecord,
    UpdateRecords,
};
use crate::mcp::kit::{Answer, Fault, Job};

/// Records written in one transaction.
const STRIDE: usize = 10;

/// Writes of one kind.
pub(super) enum Batch {
    /// Records to be made.
    Create(Vec<FieldValues>),
    /// Records to be changed.
    Update(Vec<RecordUpdate>),
    /// Records to be deleted.
    Delete(Vec<String>),
}

/// Where a batch goes and how.
#[derive(Clone, Copy)]
pub(super) struct Target<'a> {
    /// The base.
    pub(super) base: &'a str,
    /// The table.
    pub(super) table: &'a str,
    /// Convert texts as well as can be.
    pub(super) typecast: bool,
}

/// The id of the record written, or why it was not.
pub(super) type Outcome = Result<String, Fault>;

impl Batch {
    fn len(&self) -> usize {
        match self {
            Self::Create(records) => records.len(),
            Self::Update(records) => records.len(),
            Self::Delete(records) => records.len(),
        }
    }

    fn word(&self) -> &'static str {
        match self {
            Self::Create(_) => "Creating records",
            Self::Update(_) => "Updating records",
            Self::Delete(_) => "Deleting records",
        }
    }

    async fn write(
        &self,
        job: Job<'_>,
        to: Target<'_>,
        range: Range<usize>,
    ) -> Result<Vec<String>, Fault> {
        let writer = job.writer()?;
        let ids = |records: Vec<RenderedRecord>| {
            records.iter().map(|record| record.id.to_string()).collect()
        };
        Ok(match self {
            Self::Create(records) => {
                let records = records[range].to_vec();
                let request = CreateRecords {
                    records,
                    typecast: to.typecast,
                    ..CreateRecords::default()
                };
                ids(writer
                    .create_records(job.by(), to.base, to.table, request)
                    .await?)
            }
            Self::Update(records) => {
                let records = records[range].to_vec();
                let request = UpdateRecords {
                    records,
                    typecast: to.typecast,
                    ..UpdateRecords::default()
                };
                ids(writer
                    .update_records(job.by(), to.base, to.table, request)
                    .await?)
            }
            Self::Delete(records) => {
                let records = records[range].to_vec();
                let gone = writer
                    .delete_records(job.by(), to.base, to.table, records)
                    .await?;
                gone.iter().map(ToString::to_string).collect()
            }
        })
    }
}

/// Writes the batch in tens; the records of a ten that fails are tried one by one. No ten begins once nobody waits for
/// the answer any more.
pub(super) async fn write_in_tens(
    job: Job<'_>,
    to: Target<'_>,
    batch: &Batch,
) -> Result<Vec<Outcome>, Fault> {
    let total = batch.len();
    let mut outcomes: Vec<Outcome> = Vec::with_capacity(total);
    while outcomes.len() < total {
        let range = outcomes.len()..total.min(outcomes.len() + STRIDE);
        go_on(job)?;
        match batch.write(job, to, range.clone()).await {
            Ok(ids) if ids.len() == range.len() => outcomes.extend(ids.into_iter().map(Ok)),
            Ok(_) => outcomes.extend(range.map(|_| Err(miscounted()))),
            Err(fault) if is_hopeless(&fault) => {
                outcomes.extend(range.map(|_| Err(again(&fault))));
            }
            Err(_) => {
                for at in range {
                    go_on(job)?;
                    let one = batch.write(job, to, at..at + 1).await;
                    outcomes
                        .push(one.and_then(|ids| ids.into_iter().next().ok_or_else(miscounted)));
                }
            }
        }
        job.progress
            .report(outcomes.len(), Some(total), batch.word());
    }
    Ok(outcomes)
}

fn go_on(job: Job<'_>) -> Result<(), Fault> {
    match (job.audience.has_left(), job.rehearsal) {
        (false, _) => Ok(()),
        (true, None) => Err(Fault::left_half_done(job.change.id)),
        (true, Some(_)) => Err(Fault::cancelled()),
    }
}

// No single record of the ten could fare better.
fn is_hopeless(fault: &Fault) -> bool {
    matches!(fault.code, "forbidden" | "unavailable")
}

fn again(fault: &Fault) -> Fault {
    Fault::new(fault.code, fault.message.clone(), fault.next.clone())
}

fn miscounted() -> Fault {
    BaseError::new(
        BaseErrorKind::Internal,
        "The write did not answer every record",
    )
    .into()
}

/// The answer of a batch: numbers, and the outcome of each record; a fault when none was written.
pub(super) fn answer(done_word: &str, outcomes: &[Outcome]) -> Answer {
    let done = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    let head = json!({
        "requested_count": outcomes.len(),
        (format!("{done_word}_count")): done,
        "failed_count": outcomes.len() - done,
    });
    let results = || {
        outcomes
            .iter()
            .enumerate()
            .map(|(index, outcome)| result(index, outcome))
    };
    if done == 0
        && let Some(Err(first)) = outcomes.first()
    {
        let message = format!(
            "None of the {} records was {done_word}: {}",
            outcomes.len(),
            first.message
        );
        let shown: Vec<Value> = results().take(100).collect();
        return Err(Fault::new(first.code, message, first.next.clone()).details(json!(shown)));
    }
    // Failures come first, so that a cut never hides one behind successes.
    let failures = results().filter(|result| result["success"] == false);
    let successes = results().filter(|result| result["success"] == true);
    let text = listed(&head, "results", failures.chain(successes), 0);
    Ok(text)
}

fn result(index: usize, outcome: &Outcome) -> Value {
    match outcome {
        Ok(id) => json!({"index": index, "success": true, "id": id}),
        Err(fault) => json!({"index": index, "success": false, "error": fault.to_value()}),
    }
}
