use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;

use super::attachments;
use super::mirror::Mirror;
use super::query::Projection;
use super::schema::{Base, Kind, Table};
use super::service::{Airtable, OpenBase, not_found};
use super::service_fresh::{BASE_CHANGED, holds, relinked};
use super::snapshot::{State, Writer};
use super::write::{self, Author, Draft, Refused, UpsertPlan};
use crate::contracts::{
    AuthError, BaseError, BaseErrorKind, BaseResult, BaseWriter, CreateRecords, Permission, Person,
    RenderedRecord, UpdateRecords, UpsertRecords, Upserted, WriteContext,
};
use crate::platform::db::TenantTx;
use crate::platform::events;
use crate::platform::ids::{RecordId, TableId};

impl Airtable {
    /// Drafts a plan over the newest state and makes it durable; nothing happens when the plan fails.
    pub(super) async fn write<T: Send>(
        &self,
        by: WriteContext<'_>,
        open: &OpenBase,
        tables: impl Fn(&Base) -> BaseResult<Vec<TableId>> + Send + Sync,
        plan: impl FnOnce(&mut Draft<'_>) -> BaseResult<T> + Send,
    ) -> BaseResult<(Arc<State>, T)> {
        let people = self
            .directory
            .people(by.actor.tenant)
            .await
            .map_err(unavailable)?;
        let author = Author::of(by.actor);
        self.write_as(by, (&author, &people), open, tables, plan)
            .await
    }

    /// The same in the name of an author who need be no person.
    pub(super) async fn write_as<T: Send>(
        &self,
        by: WriteContext<'_>,
        (author, people): (&Author, &[Person]),
        open: &OpenBase,
        tables: impl Fn(&Base) -> BaseResult<Vec<TableId>> + Send + Sync,
        plan: impl FnOnce(&mut Draft<'_>) -> BaseResult<T> + Send,
    ) -> BaseResult<(Arc<State>, T)> {
        let mut writer = open.handle.next_writer().await;
        let (tx, state) = self.turn(&mut writer, open, by, tables).await?;
        let may_change_schema = open.role >= Permission::SchemaWrite.needs_role();
        let now = self.platform.clock.now();
        let state = relinked(state, now);
        let mut draft = Draft::new(
            &state,
            people,
            author.person.clone(),
            may_change_schema,
            now,
        );
        let outcome = plan(&mut draft)?;
        let attached = draft.take_attached();
        let journal = self.journal.as_deref().filter(|_| !author.is_instance());
        let next = async {
            let next = write::apply(&tx, draft, author, journal, by).await?;
            let is_owed = attachments::settle(self, &tx, &attached, now).await?;
            Ok::<_, Refused>((next, is_owed))
        };
        let next = next.await;
        let (next, is_owed) = next.map_err(|refused| match refused {
            Refused::Database(error) => BaseError::database(writer.fail(error)),
            Refused::TooMuchWork => too_much_work(),
        })?;
        let next = Arc::new(next);
        if by.rehearsal.is_none() {
            self.keep(writer, open, tx, next.clone()).await?;
            if is_owed {
                self.platform.durable.wake();
            }
        }
        Ok((next, outcome))
    }

    /// The transaction of a write and the state it builds on: a part of the one that waits for its commit, or its own.
    async fn turn(
        &self,
        writer: &mut Writer<'_>,
        open: &OpenBase,
        by: WriteContext<'_>,
        tables: impl Fn(&Base) -> BaseResult<Vec<TableId>> + Send + Sync,
    ) -> BaseResult<(TenantTx, State)> {
        if let Some((open, state)) = writer.joinable()
            && by.rehearsal.is_none()
            && holds(state, &tables(&state.base)?)
        {
            let state = State::clone(state);
            let part = open.nest().await;
            let part = part.map_err(|error| BaseError::database(writer.fail(error)))?;
            return Ok((part, state));
        }
        writer.commit().await;
        self.begin(&open.handle, tables).await
    }

    /// Waits until a write is durable; those whose turn comes before the commit share it.
    async fn keep(
        &self,
        mut writer: Writer<'_>,
        open: &OpenBase,
        tx: TenantTx,
        next: Arc<State>,
    ) -> BaseResult<()> {
        let key = format!("{}/{}", next.base.tenant, next.base.id);
        let left = writer.leave(tx, next).await;
        let (committed, is_first) = left.map_err(BaseError::database)?;
        if is_first {
            let (handle, signals) = (open.handle.clone(), self.platform.signals.clone());
            // A task of its own, for a client that hangs up must not take the others' commit along.
            self.tasks.spawn("airtable.commit", async move {
                handle.writer().await;
                signals.publish(BASE_CHANGED, key);
                signals.publish(events::APPENDED, "");
            });
        }
        drop(writer);
        let lost = |_| BaseError::internal("the commit ended without an answer");
        committed.await.map_err(lost)?.map_err(BaseError::unsettled)
    }

    pub(super) async fn write_records<T: Send>(
        &self,
        by: WriteContext<'_>,
        base: &str,
        table: &str,
        plan: impl FnOnce(&mut Draft<'_>, TableId) -> BaseResult<T> + Send,
    ) -> BaseResult<(Arc<State>, TableId, T)> {
        let open = self.open_to_write(by, base).await?;
        let id = open
            .state()
            .base
            .find_table(table)
            .map(|table| table.id)
            .ok_or_else(not_found)?;
        let (state, outcome) = self
            .write(
                by,
                &open,
                |base| neighbours(base, id),
                |draft| plan(draft, id),
            )
            .await?;
        Ok((state, id, outcome))
    }
}

impl Airtable {
    /// The copied base that a write goes to, by way of Airtable.
    pub(super) async fn written_through(
        &self,
        by: WriteContext<'_>,
        base: &str,
    ) -> BaseResult<Option<Mirror>> {
        if by.rehearsal.is_some() {
            return Ok(None);
        }
        Box::pin(self.mirrored(by.actor, base, Permission::RecordsWrite)).await
    }

    /// A base to write records to; of a copy, only what would be done is found out here.
    pub(super) async fn open_to_write(
        &self,
        by: WriteContext<'_>,
        base: &str,
    ) -> BaseResult<OpenBase> {
        if by.rehearsal.is_some() {
            let mirror = self.mirrored(by.actor, base, Permission::RecordsWrite);
            if let Some(mirror) = mirror.await? {
                return self.rehearsed(by.actor, &mirror);
            }
        }
        self.open(by.actor, base, Permission::RecordsWrite).await
    }
}

#[async_trait]
impl BaseWriter for Airtable {
    async fn create_records(
        &self,
        by: WriteContext<'_>,
        base: &str,
        table: &str,
        request: CreateRecords,
    ) -> BaseResult<Vec<RenderedRecord>> {
        if let Some(mirror) = self.written_through(by, base).await? {
            return Box::pin(self.create_through(by, mirror, table, request)).await;
        }
        let (state, table, ids) = self
            .write_records(by, base, table, |draft, table| {
                write::create(draft, table, &request)
            })
            .await?;
        Ok(rendered(&state, table, &ids, request.by_field_id))
    }

    async fn update_records(
        &self,
        by: WriteContext<'_>,
        base: &str,
        table: &str,
        request: UpdateRecords,
    ) -> BaseResult<Vec<RenderedRecord>> {
        if let Some(mirror) = self.written_through(by, base).await? {
            return Box::pin(self.update_through(by, mirror, table, request)).await;
        }
        let (state, table, ids) = self
            .write_records(by, base, table, |draft, table| {
                write::update(draft, table, &request)
            })
            .await?;
        Ok(rendered(&state, table, &ids, request.by_field_id))
    }

    async fn upsert_records(
        &self,
        by: WriteContext<'_>,
        base: &str,
        table: &str,
        request: UpsertRecords,
    ) -> BaseResult<Upserted> {
        if let Some(mirror) = self.written_through(by, base).await? {
            return Box::pin(self.upsert_through(by, mirror, table, request)).await;
        }
        let (state, table, plan) = self
            .write_records(by, base, table, |draft, table| {
                write::upsert(draft, table, &request)
            })
            .await?;
        let UpsertPlan {
            all,
            created,
            updated,
        } = plan;
        let records = rendered(&state, table, &all, request.by_field_id);
        Ok(Upserted {
            records,
            created,
            updated,
        })
    }

    async fn delete_records(
        &self,
        by: WriteContext<'_>,
        base: &str,
        table: &str,
        records: Vec<String>,
    ) -> BaseResult<Vec<RecordId>> {
        if let Some(mirror) = self.written_through(by, base).await? {
            return Box::pin(self.delete_through(by, mirror, table, &records)).await;
        }
        let (_, _, ids) = self
            .write_records(by, base, table, |draft, table| {
                write::delete(draft, table, &records)
            })
            .await?;
        Ok(ids)
    }
}

/// Records as they are in a state, whole.
pub(super) fn rendered(
    state: &State,
    table: TableId,
    ids: &[RecordId],
    by_field_id: bool,
) -> Vec<RenderedRecord> {
    let Some(snapshot) = state.snapshot(table) else {
        return Vec::new();
    };
    let projection = Projection::whole(by_field_id);
    let rows = ids.iter().filter_map(|id| snapshot.rows.get(id));
    rows.map(|row| projection.render(state, &snapshot.table, row))
        .collect()
}

/// A table and those that a write to it may touch: linked from it, or linking to it.
pub(super) fn neighbours(base: &Base, id: TableId) -> BaseResult<Vec<TableId>> {
    let table = base.table(id).ok_or_else(not_found)?;
    let mut wanted = BTreeSet::from([id]);
    wanted.extend(write::linked_tables(table));
    wanted.extend(
        base.tables
            .iter()
            .filter(|other| links_to(other, id))
            .map(|other| other.id),
    );
    Ok(wanted.into_iter().collect())
}

fn links_to(table: &Table, target: TableId) -> bool {
    let links = |kind: &Kind| matches!(kind, Kind::Links(link) if link.table == target);
    table.fields.iter().any(|field| links(&field.kind))
}

/// The answer to a definition that would hold up everybody.
pub(super) fn too_much_work() -> BaseError {
    BaseError::new(
        BaseErrorKind::InvalidFieldTypeOptionsForCreate,
        "The formula takes too long to compute for the records of this table; make it simpler",
    )
}

/// The answer when people or workspaces cannot be looked up.
pub(super) fn unavailable(error: AuthError) -> BaseError {
    BaseError {
        kind: BaseErrorKind::Unavailable,
        message: "The server cannot reach its directory of people right now".to_owned(),
        source: Some(error.into()),
    }
}
