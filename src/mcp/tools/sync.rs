use serde_json::{Value, json};

use super::report::{Batch, Outcome, Target, write_in_tens};
use super::sync_plan::{Plan, common_fields, plan};
use crate::contracts::{ListRecords, Permission};
use crate::mcp::kit::{
    Answer, Args, Fault, Job, RecordJson, Tool, input, json_answer, output, property,
};

/// `sync_tables`
pub(super) fn sync_tables() -> Tool {
    let string = || json!({"type": "string"});
    let dry_run = (
        "dry_run",
        "Only plan (default true); false executes the plan",
    );
    let plan_id = (
        "plan_id",
        "`plan_id` of the dry run; when given, the call is refused if the tables have changed since",
    );
    Tool::reading(
        "sync_tables",
        "Make one table equal to another",
        "Compares two tables by a key field and plans what makes the target equal to the source: records to create, update and delete. With dry_run=false it executes exactly that plan. Fields are matched by name; links, attachments, people and computed fields stay as they are.",
        (
            input(
                [
                    property(("source_base_id", "Base to copy from"), string()),
                    property(("source_table_id", "Table to copy from, by id or name"), string()),
                    property(("target_base_id", "Base to copy into"), string()),
                    property(("target_table_id", "Table to copy into, by id or name"), string()),
                    property(("key_field", "Name of the field that both tables have and that names a record"), string()),
                    property(dry_run, json!({"type": "boolean", "default": true})),
                    property(plan_id, string()),
                ],
                &["source_base_id", "source_table_id", "target_base_id", "target_table_id", "key_field"],
            ),
            output(
                json!({
                    "dry_run": {"type": "boolean"},
                    "plan_id": {"type": "string"},
                    "plan": {"type": "object"},
                    "fields": {"type": "array", "items": {"type": "string"}},
                    "fields_left_out": {"type": "array", "items": {"type": "object"}},
                    "done": {"type": "object"},
                    "errors": {"type": "array", "items": {"type": "object"}},
                    "notice": {"type": "string"},
                }),
                &["dry_run", "plan_id", "plan", "fields", "fields_left_out"],
            ),
        ),
        |job, args| Box::pin(run(job, args)),
    )
    .overwrites()
    .in_steps()
    .needs(&[Permission::RecordsRead, Permission::RecordsWrite, Permission::SchemaRead])
}

async fn run(job: Job<'_>, mut args: Args) -> Answer {
    let source = (args.text("source_base_id")?, args.text("source_table_id")?);
    let target = (args.text("target_base_id")?, args.text("target_table_id")?);
    let key = args.text("key_field")?;
    let (dry_run, expected) = (args.flag("dry_run", true)?, args.optional_text("plan_id")?);
    let source_table = job.table(&source.0, &source.1).await?;
    let target_table = job.table(&target.0, &target.1).await?;
    if source_table.id == target_table.id && source.0 == target.0 {
        return Err(Fault::argument(
            "target_table_id",
            "is the source table itself",
        ));
    }
    let (fields, left_out) = common_fields(&source_table, &target_table);
    if !fields.contains(&key) {
        return Err(Fault::argument(
            "key_field",
            "must be a field that both tables have under this name and that can be written",
        ));
    }
    let target_id = target_table.id.to_string();
    let from = read_all(job, &source.0, &source_table.id.to_string()).await?;
    let into = read_all(job, &target.0, &target_id).await?;
    let plan = plan(from, into, &key, &fields);
    let id = plan.id();
    let mut answer = json!({
        "dry_run": dry_run,
        "plan_id": id,
        "plan": plan.describe(),
        "fields": fields,
        "fields_left_out": left_out,
    });
    if dry_run {
        answer["notice"] =
            "Nothing is changed yet; call again with dry_run=false and this plan_id to execute"
                .into();
        return json_answer(&answer);
    }
    if expected.is_some_and(|expected| expected != id) {
        let next = "Look at the new plan in details, then call again with its plan_id";
        return Err(Fault::new(
            "plan_changed",
            "The tables have changed since the dry run; nothing is done",
            next,
        )
        .details(answer));
    }
    let to = Target {
        base: &target.0,
        table: &target_id,
        typecast: true,
    };
    execute(job, to, plan, &mut answer).await?;
    json_answer(&answer)
}

async fn read_all(job: Job<'_>, base: &str, table: &str) -> Result<Vec<RecordJson>, Fault> {
    let mut records = Vec::new();
    job.scan(base, table, ListRecords::default(), None, &mut |record| {
        records.push(record)
    })
    .await?;
    Ok(records)
}

async fn execute(
    job: Job<'_>,
    to: Target<'_>,
    plan: Plan,
    answer: &mut Value,
) -> Result<(), Fault> {
    let created = write_in_tens(job, to, &Batch::Create(plan.create)).await?;
    let updated = write_in_tens(job, to, &Batch::Update(plan.update)).await?;
    let deleted = write_in_tens(job, to, &Batch::Delete(plan.delete)).await?;
    let count = |outcomes: &[Outcome]| outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    answer["done"] = json!({
        "created": count(&created),
        "updated": count(&updated),
        "deleted": count(&deleted),
    });
    let every = [
        ("create", created),
        ("update", updated),
        ("delete", deleted),
    ];
    let failures = every.iter().flat_map(|(kind, outcomes)| {
        outcomes.iter().filter_map(move |outcome| {
            let fault = outcome.as_ref().err()?;
            Some(json!({"change": kind, "error": fault.to_value()}))
        })
    });
    let failures: Vec<Value> = failures.take(100).collect();
    if !failures.is_empty() {
        answer["notice"] = "Some changes failed, see errors; a dry run shows what is left".into();
    }
    answer["errors"] = failures.into();
    Ok(())
}
