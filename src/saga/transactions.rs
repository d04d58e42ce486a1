use async_trait::async_trait;

use super::report::totals;
use super::service::{Saga, Visible, not_found};
use super::store::{self, SetFilter};
use crate::contracts::{
    Actor, BaseError, BaseErrorKind, BaseResult, ChangeSet, ChangeSetPage, ChangeSetSummary,
    ListChangeSets, Origin, Permission, ReadChanges, RecordChangePage, Rehearsal, Revert,
    TenantRole, Transactions, UndoFailure, UndoReport, UndoRequest, UndoTotals, WriteContext,
};
use crate::platform::ids::{ChangeSetId, WorkspaceId};

const LARGEST_PAGE: usize = 200;

#[async_trait]
impl Transactions for Saga {
    async fn list(&self, actor: &Actor, list: ListChangeSets) -> BaseResult<ChangeSetPage> {
        actor
            .require_scope(Permission::RecordsRead)
            .map_err(|_| not_found())?;
        let mine: Vec<WorkspaceId> = actor.workspaces.iter().map(|(id, _)| *id).collect();
        let limit = list.limit.clamp(1, LARGEST_PAGE);
        let filter = SetFilter {
            base: list.base,
            origin: list.origin,
            user: list.user,
            workspaces: (actor.tenant_role == TenantRole::Member).then_some(mine.as_slice()),
            before: list.cursor,
            limit: limit as u64 + 1,
        };
        let tx = self.read(actor).await?;
        let mut sets = store::list_sets(&tx, &filter)
            .await
            .map_err(BaseError::database)?;
        drop(tx);
        let more = sets.len() > limit;
        sets.truncate(limit);
        let next = sets.last().map(|set| set.id).filter(|_| more);
        let items = self.summaries(actor, sets).await?;
        Ok(ChangeSetPage { items, next })
    }

    async fn find(&self, actor: &Actor, id: ChangeSetId) -> BaseResult<ChangeSetSummary> {
        let visible = self.visible(actor, id).await?;
        let mut found = self.summaries(actor, vec![visible.set]).await?;
        found.pop().ok_or_else(not_found)
    }

    async fn records(
        &self,
        actor: &Actor,
        id: ChangeSetId,
        cursor: Option<String>,
        limit: usize,
    ) -> BaseResult<RecordChangePage> {
        let visible = self.visible(actor, id).await?;
        let history = self.history()?;
        let (skip, after) = place(cursor.as_deref())?;
        let bases = visible.bases();
        let mut page = RecordChangePage::default();
        for (number, (base, _, ranges)) in bases.into_iter().enumerate().skip(skip) {
            let read = ReadChanges {
                ranges,
                after: after.filter(|_| number == skip),
                limit: limit.clamp(1, LARGEST_PAGE) - page.items.len(),
            };
            let found = history.changes(actor, &base.to_string(), read).await?;
            page.items.extend(found.changes);
            if let Some(last) = found.next {
                page.next = Some(format!("{number}.{last}"));
                return Ok(page);
            }
            if page.items.len() >= limit {
                page.next = Some(format!("{}.0", number + 1));
                break;
            }
        }
        if page.next.as_deref() == Some(&format!("{}.0", visible.bases().len())) {
            page.next = None;
        }
        Ok(page)
    }

    async fn undo(
        &self,
        by: WriteContext<'_>,
        id: ChangeSetId,
        mut request: UndoRequest,
    ) -> BaseResult<UndoReport> {
        let actor = by.actor;
        self.history()?.settle(actor, id).await?;
        let visible = self.visible(actor, id).await?;
        self.check_undo(actor, &visible, request.force)?;
        let change = ChangeSet {
            id: by.change.id,
            client: by.change.client.clone(),
            undoes: Some(id),
            stays_open: true,
            fence: by.change.fence,
            ..ChangeSet::single(Origin::Undo, format!("undo {}", visible.set.title))
        };
        let dry_run = Rehearsal::default();
        let rehearsal = by.rehearsal.or(request.dry_run.then_some(&dry_run));
        request.dry_run = rehearsal.is_some();
        let by = WriteContext {
            actor,
            change: &change,
            rehearsal,
        };
        let mut report = self.undo_bases(by, &visible, &request).await?;
        if !request.dry_run {
            report.undo = self
                .close(actor, change.id, !is_whole(&request, &report))
                .await?;
        }
        metrics::counter!("change_sets_undone_total").increment(1);
        Ok(report)
    }
}

impl Saga {
    async fn undo_bases(
        &self,
        by: WriteContext<'_>,
        visible: &Visible,
        request: &UndoRequest,
    ) -> BaseResult<UndoReport> {
        let history = self.history()?;
        let mut report = UndoReport {
            change_set: visible.set.id,
            undo: None,
            dry_run: request.dry_run,
            totals: UndoTotals::default(),
            records: Vec::new(),
            irreversible: visible
                .parts
                .iter()
                .flat_map(|part| part.schema.clone())
                .collect(),
            failed: Vec::new(),
        };
        let bases = visible.bases();
        let is_only = bases.len() == 1;
        for (base_id, base, ranges) in bases {
            let revert = Revert {
                ranges,
                records: request.records.clone(),
                fields: request.fields.clone(),
                force: request.force,
            };
            match history.revert(by, &base_id.to_string(), revert).await {
                Ok(records) => report.records.extend(records),
                Err(error) if is_only || is_fatal(&error) => return Err(error),
                Err(error) => report.failed.push(UndoFailure {
                    base_id,
                    base,
                    reason: error.message,
                }),
            }
        }
        report.totals = totals(&report.records);
        Ok(report)
    }

    /// Ends the change set; answers its id, if anything was written under it.
    pub(super) async fn close(
        &self,
        actor: &Actor,
        id: ChangeSetId,
        is_partial: bool,
    ) -> BaseResult<Option<ChangeSetId>> {
        let tx = self.write(actor).await?;
        store::close_set(&tx, id, is_partial, self.platform.clock.now())
            .await
            .map_err(BaseError::database)?;
        let set = store::find_set(&tx, id)
            .await
            .map_err(BaseError::database)?;
        tx.commit().await.map_err(BaseError::unsettled)?;
        Ok(set.map(|set| set.id))
    }
}

/// Whether nothing of the change set is left standing that an undo can take back.
fn is_whole(request: &UndoRequest, report: &UndoReport) -> bool {
    let is_all = request.records.is_none() && request.fields.is_none();
    let UndoTotals {
        conflict,
        irreversible,
        ..
    } = report.totals;
    is_all && report.failed.is_empty() && conflict + irreversible == 0
}

/// What is no fault of one base alone.
fn is_fatal(error: &BaseError) -> bool {
    matches!(
        error.kind,
        BaseErrorKind::Unavailable
            | BaseErrorKind::Unsettled
            | BaseErrorKind::Unanswered
            | BaseErrorKind::Internal
    )
}

/// The base and the entry of its change log that a cursor names.
fn place(cursor: Option<&str>) -> BaseResult<(usize, Option<i64>)> {
    let Some(cursor) = cursor else {
        return Ok((0, None));
    };
    let parts = cursor.split_once('.');
    let parsed = parts.and_then(|(base, after)| Some((base.parse().ok()?, after.parse().ok()?)));
    let (base, after) = parsed.ok_or_else(|| {
        BaseError::new(BaseErrorKind::InvalidOffsetValue, "The cursor is not valid")
    })?;
    Ok((base, Some(after)))
}
