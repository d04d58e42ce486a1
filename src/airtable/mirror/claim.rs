use super::super::service::Airtable;
use super::super::store::{self, Change, ChangeKind};
use super::super::write::Author;
use super::place::Mirror;
use crate::contracts::{BaseError, BaseResult, Effect, TableEffect, WriteContext};
use crate::platform::ids::{RecordId, TableId, TransactionId};

/// Where the copy may have heard of a write from Airtable before its writer came to it.
pub(super) struct Claim {
    pub(super) table: TableId,
    pub(super) records: Vec<RecordId>,
    /// The newest change of the base before it was sent.
    pub(super) since: i64,
}

impl Airtable {
    /// Adds to a change set what of its write was taken over in the name of nobody.
    pub(super) async fn claim(
        &self,
        by: WriteContext<'_>,
        mirror: &Mirror,
        claim: &Claim,
        is_own: impl Fn(&Change) -> bool,
    ) -> BaseResult<()> {
        let Some(journal) = self.journal.as_deref().filter(|_| by.is_recorded()) else {
            return Ok(());
        };
        if claim.records.is_empty() {
            return Ok(());
        }
        let state = mirror.handle.state.load_full();
        let tx = self.platform.db.begin(mirror.tenant).await;
        let tx = tx.map_err(BaseError::database)?;
        let span = (claim.since, i64::MAX);
        let entries =
            store::changes_of_records(&tx, state.sealed_log(), &claim.records, span).await;
        let nobody = Author::instance();
        let entries = entries.map_err(BaseError::database)?.into_iter();
        let own = entries.filter(|entry| {
            entry.actor == nobody.json() && entry.table == Some(claim.table) && is_own(entry)
        });
        let own: Vec<Change> = own.collect();
        for entry in own {
            let effect = self.effect_of(mirror, claim.table, &entry);
            let recorded = journal.record(&tx, by, &effect).await;
            recorded.map_err(BaseError::database)?;
        }
        tx.commit().await.map_err(BaseError::unsettled)
    }

    fn effect_of(&self, mirror: &Mirror, table: TableId, entry: &Change) -> Effect {
        let base = mirror.definition();
        let name = base.table(table).map(|table| table.name.clone());
        let count = |kind| usize::from(entry.kind == kind);
        Effect {
            base: base.id,
            base_name: base.name.clone(),
            workspace: base.workspace,
            transaction: TransactionId::fresh(),
            first_seq: entry.seq,
            last_seq: entry.seq,
            tables: vec![TableEffect {
                id: table,
                name: name.unwrap_or_default(),
                created: count(ChangeKind::Create),
                updated: count(ChangeKind::Update),
                deleted: count(ChangeKind::Delete),
            }],
            schema: Vec::new(),
            at: entry.at,
        }
    }
}
