use std::collections::HashMap;
use std::sync::Arc;

use sea_orm::DbErr;

use super::super::cell::Cell;
use super::super::formula::{any_of, equals};
use super::super::history::{read_image, same};
use super::super::remote::{Class, MOST};
use super::super::schema::Table;
use super::super::service::{Airtable, ImportRecord, not_found};
use super::super::store::{self, Change, ChangeKind, UnsettledRow};
use super::super::write::incoming_cell;
use super::claim::Claim;
use super::noted::{Cells, Noted};
use super::place::Mirror;
use super::round::HELD;
use crate::contracts::{Actor, BaseError, BaseErrorKind, BaseResult, FieldValues};
use crate::platform::clock::Millis;
use crate::platform::ids::{ChangeSetId, FieldId, RecordId, TenantId};
use crate::platform::vault::TenantKey;

/// What could not be found out by then is left as the copy heard of it.
const LATEST: Millis = 3_600_000;

const UNCLEAR: &str = "Airtable did not answer to a write that belongs to this change, and what became of it cannot be told from the base; look there, or try again in an hour, when it counts as somebody else's";

/// The cells of a record that were sent, by slot; `None` for one of which typecast decides what it becomes.
type SentCells = HashMap<usize, Option<Cell>>;

impl Airtable {
    /// Finds out what became of the writes of a change set, and of what undoes it, whose end nobody has seen, and records it.
    pub(in crate::airtable) async fn settle_set(
        &self,
        actor: &Actor,
        set: ChangeSetId,
    ) -> BaseResult<()> {
        let tenant = actor.tenant;
        for (row, noted) in self.unsettled(tenant).await? {
            if !noted.concerns(set) {
                continue;
            }
            let offer = self.offer_of(tenant, row.base).await?;
            let mirror = self.mirror_of(tenant, offer.ok_or_else(not_found)?);
            let settled = self.settle_row(&mirror.await?, (&row, &noted)).await;
            if !settled.map_err(unclear)? {
                let message =
                    "A write to Airtable that belongs to this change has not come to its end yet";
                return Err(BaseError::new(BaseErrorKind::Unavailable, message));
            }
        }
        Ok(())
    }

    /// The same for the writes of all to a base that nobody is at any more; answers whether none is left.
    pub(super) async fn settle_left(&self, mirror: &Mirror) -> BaseResult<bool> {
        let mut is_left = false;
        for (row, noted) in self.unsettled(mirror.tenant).await? {
            if row.base != mirror.base() {
                continue;
            }
            is_left |= match self.settle_row(mirror, (&row, &noted)).await {
                Ok(is_settled) => !is_settled,
                Err(error) if self.now() - row.sent_at > LATEST => {
                    tracing::warn!(base = %mirror.base(), set = %noted.change.id, %error, "airtable.write_unclear");
                    count("unclear");
                    self.forget_row(mirror, &row.id).await?;
                    false
                }
                Err(error) => {
                    tracing::info!(base = %mirror.base(), %error, "airtable.write_unsettled");
                    true
                }
            };
        }
        Ok(!is_left)
    }

    async fn unsettled(&self, tenant: TenantId) -> BaseResult<Vec<(UnsettledRow, Noted)>> {
        let tx = self.platform.db.read(tenant).await;
        let rows = store::unsettled_writes(&tx.map_err(BaseError::database)?).await;
        let rows = rows.map_err(BaseError::database)?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let key = self.key(tenant).await?;
        let opened = rows.into_iter().filter_map(|row| match read(&row, &key) {
            Ok(noted) => Some((row, noted)),
            Err(error) => {
                // The others are not to wait for it.
                tracing::warn!(base = %row.base, %error, "airtable.note_unreadable");
                None
            }
        });
        Ok(opened.collect())
    }

    /// False while its sender is at it.
    async fn settle_row(
        &self,
        mirror: &Mirror,
        (row, noted): (&UnsettledRow, &Noted),
    ) -> BaseResult<bool> {
        let (tenant, now) = (mirror.tenant, self.now());
        let taken = async {
            let tx = self.platform.db.begin(tenant).await?;
            let times = (now, now + HELD);
            let is_taken = store::take_unsettled(&tx, (row.base, &row.id), times).await?;
            tx.commit().await?;
            Ok::<_, DbErr>(is_taken)
        };
        if !taken.await.map_err(BaseError::database)? {
            return Ok(false);
        }
        Box::pin(self.settle_noted(mirror, noted, row.sent_at)).await?;
        self.forget_row(mirror, &row.id).await?;
        count("settled");
        Ok(true)
    }

    async fn settle_noted(
        &self,
        mirror: &Mirror,
        noted: &Noted,
        sent_at: Millis,
    ) -> BaseResult<()> {
        let definition = mirror.definition();
        let table = definition.table(noted.table).ok_or_else(not_found)?;
        let Cells {
            made,
            back,
            changed,
            merged,
            keys,
            gone,
        } = &noted.cells;
        if !made.is_empty() {
            let found = self.settle_made(mirror, noted, made, sent_at).await?;
            let pairs = back.iter().copied().zip(found);
            self.note_reborn(mirror, &pairs.collect::<Vec<_>>()).await?;
        }
        let mut changed = changed.clone();
        if !merged.is_empty() {
            changed.extend(self.merged_at(mirror, table, (merged, keys)).await?);
        }
        let ids = changed.iter().map(|(id, _)| id).chain(gone).copied();
        let ids: Vec<RecordId> = ids.collect();
        self.look_for(mirror, table, &ids).await?;
        let sent = changed
            .iter()
            .map(|(id, cells)| (*id, self.read_sent(table, cells)));
        let sent: HashMap<RecordId, SentCells> = sent.collect();
        let is_own = |entry: &Change| match entry.kind {
            ChangeKind::Delete => entry.record.is_some_and(|record| gone.contains(&record)),
            _ => holds(table, entry, &sent),
        };
        let claim = Claim {
            table: table.id,
            records: ids,
            since: noted.since,
        };
        let by = noted.by(mirror);
        self.claim(by.context(), mirror, &claim, is_own).await
    }

    /// Takes over what was made, if it was; answers the records.
    async fn settle_made(
        &self,
        mirror: &Mirror,
        noted: &Noted,
        made: &[FieldValues],
        sent_at: Millis,
    ) -> BaseResult<Vec<RecordId>> {
        let place = (mirror.tenant, &mirror.offer, noted.table);
        let since = self.since(mirror, noted.table).await?;
        let found = self.made_at(place, made, sent_at).await?;
        let written = vec![None; found.len()];
        let told = (found.as_slice(), written.as_slice());
        let by = noted.by(mirror);
        let since = (&since, noted.since);
        let taken = self.take_written(&by, mirror, noted.table, told, since);
        taken.await?;
        Ok(found.iter().map(|record| record.id).collect())
    }

    /// Which records the values of the keys name at Airtable.
    async fn merged_at(
        &self,
        mirror: &Mirror,
        table: &Arc<Table>,
        (merged, keys): (&[FieldValues], &[FieldId]),
    ) -> BaseResult<Vec<(RecordId, FieldValues)>> {
        let keys: Vec<String> = keys.iter().map(FieldId::to_string).collect();
        let conditions = merged.iter().flat_map(|cells| {
            let key = keys.first().and_then(|key| cells.get_key_value(key));
            key.and_then(|(key, value)| equals(key, value))
        });
        let conditions: Vec<String> = conditions.collect();
        if conditions.is_empty() {
            return Ok(Vec::new());
        }
        let filter = any_of(&conditions);
        let asked = (Some(filter.as_str()), None);
        let page = self
            .page_at(mirror, table, asked, Class::Interactive)
            .await?;
        let is_one = |cells: &FieldValues, found: &ImportRecord| {
            keys.iter()
                .all(|key| cells.get(key) == found.fields.get(key))
        };
        let named = merged.iter().filter_map(|cells| {
            let found = page.records.iter().find(|found| is_one(cells, found))?;
            Some((found.id, cells.clone()))
        });
        Ok(named.take(MOST).collect())
    }

    /// The cells as they are here when they were taken as they were sent.
    fn read_sent(&self, table: &Table, cells: &FieldValues) -> SentCells {
        let cells = cells.iter().filter_map(|(id, value)| {
            let field = table.field(id.parse().ok()?)?;
            Some((field.slot, incoming_cell(field, value, self.now())))
        });
        cells.collect()
    }
}

fn read(row: &UnsettledRow, key: &TenantKey) -> BaseResult<Noted> {
    let body = row.open(key).map_err(BaseError::database)?;
    serde_json::from_str(&body).map_err(BaseError::internal)
}

/// An error to who wants to know what became of a write.
fn unclear(error: BaseError) -> BaseError {
    match error.kind {
        BaseErrorKind::Unanswered => BaseError {
            message: UNCLEAR.to_owned(),
            ..error
        },
        _ => error,
    }
}

/// Whether an entry of the change log names cells that were sent, all with the values that were.
fn holds(table: &Table, entry: &Change, sent: &HashMap<RecordId, SentCells>) -> bool {
    let sent = entry.record.and_then(|record| sent.get(&record));
    let image = entry.after.as_deref().map(|image| read_image(table, image));
    let (Some(sent), Some(Ok(after))) = (sent, image) else {
        return false;
    };
    let mut named = after
        .iter()
        .filter_map(|(slot, cell)| Some((*slot, cell, sent.get(slot)?)))
        .peekable();
    let is_same = |(slot, cell, sent): (usize, &Cell, &Option<Cell>)| match sent {
        Some(sent) => same(&table.fields[slot], sent, cell),
        None => true,
    };
    named.peek().is_some() && named.all(is_same)
}

fn count(outcome: &'static str) {
    metrics::counter!("airtable_writes_settled_total", "outcome" => outcome).increment(1);
}
