use std::collections::{BTreeMap, HashMap};

use super::super::history;
use super::super::service::Airtable;
use super::super::service_history::touched;
use super::super::service_write::neighbours;
use super::super::store::{self, Change};
use super::super::write::{Author, Draft, Outgoing, What, outgoing};
use super::place::Mirror;
use super::source::Named;
use crate::contracts::{
    BaseError, BaseResult, CreateRecords, FieldValues, Revert, RevertOutcome, RevertedRecord, Role,
    UpsertRecords, WriteContext,
};
use crate::platform::ids::{RecordId, TableId};

/// Records that are looked at anew before they are changed back.
const MOST_LOOKED: usize = 1000;

impl Airtable {
    /// Takes changes back at Airtable, cell by cell, and leaves what others changed since; what was deleted comes back
    /// under another id.
    pub(in crate::airtable) async fn revert_through(
        &self,
        by: WriteContext<'_>,
        mirror: Mirror,
        revert: Revert,
    ) -> BaseResult<Vec<RevertedRecord>> {
        let open = mirror.open(Role::Viewer);
        let mut entries = self.entries(&open, &revert).await?;
        self.look_at_entries(&mirror, &entries).await?;
        let reborn = self.reborn(&mirror).await?;
        rename(&mut entries, &reborn);
        let definition = mirror.definition();
        let mut wanted = Vec::new();
        for table in touched(&definition, &entries) {
            wanted.extend(neighbours(&definition, table)?);
        }
        let state = self.loaded(&open, &wanted).await?;
        let author = Author::of(by.actor);
        let mut draft = Draft::new(&state, &[], author.person.clone(), false, self.now());
        let nets = history::fold(&draft.base, &entries)?;
        let reverted = history::revert(&mut draft, nets, &revert)?;
        let plan = outgoing(&draft);
        drop(draft);
        let came_back = Box::pin(self.carry_out(by, &mirror, plan)).await?;
        let mut report = Vec::with_capacity(reverted.len());
        for one in reverted {
            let table = definition.table(one.net.table);
            let name = table.map_or_else(String::new, |table| table.name.clone());
            let record = one.net.record;
            let mut told = self.report(&open, name, one, &revert, report.len()).await?;
            if told.outcome == RevertOutcome::Restored && told.new_record_id.is_some() {
                told.new_record_id = came_back.get(&record).copied();
            }
            report.push(told);
        }
        Ok(report)
    }

    /// What is here of the records may be older than what somebody made of them at Airtable.
    async fn look_at_entries(&self, mirror: &Mirror, entries: &[Change]) -> BaseResult<()> {
        let mut named = Named::new();
        for entry in entries.iter().take(MOST_LOOKED) {
            if let (Some(table), Some(record)) = (entry.table, entry.record) {
                named.entry(table).or_default().insert(record);
            }
        }
        self.look_for_all(mirror, named).await
    }

    /// The ids under which deleted records came back.
    async fn reborn(&self, mirror: &Mirror) -> BaseResult<HashMap<RecordId, RecordId>> {
        let tx = self.platform.db.read(mirror.tenant).await;
        let tx = tx.map_err(BaseError::database)?;
        let found = store::reborn_records(&tx, mirror.base()).await;
        found.map_err(BaseError::database)
    }

    /// Does at Airtable what is drafted: first records come back, then cells, then records go.
    async fn carry_out(
        &self,
        by: WriteContext<'_>,
        mirror: &Mirror,
        plan: Vec<Outgoing>,
    ) -> BaseResult<HashMap<RecordId, RecordId>> {
        let mut new = HashMap::new();
        let mut made: BTreeMap<TableId, Vec<(RecordId, FieldValues)>> = BTreeMap::new();
        let mut changed: BTreeMap<TableId, Vec<(RecordId, FieldValues)>> = BTreeMap::new();
        let mut gone: BTreeMap<TableId, Vec<String>> = BTreeMap::new();
        for one in plan {
            match one.what {
                What::Made { fields, links } => {
                    made.entry(one.table)
                        .or_default()
                        .push((one.record, fields));
                    if !links.is_empty() {
                        changed
                            .entry(one.table)
                            .or_default()
                            .push((one.record, links));
                    }
                }
                What::Changed { fields } => {
                    changed
                        .entry(one.table)
                        .or_default()
                        .push((one.record, fields));
                }
                What::Gone => {
                    let gone = gone.entry(one.table).or_default();
                    gone.push(one.record.to_string());
                }
            }
        }
        for (table, records) in made {
            let (old, records): (Vec<RecordId>, Vec<FieldValues>) = records.into_iter().unzip();
            let request = CreateRecords {
                records,
                typecast: false,
                by_field_id: true,
            };
            let named = table.to_string();
            let made = self.bring_back(by, mirror.clone(), &named, (request, &old));
            let made = made.await?;
            new.extend(old.into_iter().zip(made.iter().map(|one| one.id)));
        }
        for (table, records) in changed {
            let renamed = records.into_iter().map(|(record, mut fields)| {
                fields.values_mut().for_each(|value| relink(value, &new));
                let record = new.get(&record).copied().unwrap_or(record);
                (Some(record.to_string()), fields)
            });
            let request = UpsertRecords {
                records: renamed.collect(),
                by_field_id: true,
                ..UpsertRecords::default()
            };
            let named = table.to_string();
            self.upsert_through(by, mirror.clone(), &named, request)
                .await?;
        }
        for (table, records) in gone {
            let named = table.to_string();
            self.delete_through(by, mirror.clone(), &named, &records)
                .await?;
        }
        Ok(new)
    }

    /// Keeps under which ids deleted records came back.
    pub(super) async fn note_reborn(
        &self,
        mirror: &Mirror,
        pairs: &[(RecordId, RecordId)],
    ) -> BaseResult<()> {
        if pairs.is_empty() {
            return Ok(());
        }
        let tx = self.platform.db.begin(mirror.tenant).await;
        let tx = tx.map_err(BaseError::database)?;
        for pair in pairs {
            let noted = store::note_reborn(&tx, mirror.base(), *pair).await;
            noted.map_err(BaseError::database)?;
        }
        tx.commit().await.map_err(BaseError::database)
    }
}

/// Lets entries be about the records under the ids that they have by now.
fn rename(entries: &mut [Change], reborn: &HashMap<RecordId, RecordId>) {
    for entry in entries {
        let mut id = entry.record;
        // One may have come back more than once.
        for _ in 0..reborn.len() {
            match id.and_then(|id| reborn.get(&id)) {
                Some(next) => id = Some(*next),
                None => break,
            }
        }
        entry.record = id;
    }
}

fn relink(value: &mut serde_json::Value, new: &HashMap<RecordId, RecordId>) {
    let serde_json::Value::Array(items) = value else {
        return;
    };
    for item in items {
        let id = item.as_str().and_then(|text| text.parse().ok());
        if let Some(id) = id.and_then(|id: RecordId| new.get(&id)) {
            *item = id.to_string().into();
        }
    }
}
