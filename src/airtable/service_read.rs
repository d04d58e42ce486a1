use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;

use super::query::{self, Projection, RowsPage, Window};
use super::schema::{Table, View};
use super::service::{Airtable, Rows, not_found};
use super::snapshot::{State, TableSnapshot};
use super::store;
use super::write::parse_record_id;
use crate::contracts::{
    Actor, BaseAnalysis, BaseError, BaseErrorKind, BaseResult, BaseSchema, BaseSource, BaseSummary,
    Bases, ListRecords, Permission, QuerySql, ReadOptions, RecordPage, RenderedRecord,
    SearchRecords, SqlAnswer,
};
use crate::platform::ids::{RecordId, TableId};

/// A base, and what an actor may do in it.
pub(super) struct Description {
    pub(super) schema: BaseSchema,
    /// Records by table.
    pub(super) counts: Vec<(TableId, u64)>,
    /// In Airtable's words.
    pub(super) level: &'static str,
    pub(super) source: BaseSource,
}

#[async_trait]
impl Bases for Airtable {
    async fn list_bases(&self, actor: &Actor) -> BaseResult<Vec<BaseSummary>> {
        actor
            .require_scope(Permission::SchemaRead)
            .map_err(super::service::denied)?;
        let tx = self
            .platform
            .db
            .read(actor.tenant)
            .await
            .map_err(BaseError::database)?;
        let rows = store::list_bases(&tx).await.map_err(BaseError::database)?;
        let tables = store::table_counts(&tx)
            .await
            .map_err(BaseError::database)?;
        let (rows, copies): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| !row.is_mirror);
        let tables_of = |row: &store::BaseRow| tables.get(&row.id).copied().unwrap_or(0);
        let records_of = |row: &store::BaseRow| row.counters.records.values().sum();
        let summary = |row: store::BaseRow| {
            let role = actor.role_in(row.workspace)?;
            Some(BaseSummary {
                id: row.id,
                workspace_id: row.workspace,
                permission_level: role.permission_level().to_owned(),
                source: BaseSource::Local,
                table_count: Some(tables_of(&row)),
                record_count: Some(records_of(&row)),
                name: row.name,
            })
        };
        let mut bases: Vec<BaseSummary> = rows.into_iter().filter_map(summary).collect();
        drop(tx);
        let mut offered = self.offered_bases(actor).await?;
        for base in &mut offered {
            let copy = copies.iter().find(|copy| copy.id == base.id);
            if let Some(copy) = copy.filter(|_| base.source == BaseSource::Mirror) {
                base.table_count = Some(tables_of(copy));
                base.record_count = Some(records_of(copy));
            }
        }
        bases.extend(offered);
        bases.sort_by(|one, two| one.name.cmp(&two.name));
        Ok(bases)
    }

    async fn base_schema(&self, actor: &Actor, base: &str) -> BaseResult<BaseSchema> {
        if let Some(offer) = self.offered(actor, base, Permission::SchemaRead).await? {
            return self.remote_schema(actor, &offer).await;
        }
        let open = self.open(actor, base, Permission::SchemaRead).await?;
        Ok(schema_of(&open.state().base))
    }

    async fn list_records(
        &self,
        actor: &Actor,
        base: &str,
        table: &str,
        query: ListRecords,
    ) -> BaseResult<RecordPage> {
        if let Some(offer) = self.listed_at(actor, base, &query).await? {
            return self.remote_list(actor, &offer, table, &query).await;
        }
        let (state, snapshot) = self.listed(actor, base, table, &query).await?;
        let (page, _) = self.list(state, snapshot, &query).await?;
        Ok(page)
    }

    async fn get_record(
        &self,
        actor: &Actor,
        base: &str,
        table: &str,
        record: &str,
        read: ReadOptions,
    ) -> BaseResult<RenderedRecord> {
        if let Some(offer) = self.offered(actor, base, Permission::RecordsRead).await? {
            let named = (table, record);
            return self.remote_record(actor, &offer, named, &read).await;
        }
        let open = self.open(actor, base, Permission::RecordsRead).await?;
        let linked = read.cell_format != Default::default();
        let (mut state, mut snapshot) = self.table(&open, table, linked).await?;
        let id = parse_record_id(record).map_err(|_| not_found())?;
        if !snapshot.rows.contains(&id) {
            // A record of another table of the base is found all the same, as Airtable does.
            let holder = self.holder(&state, id).await?.ok_or_else(not_found)?;
            (state, snapshot) = self.table(&open, &holder.to_string(), linked).await?;
        }
        let row = snapshot.rows.get(&id).ok_or_else(not_found)?;
        let projection = Projection::new(&snapshot.table, &read)?;
        let mut record = projection.render(&state, &snapshot.table, row);
        if read.comment_count {
            let table = (state.base.id, snapshot.table.id);
            let record = std::slice::from_mut(&mut record);
            self.add_comment_counts(actor.tenant, table, record).await?;
        }
        Ok(record)
    }

    async fn search_records(
        &self,
        actor: &Actor,
        base: &str,
        table: &str,
        search: SearchRecords,
    ) -> BaseResult<RecordPage> {
        if let Some(offer) = self.offered(actor, base, Permission::RecordsRead).await? {
            return self.remote_search(actor, &offer, table, &search).await;
        }
        let open = self.open(actor, base, Permission::RecordsRead).await?;
        let (state, snapshot) = self.table(&open, table, true).await?;
        query::search(&state, &snapshot, &search)
    }

    async fn analyze_base(&self, actor: &Actor, base: &str) -> BaseResult<Arc<BaseAnalysis>> {
        self.analysis(actor, base).await
    }

    async fn count_records(&self, actor: &Actor, base: &str, table: &str) -> BaseResult<u64> {
        if let Some(offer) = self.offered(actor, base, Permission::RecordsRead).await? {
            return self.remote_count(actor, &offer, table).await;
        }
        let open = self.open(actor, base, Permission::RecordsRead).await?;
        let state = open.state();
        let table = state.base.find_table(table).ok_or_else(not_found)?;
        Ok(state.counters.records.get(&table.id).copied().unwrap_or(0))
    }

    async fn query_sql(&self, actor: &Actor, base: &str, query: QuerySql) -> BaseResult<SqlAnswer> {
        self.sql(actor, base, query).await
    }
}

impl Airtable {
    /// The table that a record lies in, asked of the database, so that no table is loaded in vain.
    pub(super) async fn holder(
        &self,
        state: &State,
        record: RecordId,
    ) -> BaseResult<Option<TableId>> {
        let base = &state.base;
        let tx = self.platform.db.read(base.tenant).await;
        let tx = tx.map_err(BaseError::database)?;
        let tables = base.tables.iter().map(|table| table.id);
        let found = store::table_of(&tx, base.id, tables, record).await;
        found.map_err(BaseError::database)
    }

    /// A page of records as `write` puts it on the wire; what is asked again is answered with the same bytes.
    pub(super) async fn page(
        &self,
        actor: &Actor,
        base: &str,
        table: &str,
        query: &ListRecords,
        write: impl FnOnce(&RecordPage) -> Bytes,
    ) -> BaseResult<Bytes> {
        // What is asked of Airtable without a view never comes here.
        if query.view.is_some()
            && let Some(offer) = self.listed_at(actor, base, query).await?
        {
            let page = self.remote_list(actor, &offer, table, query).await?;
            return Ok(write(&page));
        }
        let (state, snapshot) = self.listed(actor, base, table, query).await?;
        if let Some(page) = snapshot.page(query) {
            return Ok(page);
        }
        let (page, is_own) = self.list(state, snapshot.clone(), query).await?;
        let page = write(&page);
        if is_own {
            snapshot.keep_page(query, &page);
        }
        Ok(page)
    }

    /// A page of records, with numbers of comments where asked for, and whether it is the same as long as the table is;
    /// a formula is evaluated where it holds up no other request.
    async fn list(
        &self,
        state: Arc<State>,
        snapshot: Arc<TableSnapshot>,
        query: &ListRecords,
    ) -> BaseResult<(RecordPage, bool)> {
        let (tenant, table) = (state.base.tenant, (state.base.id, snapshot.table.id));
        let (mut page, is_own) = self.evaluated(state, snapshot, query).await?;
        if query.read.comment_count {
            let records = &mut page.records;
            self.add_comment_counts(tenant, table, records).await?;
        }
        Ok((page, is_own))
    }

    async fn evaluated(
        &self,
        state: Arc<State>,
        snapshot: Arc<TableSnapshot>,
        query: &ListRecords,
    ) -> BaseResult<(RecordPage, bool)> {
        let (iterators, programs, now) = (&self.iterators, &self.programs, self.now());
        let view = named_view(&snapshot.table, query.view.as_deref());
        if !has_filter(view, query) {
            return query::list(&state, &snapshot, (iterators, programs), query, now);
        }
        let (iterators, programs, query) = (iterators.clone(), programs.clone(), query.clone());
        let work = move || query::list(&state, &snapshot, (&iterators, &programs), &query, now);
        let done = tokio::task::spawn_blocking(work).await;
        done.map_err(BaseError::internal)?
    }

    async fn listed(
        &self,
        actor: &Actor,
        base: &str,
        table: &str,
        query: &ListRecords,
    ) -> BaseResult<(Arc<State>, Arc<TableSnapshot>)> {
        let open = self.open(actor, base, Permission::RecordsRead).await?;
        let state = open.state();
        let definition = state.base.find_table(table);
        let view = definition.and_then(|table| named_view(table, query.view.as_deref()));
        let linked = !query.sort.is_empty()
            || has_filter(view, query)
            || view.is_some_and(|view| !view.sort.is_empty())
            || query.read.cell_format != Default::default();
        self.table(&open, table, linked).await
    }

    /// The schema of a base, its record counts and the actor's role.
    pub(super) async fn describe(&self, actor: &Actor, base: &str) -> BaseResult<Description> {
        let open = self.open(actor, base, Permission::SchemaRead).await?;
        let state = open.state();
        let count = |id: TableId| (id, state.counters.records.get(&id).copied().unwrap_or(0));
        let counts = state
            .base
            .tables
            .iter()
            .map(|table| count(table.id))
            .collect();
        let mirror = Box::pin(self.mirrored(actor, base, Permission::SchemaRead)).await?;
        let (level, source) = match &mirror {
            Some(mirror) => (mirror.offer.permission_level(open.role), BaseSource::Mirror),
            None => (open.role.permission_level(), BaseSource::Local),
        };
        Ok(Description {
            schema: schema_of(&state.base),
            counts,
            level,
            source,
        })
    }

    /// A window into a table by row number; a formula is evaluated where it holds up no other request.
    pub(super) async fn rows(
        &self,
        actor: &Actor,
        base: &str,
        table: &str,
        window: Window,
    ) -> BaseResult<Rows> {
        let open = self.open(actor, base, Permission::RecordsRead).await?;
        let (state, snapshot) = self.table(&open, table, true).await.map_err(|mut error| {
            if error.kind == BaseErrorKind::NotFoundOrForbidden {
                error.kind = BaseErrorKind::NotFound;
            }
            error
        })?;
        let (programs, now) = (self.programs.clone(), self.now());
        let view = named_view(&snapshot.table, window.view.as_deref());
        let view_filters = view.is_some_and(|view| view.filter.is_some());
        let has_filter = window.filter.is_some() || view_filters;
        let work = move || query::rows(&state, &snapshot, &programs, &window, now);
        let page = match has_filter {
            true => tokio::task::spawn_blocking(work).await,
            false => Ok(work()),
        };
        let RowsPage {
            total,
            records,
            names,
        } = page.map_err(BaseError::internal)??;
        Ok(Rows {
            total,
            records,
            names,
        })
    }

    /// The names of the records that these link to, for somebody who has just written them.
    pub(super) async fn linked_names(
        &self,
        actor: &Actor,
        base: &str,
        table: &str,
        records: &[RenderedRecord],
    ) -> BaseResult<Vec<(RecordId, String)>> {
        let open = self.open(actor, base, Permission::RecordsWrite).await?;
        let (state, snapshot) = self.table(&open, table, true).await?;
        let rows = records
            .iter()
            .filter_map(|record| snapshot.rows.get(&record.id));
        Ok(query::names(&state, &snapshot.table, rows))
    }
}

fn named_view<'t>(table: &'t Table, name: Option<&str>) -> Option<&'t View> {
    name.and_then(|name| table.find_view(name))
}

fn has_filter(view: Option<&View>, query: &ListRecords) -> bool {
    query.filter_by_formula.is_some() || view.is_some_and(|view| view.filter.is_some())
}

/// A base's schema as the metadata API shows it, with the shown fields of its views.
pub(super) fn schema_of(base: &Arc<super::schema::Base>) -> BaseSchema {
    BaseSchema {
        id: base.id,
        name: base.name.clone(),
        workspace_id: base.workspace,
        tables: base.tables.iter().map(|table| table.to_schema()).collect(),
    }
}
