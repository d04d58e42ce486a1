use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::contracts::{Plan, PlannedTable, RecordChange, ShownPlan};
use crate::mcp::kit::shorten;
use crate::platform::ids::{BaseId, TableId};
use crate::platform::secrets::{hex, sha256, sha256_hex};

/// Bytes of record diffs that a plan shows.
const BUDGET: usize = 48 * 1024;
/// Characters of one cell that a plan shows.
const LONGEST_CELL: usize = 500;
/// Records that a question names.
const NAMED: usize = 5;

/// What a call would do, and a name of exactly that.
pub(in crate::mcp) struct Proposal {
    /// As a person reads it.
    pub(in crate::mcp) plan: ShownPlan,
    /// The same whenever the same would be done.
    pub(in crate::mcp) digest: String,
}

impl Proposal {
    /// Out of a rehearsal.
    pub(super) fn rehearsed(plan: Plan) -> Self {
        let mut tables: BTreeMap<(BaseId, TableId), PlannedTable> = BTreeMap::new();
        for effect in &plan.effects {
            for table in &effect.tables {
                let sum = tables
                    .entry((effect.base, table.id))
                    .or_insert_with(|| PlannedTable {
                        base: effect.base_name.clone(),
                        table: table.name.clone(),
                        created: 0,
                        updated: 0,
                        deleted: 0,
                    });
                sum.created += table.created;
                sum.updated += table.updated;
                sum.deleted += table.deleted;
            }
        }
        let sentences = plan.effects.iter().flat_map(|effect| effect.schema.clone());
        // Several transactions may each find the same choice missing.
        let schema: BTreeSet<String> = sentences.collect();
        let digest = digest(&tables, &schema, plan.prints);
        let (records, is_cut) = bounded(plan.records);
        let shown = ShownPlan {
            truncated: is_cut || touched(tables.values()) > records.len(),
            tables: tables.into_values().collect(),
            irreversible: irreversible(&schema),
            schema: schema.into_iter().collect(),
            records,
        };
        Self {
            plan: shown,
            digest,
        }
    }

    /// Out of what the tool announces without a rehearsal.
    pub(super) fn announced(sentences: Vec<String>) -> Self {
        let schema: BTreeSet<String> = sentences.iter().cloned().collect();
        Self {
            digest: digest(&BTreeMap::new(), &schema, Vec::new()),
            plan: ShownPlan {
                irreversible: irreversible(&schema),
                schema: sentences,
                ..ShownPlan::default()
            },
        }
    }

    /// Whether a person has to say yes first.
    pub(super) fn needs_a_person(&self, most_records: usize) -> bool {
        let tables = &self.plan.tables;
        touched(tables) > most_records
            || tables.iter().any(|table| table.deleted > 0)
            || !self.plan.schema.is_empty()
            || !self.plan.irreversible.is_empty()
    }

    /// The plan as a question reads it.
    pub(super) fn in_words(&self, title: &str) -> String {
        let mut lines = vec![format!("{title}?")];
        for table in &self.plan.tables {
            let counts = [
                (table.created, "made"),
                (table.updated, "changed"),
                (table.deleted, "deleted"),
            ];
            let counts: Vec<String> = counts
                .iter()
                .filter(|(count, _)| *count > 0)
                .map(|(count, word)| format!("{count} {word}"))
                .collect();
            lines.push(format!(
                "Records of \"{}\" in \"{}\": {}",
                table.table,
                table.base,
                counts.join(", ")
            ));
        }
        let named = self.plan.records.iter().take(NAMED);
        lines.extend(named.map(|record| {
            let kind = format!("{:?}", record.kind).to_lowercase();
            format!("- {kind}: {}", record.name)
        }));
        lines.extend(self.plan.schema.iter().cloned());
        lines.extend(self.plan.irreversible.iter().cloned());
        lines.join("\n")
    }
}

fn touched<'t>(tables: impl IntoIterator<Item = &'t PlannedTable>) -> usize {
    let tables = tables.into_iter();
    tables
        .map(|table| table.created + table.updated + table.deleted)
        .sum()
}

fn digest(
    tables: &BTreeMap<(BaseId, TableId), PlannedTable>,
    schema: &BTreeSet<String>,
    mut prints: Vec<[u8; 32]>,
) -> String {
    prints.sort_unstable();
    let tables: Vec<_> = tables
        .iter()
        .map(|((base, id), table)| json!([base, id, table]))
        .collect();
    let whole = json!([tables, schema, hex(&sha256(&prints.concat()))]);
    sha256_hex(whole.to_string().as_bytes())
}

fn irreversible(schema: &BTreeSet<String>) -> Vec<String> {
    match schema.is_empty() {
        true => Vec::new(),
        false => {
            vec![
                "Tables, fields, choices and comments that are made stay when this is undone"
                    .to_owned(),
            ]
        }
    }
}

/// The records that fit, with long values cut, and whether something is missing.
fn bounded(records: Vec<RecordChange>) -> (Vec<RecordChange>, bool) {
    let (mut kept, mut used, mut is_cut) = (Vec::new(), 0, false);
    for mut record in records {
        for field in &mut record.fields {
            for value in [&mut field.before, &mut field.after] {
                if value.to_string().len() > LONGEST_CELL {
                    shorten(value, LONGEST_CELL);
                    is_cut = true;
                }
            }
        }
        used += json!(record).to_string().len();
        if used > BUDGET && !kept.is_empty() {
            return (kept, true);
        }
        kept.push(record);
    }
    (kept, is_cut)
}
