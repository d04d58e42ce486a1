use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::json;

use super::super::cell::links_of;
use super::super::remote::{Class, Request};
use super::super::schema::Kind;
use super::super::service::Airtable;
use super::super::snapshot::State;
use super::super::store::{self, MirrorRow};
use super::payload::{Changes, Payloads};
use super::place::Mirror;
use super::source::{Named, follows_links};
use crate::contracts::{BaseError, BaseErrorKind, BaseResult};
use crate::platform::clock::{Millis, rfc3339};
use crate::platform::ids::{RecordId, TableId};
use crate::platform::outbound::Method;

/// Pages of payloads that are read before their records are asked for.
const MOST_PAGES: usize = 20;
/// Records that are asked for beside those that changed, since their values may follow from them.
const MOST_AROUND: usize = 500;
/// How far values follow from values of linked records, step by step.
const MOST_STEPS: usize = 3;
/// Clocks of different machines differ, and Airtable knows of a change a little later.
const OVERLAP: Millis = 60_000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MadeWebhook {
    id: String,
    mac_secret_base64: String,
}

impl Airtable {
    /// Takes over what changed since the last time; true where more must be compared.
    pub(super) async fn follow(&self, mirror: &Mirror, row: &MirrorRow) -> BaseResult<bool> {
        match &row.webhook {
            Some(webhook) => self.follow_webhook(mirror, webhook, row).await,
            None => self.follow_times(mirror, row).await,
        }
    }

    async fn follow_webhook(
        &self,
        mirror: &Mirror,
        webhook: &str,
        row: &MirrorRow,
    ) -> BaseResult<bool> {
        let mut next = row.next_payload;
        let mut wants_comparison = false;
        loop {
            let mut changes = Changes::default();
            let mut might_have_more = false;
            for _ in 0..MOST_PAGES {
                let page = match self.payloads(mirror, webhook, next).await {
                    Ok(page) => page,
                    Err(error) if is_gone(&error) => {
                        self.note_webhook(mirror, None).await?;
                        return Ok(true);
                    }
                    Err(error) => return Err(error),
                };
                next = next.max(page.cursor);
                might_have_more = page.might_have_more;
                page.payloads.into_iter().for_each(|one| changes.add(one));
                if !might_have_more {
                    break;
                }
            }
            wants_comparison |= changes.wants_comparison;
            wants_comparison |= !self.look_at(mirror, changes).await?;
            self.note_followed(mirror, next, row.changes_since).await?;
            if !might_have_more {
                return Ok(wants_comparison);
            }
        }
    }

    async fn payloads(&self, mirror: &Mirror, webhook: &str, next: i64) -> BaseResult<Payloads> {
        self.keep_held(mirror, None).await?;
        let base = mirror.base().to_string();
        let path = ["bases", &base, "webhooks", webhook, "payloads"];
        let request = Request::get(&path).with_query(format!("cursor={next}"));
        self.asked_at(mirror.tenant, &mirror.offer, &request).await
    }

    /// Without a webhook: new and changed records tell their time, what is gone tells nothing.
    async fn follow_times(&self, mirror: &Mirror, row: &MirrorRow) -> BaseResult<bool> {
        let began = self.now();
        let since = rfc3339(row.changes_since - OVERLAP);
        let filter = format!(
            "OR(IS_AFTER(CREATED_TIME(),'{since}'),IS_AFTER(LAST_MODIFIED_TIME(),'{since}'))"
        );
        let is_redefined = self.follow_definitions(mirror).await?;
        let mut changes = Changes::default();
        for table in &mirror.definition().tables {
            let mut offset = None::<String>;
            loop {
                self.keep_held(mirror, None).await?;
                let asked = (Some(filter.as_str()), offset.as_deref());
                let page = self.page_at(mirror, table, asked, Class::Interactive);
                let page = page.await?;
                let ids = page.records.iter().map(|record| record.id);
                changes.records.entry(table.id).or_default().extend(ids);
                offset = page.offset;
                if offset.is_none() {
                    break;
                }
            }
        }
        let is_all = self.look_at(mirror, changes).await?;
        self.note_followed(mirror, row.next_payload, began).await?;
        Ok(is_redefined || !is_all)
    }

    /// Asks for what changed, and for what may follow from it; false where that is too much to be asked for by name.
    async fn look_at(&self, mirror: &Mirror, changes: Changes) -> BaseResult<bool> {
        if changes.is_redefined {
            self.follow_definitions(mirror).await?;
        }
        let mut wanted = changes.records;
        let mut seen = Named::new();
        let mut is_all = true;
        for step in 0..=MOST_STEPS {
            let mut around = Named::new();
            for (id, records) in &wanted {
                let Some(table) = mirror.definition().table(*id).cloned() else {
                    continue;
                };
                let ids: Vec<RecordId> = records.iter().copied().collect();
                let before = self.since(mirror, *id).await?;
                self.keep_held(mirror, None).await?;
                // What was written through us is here already, and what follows from it is not.
                if self.look_for(mirror, &table, &ids).await? > 0 || step == 0 {
                    linked(before.state(), *id, records, &mut around);
                    let after = self.since(mirror, *id).await?;
                    linked(after.state(), *id, records, &mut around);
                }
                seen.entry(*id).or_default().extend(records);
            }
            let (next, is_whole) = unseen(around, &seen);
            is_all &= is_whole;
            wanted = next;
            if wanted.is_empty() {
                break;
            }
        }
        Ok(is_all && wanted.is_empty())
    }

    async fn note_followed(
        &self,
        mirror: &Mirror,
        next_payload: i64,
        changes_since: Millis,
    ) -> BaseResult<()> {
        let now = self.now();
        let until = (next_payload, changes_since);
        let tx = self.platform.db.begin(mirror.tenant).await;
        let tx = tx.map_err(BaseError::database)?;
        let noted = store::note_followed(&tx, mirror.base(), until, now).await;
        noted.map_err(BaseError::database)?;
        tx.commit().await.map_err(BaseError::database)
    }

    /// Asks Airtable to note changes, and to tell them where it can reach this instance.
    pub(super) async fn hook(&self, mirror: &Mirror, row: &MirrorRow) -> BaseResult<()> {
        let url = self.hook_url(&row.hook);
        let mut asked = self.made_webhook(mirror, url.as_deref()).await;
        let mut is_notified = url.is_some();
        if is_notified && asked.as_ref().is_err_and(|error| !is_passing(error)) {
            // It may be the address that Airtable does not call; what it notes can be asked for.
            asked = self.made_webhook(mirror, None).await;
            is_notified = false;
        }
        let made = match asked {
            Ok(made) => made,
            // The token may not, or there are too many: changes are looked for by their time.
            Err(error) if !is_passing(&error) => {
                let base = mirror.base();
                tracing::info!(%base, reason = %error.message, "airtable.mirror_without_webhook");
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        let key = self.key(mirror.tenant).await?;
        let sealed = MirrorRow::seal(&key, &row.hook, &made.mac_secret_base64);
        let webhook = (made.id.as_str(), sealed.as_str(), is_notified);
        self.note_webhook(mirror, Some(webhook)).await
    }

    async fn made_webhook(&self, mirror: &Mirror, url: Option<&str>) -> BaseResult<MadeWebhook> {
        let mut body = json!({"specification": {"options": {
            "filters": {"dataTypes": ["tableData", "tableFields", "tableMetadata"]},
        }}});
        if let Some(url) = url {
            body["notificationUrl"] = json!(url);
        }
        let base = mirror.base().to_string();
        let request = Request::with_body(Method::POST, &["bases", &base, "webhooks"], &body);
        self.asked_at(mirror.tenant, &mirror.offer, &request).await
    }

    async fn note_webhook(
        &self,
        mirror: &Mirror,
        webhook: Option<(&str, &str, bool)>,
    ) -> BaseResult<()> {
        let tx = self.platform.db.begin(mirror.tenant).await;
        let tx = tx.map_err(BaseError::database)?;
        let is_notified = webhook.is_some_and(|(_, _, is_notified)| is_notified);
        let named = webhook.map(|(id, sealed, _)| (id, sealed));
        let noted = store::note_webhook(&tx, mirror.base(), named, is_notified).await;
        noted.map_err(BaseError::database)?;
        tx.commit().await.map_err(BaseError::database)
    }
}

/// Whether Airtable knows nothing of a webhook any more.
fn is_gone(error: &BaseError) -> bool {
    matches!(
        error.kind,
        BaseErrorKind::NotFound
            | BaseErrorKind::NotFoundOrForbidden
            | BaseErrorKind::InvalidRequest
    )
}

/// Whether the same may be answered otherwise a little later.
fn is_passing(error: &BaseError) -> bool {
    matches!(
        error.kind,
        BaseErrorKind::Unavailable | BaseErrorKind::Unanswered | BaseErrorKind::TooOften { .. }
    )
}

/// The records that these link to, in tables where something may follow from them.
fn linked(state: &State, table: TableId, records: &BTreeSet<RecordId>, out: &mut Named) {
    let Some(snapshot) = state.snapshot(table) else {
        return;
    };
    let links = snapshot
        .table
        .fields
        .iter()
        .filter_map(|field| match &field.kind {
            Kind::Links(link) => Some((field.slot, link.table)),
            _ => None,
        });
    for (slot, target) in links {
        let definition = state.base.table(target);
        if !definition.is_some_and(|table| follows_links(table)) {
            continue;
        }
        let rows = records.iter().filter_map(|id| snapshot.rows.get(id));
        let ids = rows.flat_map(|row| links_of(row.cell(slot)).iter().copied());
        out.entry(target).or_default().extend(ids);
    }
}

/// What was not looked at yet, as much of it as is bearable, and whether that is all.
fn unseen(mut around: Named, seen: &Named) -> (Named, bool) {
    let (mut room, mut is_whole) = (MOST_AROUND, true);
    for (table, records) in &mut around {
        if let Some(seen) = seen.get(table) {
            records.retain(|id| !seen.contains(id));
        }
        let kept: BTreeSet<RecordId> = records.iter().copied().take(room).collect();
        room -= kept.len();
        is_whole &= kept.len() == records.len();
        *records = kept;
    }
    around.retain(|_, records| !records.is_empty());
    (around, is_whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_much_to_be_asked_for_is_known_to_be_left_out() {
        let (table, record) = (TableId::from_number(1), RecordId::from_number);
        let all = |many: usize| Named::from([(table, (0..many as u128).map(record).collect())]);
        let (kept, is_whole) = unseen(all(MOST_AROUND), &Named::new());
        assert_eq!((kept[&table].len(), is_whole), (MOST_AROUND, true));
        let (kept, is_whole) = unseen(all(MOST_AROUND + 1), &Named::new());
        assert_eq!((kept[&table].len(), is_whole), (MOST_AROUND, false));
        let (kept, is_whole) = unseen(all(MOST_AROUND + 1), &all(1));
        assert_eq!((kept[&table].len(), is_whole), (MOST_AROUND, true));
        assert_eq!(unseen(all(3), &all(3)), (Named::new(), true));
    }
}
