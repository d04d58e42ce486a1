use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::changes::parsed;
use crate::contracts::{BaseError, RevertOutcome, RevertedRecord, UndoReport, UndoRequest};
use crate::mcp::kit::{Answer, Args, Fault, Job, Tool, fit, input, output, property};
use crate::platform::ids::{ChangeSetId, FieldId, RecordId, TableId};

/// `undo_changes`
pub(super) fn undo_changes() -> Tool {
    let texts = || json!({"type": "array", "items": {"type": "string"}, "minItems": 1});
    let flag = || json!({"type": "boolean", "default": false});
    let change = (
        "change_set_id",
        "The change set (chg…); list_changes shows them",
    );
    let records = ("record_ids", "Only these records (rec…); all when left out");
    let fields = (
        "fields",
        "Only these fields, by name or id; all, and made and deleted records too, when left out",
    );
    let force = (
        "force",
        "Overwrite what others changed since (default false); needs the role admin",
    );
    let dry_run = ("dry_run", "Only tell what would happen (default false)");
    Tool::reading(
        "undo_changes",
        "Undo changes",
        "Takes a change set back, cell by cell: made records go, deleted ones come back with their links, changed cells get their old values. What others changed since stays and is told as a conflict, with who and when. The undo is itself a change set and can be undone; undone twice, nothing happens the second time.",
        (
            input(
                [
                    property(change, json!({"type": "string"})),
                    property(records, texts()),
                    property(fields, texts()),
                    property(force, flag()),
                    property(dry_run, flag()),
                ],
                &["change_set_id"],
            ),
            output(
                json!({
                    "change_set_id": {"type": "string"},
                    "undo_change_set_id": {"type": "string"},
                    "dry_run": {"type": "boolean"},
                    "totals": {"type": "object"},
                    "records": {"type": "array", "items": {"type": "object"}},
                    "irreversible": {"type": "array", "items": {"type": "string"}},
                    "failed": {"type": "array", "items": {"type": "object"}},
                    "notice": {"type": "string"},
                }),
                &["change_set_id", "dry_run", "totals", "records", "irreversible", "failed"],
            ),
        ),
        |job, args| Box::pin(run(job, args)),
    )
    .overwrites()
    .in_steps()
}

async fn run(job: Job<'_>, mut args: Args) -> Answer {
    let id: ChangeSetId = parsed("change_set_id", &args.text("change_set_id")?)?;
    let named = args.optional_texts("record_ids")?;
    let records: Option<Result<Vec<RecordId>, Fault>> =
        named.map(|ids| ids.iter().map(|id| parsed("record_ids", id)).collect());
    let fields = args.optional_texts("fields")?;
    let dry_run = args.flag("dry_run", false)?;
    let request = UndoRequest {
        records: records.transpose()?,
        fields: match fields {
            Some(names) => Some(field_ids(job, id, &names).await?),
            None => None,
        },
        force: args.flag("force", false)?,
        dry_run,
    };
    let undone = job.transactions()?.undo(job.by(), id, request).await;
    Ok(answer(&undone.map_err(explained)?, dry_run))
}

/// The fields of these names or ids in the tables that the change set touched.
async fn field_ids(job: Job<'_>, id: ChangeSetId, names: &[String]) -> Result<Vec<FieldId>, Fault> {
    let change = job.transactions()?.find(job.actor, id).await;
    let mut known: Vec<(String, FieldId)> = Vec::new();
    for base in change.map_err(explained)?.bases {
        let schema = job.schema(&base.base_id.to_string()).await?;
        let touched = |table: &TableId| base.tables.iter().any(|effect| effect.id == *table);
        let tables = schema.tables.iter().filter(|table| touched(&table.id));
        let fields = tables.flat_map(|table| &table.fields);
        known.extend(fields.map(|field| (field.name.to_lowercase(), field.id)));
    }
    let mut found = BTreeSet::new();
    for name in names {
        let wanted = name.to_lowercase();
        let is_meant =
            |(known, id): &&(String, FieldId)| *known == wanted || id.to_string() == *name;
        let before = found.len();
        found.extend(known.iter().filter(is_meant).map(|(_, id)| *id));
        if found.len() == before {
            return Err(Fault::new(
                "unknown_field",
                format!("None of the tables that were changed has a field {name:?}"),
                "Call get_field_info to see the names and ids of a table's fields",
            ));
        }
    }
    Ok(found.into_iter().collect())
}

fn explained(error: BaseError) -> Fault {
    let mut fault = Fault::from(error);
    if fault.code == "not_found" {
        fault.next =
            "Call list_changes to see the change sets of this credential's bases".to_owned();
    }
    fault
}

/// What was undone; conflicts come first, so that a cut never hides one behind successes.
fn answer(report: &UndoReport, dry_run: bool) -> bytes::Bytes {
    let is_well = |record: &&RevertedRecord| {
        let well = [RevertOutcome::Restored, RevertOutcome::Already];
        well.contains(&record.outcome) && record.conflicts.is_empty()
    };
    let (well, conflicts): (Vec<_>, Vec<_>) = report.records.iter().partition(is_well);
    let ordered = conflicts.into_iter().chain(well);
    let (shown, cut_at) = fit(ordered.map(|record| json!(record)), 0);
    let mut head = json!({
        "change_set_id": report.change_set,
        "dry_run": dry_run,
        "totals": report.totals,
        "irreversible": report.irreversible.iter().take(100).collect::<Vec<_>>(),
        "failed": report.failed,
    });
    if let Some(undo) = report.undo {
        head["undo_change_set_id"] = json!(undo);
    }
    if let Some(shown) = cut_at {
        let notice = format!(
            "The answer is full: {shown} of {} records are listed; the totals are of all",
            report.records.len()
        );
        head["notice"] = Value::from(notice);
    }
    let mut text = head.to_string();
    text.pop();
    format!("{text},\"records\":[{shown}]}}").into()
}
