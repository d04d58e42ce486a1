use std::collections::BTreeSet;

use async_trait::async_trait;
use bytes::Bytes;

use super::place;
use super::schema::Base;
use super::service::{
    Airtable, BASE_CHANGED, ImportDocument, Imported, OpenBase, database, not_found,
};
use super::service_read::schema_of;
use super::service_write::unavailable;
use super::snapshot::State;
use super::store::{self, Change, ChangeKind};
use super::write::{self, Author};
use crate::contracts::{
    Actor, BaseAdmin, BaseError, BaseErrorKind, BaseResult, BaseSchema, CreateBase, CreateField,
    CreateTable, FieldSchema, Permission, TableSchema, UpdateField, UpdateTable,
};
use crate::platform::db::is_unique_violation;
use crate::platform::ids::{BaseId, FieldId, TableId, TransactionId, ViewId, WorkspaceId};

const LONGEST_NAME: usize = 255;

#[async_trait]
impl BaseAdmin for Airtable {
    async fn create_base(&self, actor: &Actor, request: CreateBase) -> BaseResult<BaseSchema> {
        place::check(self, actor, request.workspace_id).await?;
        check_base_name(&request.name)?;
        if request.tables.is_empty() {
            return Err(invalid("A base needs at least one table"));
        }
        let state = write::new_base(
            BaseId::fresh(),
            actor.tenant,
            request.workspace_id,
            request.name.clone(),
        );
        let now = self.now();
        let author = Author::of(actor);
        let mut draft = write::Draft::new(&state, &[], author.person.clone(), true, now);
        for table in &request.tables {
            write::create_table(&mut draft, table)?;
        }
        let tx = self
            .platform
            .db
            .begin(actor.tenant)
            .await
            .map_err(database)?;
        let row = store::BaseRow {
            id: state.base.id,
            workspace: request.workspace_id,
            name: request.name,
            seq: 0,
            counters: state.counters.clone(),
        };
        store::insert_base(&tx, &row, now).await.map_err(database)?;
        let next = write::commit(tx, draft, &author).await.map_err(database)?;
        let schema = schema_of(&next.base);
        self.registry.insert(next);
        Ok(schema)
    }

    async fn create_table(
        &self,
        actor: &Actor,
        base: &str,
        request: CreateTable,
    ) -> BaseResult<TableSchema> {
        let open = self.open(actor, base, Permission::SchemaWrite).await?;
        let (state, id) = self
            .write(
                actor,
                &open,
                |_| Ok(BTreeSet::new()),
                |draft| write::create_table(draft, &request),
            )
            .await?;
        table_schema(&state, id)
    }

    async fn update_table(
        &self,
        actor: &Actor,
        base: &str,
        table: &str,
        request: UpdateTable,
    ) -> BaseResult<TableSchema> {
        let open = self.open(actor, base, Permission::SchemaWrite).await?;
        let id = table_id(&open, table)?;
        let (state, ()) = self
            .write(
                actor,
                &open,
                |_| Ok(BTreeSet::new()),
                |draft| write::update_table(draft, id, &request),
            )
            .await?;
        table_schema(&state, id)
    }

    async fn create_field(
        &self,
        actor: &Actor,
        base: &str,
        table: &str,
        request: CreateField,
    ) -> BaseResult<FieldSchema> {
        let open = self.open(actor, base, Permission::SchemaWrite).await?;
        let id = table_id(&open, table)?;
        let (state, field) = self
            .write(
                actor,
                &open,
                |base| loaded_for_field(base, id),
                |draft| write::create_field(draft, id, &request),
            )
            .await?;
        field_schema(&state, id, field)
    }

    async fn update_field(
        &self,
        actor: &Actor,
        base: &str,
        table: &str,
        field: &str,
        request: UpdateField,
    ) -> BaseResult<FieldSchema> {
        let open = self.open(actor, base, Permission::SchemaWrite).await?;
        let id = table_id(&open, table)?;
        let (state, field) = self
            .write(
                actor,
                &open,
                |_| Ok(BTreeSet::new()),
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
        actor: &Actor,
        base: &str,
        name: &str,
    ) -> BaseResult<()> {
        let open = self.open(actor, base, Permission::SchemaWrite).await?;
        check_base_name(name)?;
        let id = open.state().base.id;
        let tx = self
            .platform
            .db
            .begin(actor.tenant)
            .await
            .map_err(database)?;
        let seq = store::lock_seq(&tx, id)
            .await
            .map_err(database)?
            .ok_or_else(not_found)?;
        store::rename_base(&tx, id, name).await.map_err(database)?;
        let counters = open.state().counters.clone();
        let counters = match store::find_base(&tx, id).await.map_err(database)? {
            Some(row) => row.counters,
            None => counters,
        };
        let entry = self.base_change(actor, seq + 1, Some(open.state().base.name.clone()), name);
        store::insert_changes(&tx, id, &[entry])
            .await
            .map_err(database)?;
        store::update_base(&tx, id, seq + 1, &counters)
            .await
            .map_err(database)?;
        tx.commit().await.map_err(database)?;
        self.refresh_handle(&open.handle).await.map_err(database)?;
        self.publish(actor, id);
        Ok(())
    }

    /// Deletes a base with everything in it; this cannot be undone.
    pub(super) async fn delete_base(&self, actor: &Actor, base: &str) -> BaseResult<()> {
        let open = self.open(actor, base, Permission::SchemaWrite).await?;
        let id = open.state().base.id;
        let _writer = open.handle.write.lock().await;
        let tx = self
            .platform
            .db
            .begin(actor.tenant)
            .await
            .map_err(database)?;
        store::lock_seq(&tx, id)
            .await
            .map_err(database)?
            .ok_or_else(not_found)?;
        store::delete_base(&tx, id).await.map_err(database)?;
        tx.commit().await.map_err(database)?;
        self.registry.remove(actor.tenant, id);
        self.publish(actor, id);
        tracing::info!(base = %id, actor = %actor.user, "airtable.base_deleted");
        Ok(())
    }

    /// Removes a view.
    pub(super) async fn delete_view(
        &self,
        actor: &Actor,
        base: &str,
        view: &str,
    ) -> BaseResult<ViewId> {
        let open = self.open(actor, base, Permission::SchemaWrite).await?;
        let id: ViewId = view.parse().map_err(|_| not_found())?;
        self.write(
            actor,
            &open,
            |_| Ok(BTreeSet::new()),
            |draft| write::delete_view(draft, id),
        )
        .await?;
        Ok(id)
    }

    /// Writes a whole base into a workspace; every id is kept.
    pub(super) async fn import(
        &self,
        actor: &Actor,
        workspace: WorkspaceId,
        document: ImportDocument,
    ) -> BaseResult<Imported> {
        place::check(self, actor, workspace).await?;
        check_base_name(&document.name)?;
        if document.tables.is_empty() {
            return Err(invalid("A base needs at least one table"));
        }
        let people = self
            .directory
            .people(actor.tenant)
            .await
            .map_err(unavailable)?;
        let author = Author::of(actor);
        let now = self.now();
        let plan = write::build_import(&document, workspace, &people, &author, now)?;
        let base = plan.base.id;
        let tx = self
            .platform
            .db
            .begin(actor.tenant)
            .await
            .map_err(database)?;
        store::insert_base(&tx, &plan.base, now)
            .await
            .map_err(|error| {
                if is_unique_violation(&error) {
                    return invalid(&format!("A base with the id {base} is already here"));
                }
                database(error)
            })?;
        for (position, table) in plan.tables.iter().enumerate() {
            store::insert_table(&tx, base, position, table)
                .await
                .map_err(database)?;
        }
        store::insert_records(&tx, base, &plan.records)
            .await
            .map_err(database)?;
        let entry = self.base_change(actor, plan.base.seq, None, &plan.base.name);
        store::insert_changes(&tx, base, &[entry])
            .await
            .map_err(database)?;
        tx.commit().await.map_err(database)?;
        self.publish(actor, base);
        Ok(Imported {
            base_id: base,
            warnings: plan.warnings,
        })
    }

    /// A whole base as the document that import reads.
    pub(super) async fn export_document(&self, actor: &Actor, base: &str) -> BaseResult<Bytes> {
        let open = self.open(actor, base, Permission::RecordsRead).await?;
        let all: Vec<TableId> = open
            .state()
            .base
            .tables
            .iter()
            .map(|table| table.id)
            .collect();
        let state = self.loaded(&open, &all).await?;
        let schema = schema_of(&state.base);
        let mut out = String::new();
        out.push_str(&format!(
            "{{\"id\":{},\"name\":{},\"tables\":{},\"records\":{{",
            json(&schema.id),
            json(&schema.name),
            json(&schema.tables)
        ));
        for (index, table) in schema.tables.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            out.push_str(&format!("\"{}\":[", table.id));
            if let Some(snapshot) = state.snapshot(table.id) {
                for (at, row) in snapshot.by_row_no().iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    out.push_str(&String::from_utf8_lossy(row.json(&snapshot.table)));
                }
            }
            out.push(']');
        }
        out.push_str("}}");
        Ok(Bytes::from(out))
    }

    fn base_change(&self, actor: &Actor, seq: i64, before: Option<String>, after: &str) -> Change {
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
            actor: Author::of(actor).json().to_owned(),
            client: None,
            at: self.now(),
        }
    }

    fn publish(&self, actor: &Actor, base: BaseId) {
        self.platform
            .signals
            .publish(BASE_CHANGED, format!("{}/{base}", actor.tenant));
    }
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("ids, names and schemas always serialise")
}

fn loaded_for_field(base: &Base, table: TableId) -> BaseResult<BTreeSet<TableId>> {
    base.table(table)
        .map(|table| BTreeSet::from([table.id]))
        .ok_or_else(not_found)
}

fn table_id(open: &OpenBase, name: &str) -> BaseResult<TableId> {
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
        .map(|table| table.to_schema(true))
        .ok_or_else(not_found)
}

fn field_schema(state: &State, table: TableId, field: FieldId) -> BaseResult<FieldSchema> {
    let table = state.base.table(table).ok_or_else(not_found)?;
    table
        .field(field)
        .map(|field| field.to_schema())
        .ok_or_else(not_found)
}

fn check_base_name(name: &str) -> BaseResult<()> {
    let length = name.trim().chars().count();
    if length == 0 || length > LONGEST_NAME {
        return Err(invalid("The name of a base has 1 to 255 characters"));
    }
    Ok(())
}

fn invalid(message: &str) -> BaseError {
    BaseError::new(BaseErrorKind::InvalidRequest, message)
}
