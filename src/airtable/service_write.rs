use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;

use super::query::Projection;
use super::schema::{Base, Kind, Table};
use super::service::{Airtable, BASE_CHANGED, OpenBase, database, load_missing, not_found};
use super::snapshot::{State, refresh};
use super::store;
use super::write::{self, Author, Draft, UpsertPlan};
use crate::contracts::{
    Actor, AuthError, BaseError, BaseErrorKind, BaseResult, BaseWriter, CreateRecords, Permission,
    RenderedRecord, UpdateRecords, UpsertRecords, Upserted,
};
use crate::platform::events;
use crate::platform::ids::{RecordId, TableId};

impl Airtable {
    /// Drafts a plan over the newest state and makes it durable; nothing happens when the plan fails.
    pub(super) async fn write<T: Send>(
        &self,
        actor: &Actor,
        open: &OpenBase,
        tables: impl FnOnce(&Base) -> BaseResult<BTreeSet<TableId>> + Send,
        plan: impl FnOnce(&mut Draft<'_>) -> BaseResult<T> + Send,
    ) -> BaseResult<(Arc<State>, T)> {
        let people = self
            .directory
            .people(actor.tenant)
            .await
            .map_err(unavailable)?;
        let author = Author::of(actor);
        let _writer = open.handle.write.lock().await;
        let current = open.state();
        let tx = self
            .platform
            .db
            .begin(actor.tenant)
            .await
            .map_err(database)?;
        let seq = store::lock_seq(&tx, current.base.id)
            .await
            .map_err(database)?;
        let seq = seq.ok_or_else(not_found)?;
        let state = if seq == current.seq {
            State::clone(&current)
        } else {
            refresh(&tx, &current)
                .await
                .map_err(database)?
                .ok_or_else(not_found)?
        };
        let wanted: Vec<TableId> = tables(&state.base)?.into_iter().collect();
        let state = load_missing(&tx, state, &wanted).await.map_err(database)?;
        let may_change_schema = open.role >= Permission::SchemaWrite.needs_role();
        let now = self.platform.clock.now();
        let mut draft = Draft::new(
            &state,
            &people,
            author.person.clone(),
            may_change_schema,
            now,
        );
        let outcome = plan(&mut draft)?;
        let next = Arc::new(write::commit(tx, draft, &author).await.map_err(database)?);
        open.handle.state.store(next.clone());
        self.announce(&next);
        Ok((next, outcome))
    }

    fn announce(&self, state: &State) {
        let key = format!("{}/{}", state.base.tenant, state.base.id);
        self.platform.signals.publish(BASE_CHANGED, key);
        self.platform.signals.publish(events::APPENDED, "");
    }

    async fn write_records<T: Send>(
        &self,
        actor: &Actor,
        base: &str,
        table: &str,
        plan: impl FnOnce(&mut Draft<'_>, TableId) -> BaseResult<T> + Send,
    ) -> BaseResult<(Arc<State>, TableId, T)> {
        let open = self.open(actor, base, Permission::RecordsWrite).await?;
        let id = open
            .state()
            .base
            .find_table(table)
            .map(|table| table.id)
            .ok_or_else(not_found)?;
        let (state, outcome) = self
            .write(
                actor,
                &open,
                |base| neighbours(base, id),
                |draft| plan(draft, id),
            )
            .await?;
        Ok((state, id, outcome))
    }
}

#[async_trait]
impl BaseWriter for Airtable {
    async fn create_records(
        &self,
        actor: &Actor,
        base: &str,
        table: &str,
        request: CreateRecords,
    ) -> BaseResult<Vec<RenderedRecord>> {
        let (state, table, ids) = self
            .write_records(actor, base, table, |draft, table| {
                write::create(draft, table, &request)
            })
            .await?;
        Ok(rendered(&state, table, &ids, request.by_field_id))
    }

    async fn update_records(
        &self,
        actor: &Actor,
        base: &str,
        table: &str,
        request: UpdateRecords,
    ) -> BaseResult<Vec<RenderedRecord>> {
        let (state, table, ids) = self
            .write_records(actor, base, table, |draft, table| {
                write::update(draft, table, &request)
            })
            .await?;
        Ok(rendered(&state, table, &ids, request.by_field_id))
    }

    async fn upsert_records(
        &self,
        actor: &Actor,
        base: &str,
        table: &str,
        request: UpsertRecords,
    ) -> BaseResult<Upserted> {
        let (state, table, plan) = self
            .write_records(actor, base, table, |draft, table| {
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
        actor: &Actor,
        base: &str,
        table: &str,
        records: Vec<String>,
    ) -> BaseResult<Vec<RecordId>> {
        let (_, _, ids) = self
            .write_records(actor, base, table, |draft, table| {
                write::delete(draft, table, &records)
            })
            .await?;
        Ok(ids)
    }
}

fn rendered(
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
fn neighbours(base: &Base, id: TableId) -> BaseResult<BTreeSet<TableId>> {
    let table = base.table(id).ok_or_else(not_found)?;
    let mut wanted = BTreeSet::from([id]);
    wanted.extend(write::linked_tables(table));
    wanted.extend(
        base.tables
            .iter()
            .filter(|other| links_to(other, id))
            .map(|other| other.id),
    );
    Ok(wanted)
}

fn links_to(table: &Table, target: TableId) -> bool {
    let links = |kind: &Kind| matches!(kind, Kind::Links(link) if link.table == target);
    table.fields.iter().any(|field| links(&field.kind))
}

/// The answer when people or workspaces cannot be looked up.
pub(super) fn unavailable(error: AuthError) -> BaseError {
    BaseError {
        kind: BaseErrorKind::Unavailable,
        message: "The server cannot reach its directory of people right now".to_owned(),
        source: Some(error.into()),
    }
}
