use std::collections::HashSet;
use std::sync::Arc;

use super::super::remote::{Class, PAGE};
use super::super::schema::Table;
use super::super::service::Airtable;
use super::place::Mirror;
use super::source::Named;
use super::status::Progress;
use super::take::{Took, missing};
use crate::contracts::{BaseError, BaseErrorKind, BaseResult};
use crate::platform::ids::RecordId;

/// How often a table is begun anew because Airtable changed its fields, or forgot where we were in it.
const MOST_STARTS: usize = 3;
/// Times that a record is asked for again which was changed here in the meantime.
const MOST_LOOKS: usize = 3;

impl Airtable {
    /// Makes every record as it is at Airtable; answers how many were not.
    pub(super) async fn compare(&self, mirror: &Mirror, is_first: bool) -> BaseResult<usize> {
        self.follow_definitions(mirror).await?;
        let mut progress = Progress::default();
        let mut drift = 0;
        let ids: Vec<_> = mirror
            .definition()
            .tables
            .iter()
            .map(|table| table.id)
            .collect();
        for (done, id) in ids.iter().enumerate() {
            progress.tables_done = done;
            progress.tables = ids.len();
            let mut starts = 0;
            while let Some(table) = mirror.definition().table(*id).cloned() {
                starts += 1;
                match self
                    .compare_table(mirror, &table, &mut progress, is_first)
                    .await
                {
                    Ok(Some(found)) => {
                        drift += found;
                        break;
                    }
                    Ok(None) => drop(self.follow_definitions(mirror).await?),
                    Err(error) if is_lost_place(&error) && starts < MOST_STARTS => {}
                    Err(error) => return Err(error),
                }
                if starts == MOST_STARTS {
                    let message =
                        "Airtable changes the fields of a table faster than it can be copied";
                    return Err(BaseError::new(BaseErrorKind::Unavailable, message));
                }
            }
        }
        Ok(drift)
    }

    /// The same of one table; `None` where its definition is too old to read its records.
    async fn compare_table(
        &self,
        mirror: &Mirror,
        table: &Arc<Table>,
        progress: &mut Progress,
        is_first: bool,
    ) -> BaseResult<Option<usize>> {
        let known = self.since(mirror, table.id).await?;
        let mut seen: HashSet<RecordId> = HashSet::new();
        let (mut drift, mut offset) = (0, None::<String>);
        loop {
            self.keep_held(mirror, Some(progress)).await?;
            let since = self.since(mirror, table.id).await?;
            let asked = (None, offset.as_deref());
            let page = self.page_at(mirror, table, asked, Class::Batch).await?;
            seen.extend(page.records.iter().map(|record| record.id));
            let took = self
                .take(mirror, (table, &since), &page.records, is_first)
                .await?;
            if self.is_stale(mirror, &took).await? {
                return Ok(None);
            }
            drift += took.changed;
            progress.records += page.records.len();
            drift += self.look_again(mirror, table, took.doubtful).await?;
            offset = page.offset;
            if offset.is_none() {
                break;
            }
        }
        let unseen = known.records(table.id).into_iter();
        let unseen: Vec<RecordId> = unseen.filter(|id| !seen.contains(id)).collect();
        Ok(Some(drift + self.look_for(mirror, table, &unseen).await?))
    }

    /// Makes named records as they are at Airtable, or lets them go; answers how many were otherwise.
    pub(super) async fn look_for(
        &self,
        mirror: &Mirror,
        table: &Arc<Table>,
        ids: &[RecordId],
    ) -> BaseResult<usize> {
        let mut changed = 0;
        for ids in ids.chunks(PAGE) {
            let (found, doubtful) = self.ask_for(mirror, table, ids).await?;
            changed += found + self.look_again(mirror, table, doubtful).await?;
        }
        Ok(changed)
    }

    /// The same for records of several tables, of which some may be gone.
    pub(super) async fn look_for_all(&self, mirror: &Mirror, named: Named) -> BaseResult<()> {
        for (table, records) in named {
            if let Some(table) = mirror.definition().table(table) {
                let ids: Vec<RecordId> = records.into_iter().collect();
                self.look_for(mirror, table, &ids).await?;
            }
        }
        Ok(())
    }

    /// The same for records that somebody changed here while Airtable was asked; who changes one here faster than
    /// that asks for it when it is done.
    async fn look_again(
        &self,
        mirror: &Mirror,
        table: &Arc<Table>,
        mut ids: Vec<RecordId>,
    ) -> BaseResult<usize> {
        let mut changed = 0;
        for _ in 0..MOST_LOOKS {
            if ids.is_empty() {
                break;
            }
            let found;
            (found, ids) = self.ask_for(mirror, table, &ids).await?;
            changed += found;
        }
        Ok(changed)
    }

    async fn ask_for(
        &self,
        mirror: &Mirror,
        table: &Arc<Table>,
        ids: &[RecordId],
    ) -> BaseResult<(usize, Vec<RecordId>)> {
        let mut table = table.clone();
        let mut starts = 0;
        loop {
            starts += 1;
            let since = self.since(mirror, table.id).await?;
            let records = self.records_at(mirror, &table, ids).await?;
            let took = self.take(mirror, (&table, &since), &records, false).await?;
            if starts < MOST_STARTS && self.is_stale(mirror, &took).await? {
                match mirror.definition().table(table.id) {
                    Some(newer) => table = newer.clone(),
                    None => return Ok((took.changed, Vec::new())),
                }
                continue;
            }
            let gone = missing(ids, &records);
            let gone = self.take_deletions(mirror, (table.id, &since), gone);
            let (deleted, mut doubtful) = gone.await?;
            doubtful.extend(took.doubtful);
            return Ok((took.changed + deleted, doubtful));
        }
    }

    /// Whether records came for another definition of their table than the one that is here by now.
    async fn is_stale(&self, mirror: &Mirror, took: &Took) -> BaseResult<bool> {
        Ok(took.is_redefined || (took.is_outdated && self.follow_definitions(mirror).await?))
    }
}

/// Whether Airtable forgot which page of a list we were at.
fn is_lost_place(error: &BaseError) -> bool {
    matches!(
        error.kind,
        BaseErrorKind::IteratorNotAvailable | BaseErrorKind::InvalidOffsetValue
    )
}
