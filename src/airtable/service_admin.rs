use async_trait::async_trait;

use super::place;
use super::schema::Base;
use super::service::{Airtable, OpenBase, not_found};
use super::service_fresh::BASE_CHANGED;
use super::service_read::schema_of;
use super::service_write::too_much_work;
use super::snapshot::State;
use super::store::{self, Change, ChangeKind};
use super::write::{self, Author, Refused};
use crate::contracts::{
    Actor, BaseAdmin, BaseCopy, BaseError, BaseErrorKind, BaseResult, BaseSchema, CopyBase,
    CreateBase, CreateField, CreateTable, Effect, FieldSchema, Permission, TableSchema,
    UpdateField, UpdateTable, WriteContext,
};
use crate::platform::db::TenantTx;
use crate::platform::ids::{BaseId, FieldId, TableId, TransactionId, WorkspaceId};

const LONGEST_NAME: usize = 255;

#[async_trait]
impl BaseAdmin for Airtable {
    async fn create_base(
        &self,
        by: WriteContext<'_>,
        request: CreateBase,
    ) -> BaseResult<BaseSchema> {
        place::check(self, by.actor, request.workspace_id).await?;
        check_base_name(&request.name)?;
        if request.tables.is_empty() {
            return Err(invalid("A base needs at least one table"));
        }
        let key = self.key(by.actor.tenant).await?;
        let now = self.now();
        let id = BaseId::fresh();
        let state = write::new_base(
            id,
            by.actor.tenant,
            request.workspace_id,
            request.name.clone(),
            key,
            self.links(by.actor.tenant, id),
        );
        let author = Author::of(by.actor);
        let mut draft = write::Draft::new(&state, &[], author.person.clone(), true, now);
        for table in &request.tables {
            write::create_table(&mut draft, table)?;
        }
        let tx = self
            .platform
            .db
            .begin(by.actor.tenant)
            .await
            .map_err(BaseError::database)?;
        let row = store::BaseRow {
            id: state.base.id,
            workspace: request.workspace_id,
            name: request.name,
            is_mirror: false,
            seq: 0,
            counters: state.counters.clone(),
        };
        store::insert_base(&tx, &row, now)
            .await
            .map_err(BaseError::database)?;
        let journal = self.journal.as_deref();
        let next = write::apply(&tx, draft, &author, journal, by).await;
        let next = next.map_err(|refused| match refused {
            Refused::Database(error) => BaseError::database(error),
            Refused::TooMuchWork => too_much_work(),
        })?;
        let schema = schema_of(&next.base);
        if by.rehearsal.is_none() {
            tx.commit().await.map_err(BaseError::unsettled)?;
            self.registry.insert(next);
        }
        Ok(schema)
    }

    async fn copy_base(
        &self,
        by: WriteContext<'_>,
        base: &str,
        request: CopyBase,
    ) -> BaseResult<BaseCopy> {
        check_base_name(&request.name)?;
        self.copy(by, base, request).await
    }

    async fn remove_base(
        &self,
        by: WriteContext<'_>,
        base: &str,
        unchanged_since: i64,
    ) -> BaseResult<bool> {
        self.delete_base_at(by, base, Some(unchanged_since)).await
    }

    async fn create_table(
        &self,
        by: WriteContext<'_>,
        base: &str,
        request: CreateTable,
    ) -> BaseResult<TableSchema> {
        let open = self.open(by.actor, base, Permission::SchemaWrite).await?;
        let (state, id) = self
            .write(
                by,
                &open,
                |_| Ok(Vec::new()),
                |draft| write::create_table(draft, &request),
            )
            .await?;
        table_schema(&state, id)
    }

    async fn update_table(
        &self,
        by: WriteContext<'_>,
        base: &str,
        table: &str,
        request: UpdateTable,
    ) -> BaseResult<TableSchema> {
        let open = self.open(by.actor, base, Permission::SchemaWrite).await?;
        let id = table_id(&open, table)?;
        let (state, ()) = self
            .write(
                by,
                &open,
                |_| Ok(Vec::new()),
                |draft| write::update_table(draft, id, &request),
            )
            .await?;
        table_schema(&state, id)
    }

    async fn create_field(
        &self,
        by: WriteContext<'_>,
        base: &str,
        table: &str,
        request: CreateField,
    ) -> BaseResult<FieldSchema> {
        let open = self.open(by.actor, base, Permission::SchemaWrite).await?;
        let id = table_id(&open, table)?;
        let (state, field) = self
            .write(
                by,
                &open,
                |base| loaded_for_field(base, id),
                |draft| write::create_field(draft, id, &request),
            )
            .await?;
        field_schema(&state, id, field)
    }

    async fn update_field(
        &self,
        by: WriteContext<'_>,
        base: &str,
        table: &str,
        field: &str,
        request: UpdateField,
    ) -> BaseResult<FieldSchema> {
        let open = self.open(by.actor, base, Permission::SchemaWrite).await?;
        let id = table_id(&open, table)?;
        let (state, field) = self
            .write(
                by,
                &open,
                |base| loaded_for_field(base, id),
                |draft| write::update_field(draft, id, field, &request),
            )
            .await?;
        field_schema(&state, id, field)
    }
}

impl Airtable {
    /// Renames a base.
    pub(super) async fn rename_base(
        &self,
        by: WriteContext<'_>,
        base: &str,
        name: &str,
    ) -> BaseResult<()> {
        let open = self.open(by.actor, base, Permission::SchemaWrite).await?;
        check_base_name(name)?;
        let id = open.state().base.id;
        let tx = self
            .platform
            .db
            .begin(by.actor.tenant)
            .await
            .map_err(BaseError::database)?;
        let seq = store::lock_seq(&tx, id)
            .await
            .map_err(BaseError::database)?
            .ok_or_else(not_found)?;
        store::rename_base(&tx, id, name)
            .await
            .map_err(BaseError::database)?;
        let counters = open.state().counters.clone();
        let counters = match store::find_base(&tx, id)
            .await
            .map_err(BaseError::database)?
        {
            Some(row) => row.counters,
            None => counters,
        };
        let old = open.state().base.name.clone();
        let said = format!("The base was renamed from \"{old}\" to \"{name}\"");
        let entry = self.base_change(by, seq + 1, Some(old), name);
        let state = open.state();
        store::insert_changes(&tx, state.sealed_log(), std::slice::from_ref(&entry))
            .await
            .map_err(BaseError::database)?;
        store::update_base(&tx, id, seq + 1, &counters)
            .await
            .map_err(BaseError::database)?;
        let workspace = open.state().base.workspace;
        self.note_base(&tx, by, (id, name, workspace), &entry, said)
            .await?;
        tx.commit().await.map_err(BaseError::unsettled)?;
        self.refresh_handle(&open.handle)
            .await
            .map_err(BaseError::database)?;
        self.publish(by.actor, id);
        Ok(())
    }

    /// Deletes a base with everything in it; this cannot be undone.
    pub(super) async fn delete_base(&self, by: WriteContext<'_>, base: &str) -> BaseResult<()> {
        self.delete_base_at(by, base, None).await.map(drop)
    }

    /// The same, unless it has changed since; false when it has.
    async fn delete_base_at(
        &self,
        by: WriteContext<'_>,
        base: &str,
        unchanged_since: Option<i64>,
    ) -> BaseResult<bool> {
        let open = self.open(by.actor, base, Permission::SchemaWrite).await?;
        let id = open.state().base.id;
        let _writer = open.handle.writer().await;
        let tx = self
            .platform
            .db
            .begin(by.actor.tenant)
            .await
            .map_err(BaseError::database)?;
        let seq = store::lock_seq(&tx, id)
            .await
            .map_err(BaseError::database)?
            .ok_or_else(not_found)?;
        if unchanged_since.is_some_and(|known| known != seq) {
            return Ok(false);
        }
        store::delete_base(&tx, id)
            .await
            .map_err(BaseError::database)?;
        let state = open.state();
        let entry = self.base_change(by, seq + 1, None, &state.base.name);
        let place = (id, state.base.name.as_str(), state.base.workspace);
        let said = format!("The base \"{}\" was deleted", state.base.name);
        self.note_base(&tx, by, place, &entry, said).await?;
        tx.commit().await.map_err(BaseError::unsettled)?;
        self.registry.remove(by.actor.tenant, id);
        self.publish(by.actor, id);
        tracing::info!(base = %id, actor = %by.actor.user, "airtable.base_deleted");
        Ok(true)
    }

    /// Adds what happened to a base as a whole to the change set.
    pub(super) async fn note_base(
        &self,
        tx: &TenantTx,
        by: WriteContext<'_>,
        (base, base_name, workspace): (BaseId, &str, WorkspaceId),
        entry: &Change,
        said: String,
    ) -> BaseResult<()> {
        let Some(journal) = &self.journal else {
            return Ok(());
        };
        let effect = Effect {
            base,
            base_name: base_name.to_owned(),
            workspace,
            transaction: entry.txn,
            first_seq: entry.seq,
            last_seq: entry.seq,
            tables: Vec::new(),
            schema: vec![said],
            at: entry.at,
        };
        journal
            .record(tx, by, &effect)
            .await
            .map_err(BaseError::database)
    }

    pub(super) fn base_change(
        &self,
        by: WriteContext<'_>,
        seq: i64,
        before: Option<String>,
        after: &str,
    ) -> Change {
        let name = |name: &str| serde_json::json!({ "name": name }).to_string();
        Change {
            seq,
            txn: TransactionId::fresh(),
            kind: ChangeKind::Schema,
            table: None,
            record: None,
            row_no: None,
            before: before.as_deref().map(name),
            after: Some(name(after)),
            actor: Author::of(by.actor).json().to_owned(),
            client: by.change.client.clone(),
            at: self.now(),
            mirrored: None,
            origin: None,
            came_through: Some(by.change.origin),
            actor_level: None,
        }
    }

    pub(super) fn publish(&self, actor: &Actor, base: BaseId) {
        self.platform
            .signals
            .publish(BASE_CHANGED, format!("{}/{base}", actor.tenant));
    }
}

/// The tables whose records a new definition of a field is computed from.
fn loaded_for_field(base: &Base, table: TableId) -> BaseResult<Vec<TableId>> {
    let table = base.table(table).ok_or_else(not_found)?;
    let linked = write::linked_tables(table).filter(|id| base.table(*id).is_some());
    Ok(std::iter::once(table.id).chain(linked).collect())
}

pub(super) fn table_id(open: &OpenBase, name: &str) -> BaseResult<TableId> {
    open.state()
        .base
        .find_table(name)
        .map(|table| table.id)
        .ok_or_else(not_found)
}

fn table_schema(state: &State, id: TableId) -> BaseResult<TableSchema> {
    state
        .base
        .table(id)
        .map(|table| table.to_schema())
        .ok_or_else(not_found)
}

fn field_schema(state: &State, table: TableId, field: FieldId) -> BaseResult<FieldSchema> {
    let table = state.base.table(table).ok_or_else(not_found)?;
    table
        .field(field)
        .map(|field| field.to_schema())
        .ok_or_else(not_found)
}

pub(super) fn check_base_name(name: &str) -> BaseResult<()> {
    let length = name.trim().chars().count();
    if length == 0 || length > LONGEST_NAME {
        return Err(invalid("The name of a base has 1 to 255 characters"));
    }
    Ok(())
}

pub(super) fn invalid(message: &str) -> BaseError {
    BaseError::new(BaseErrorKind::InvalidRequest, message)
}
