use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Value, json};

use super::yes::AlwaysYes;
use crate::contracts::{
    Actor, BaseAnalysis, BaseError, BaseErrorKind, BaseResult, BaseSchema, BaseSource, BaseSummary,
    BaseWriter, Bases, CreateRecords, Credential, Effect, FieldSchema, FieldValues, ListRecords,
    QuerySql, ReadOptions, RecordPage, RenderedRecord, Role, Scope, ScopeSet, SearchRecords,
    Services, SqlAnswer, TableEffect, TableSchema, TenantRole, UpdateRecords, UpsertRecords,
    Upserted, WriteContext,
};
use crate::platform::ids::{
    ApiKeyId, BaseId, FieldId, RecordId, TableId, TenantId, TransactionId, UserId, WorkspaceId,
};

type Rows = Vec<(RecordId, FieldValues)>;

/// One base whose fields accept anything but the value "bad".
pub(in crate::mcp) struct Memory {
    workspace: WorkspaceId,
    pub(in crate::mcp) base: BaseId,
    tables: Mutex<Vec<(TableSchema, Rows)>>,
}

impl Memory {
    pub(in crate::mcp) fn new() -> Arc<Self> {
        Arc::new(Self {
            workspace: WorkspaceId::fresh(),
            base: BaseId::fresh(),
            tables: Mutex::default(),
        })
    }

    /// Adds a table with text fields and these records; answers its id.
    pub(in crate::mcp) fn table(&self, name: &str, fields: &[&str], rows: &[Value]) -> String {
        let fields = fields
            .iter()
            .map(|name| field(name, "singleLineText", None))
            .collect();
        let rows = rows
            .iter()
            .map(|row| (RecordId::fresh(), row.as_object().unwrap().clone()));
        self.add(name, fields, rows.collect())
    }

    pub(super) fn add(&self, name: &str, fields: Vec<FieldSchema>, rows: Rows) -> String {
        let id = TableId::fresh();
        let primary_field_id = fields[0].id;
        let table = TableSchema {
            id,
            name: name.to_owned(),
            description: None,
            primary_field_id,
            fields,
            views: Vec::new(),
        };
        self.tables.lock().unwrap().push((table, rows));
        id.to_string()
    }

    pub(in crate::mcp) fn services(self: &Arc<Self>) -> Services {
        Services {
            bases: Some(self.clone()),
            base_writer: Some(self.clone()),
            base_admin: Some(self.clone()),
            approvals: Some(Arc::new(AlwaysYes)),
            ..Services::default()
        }
    }

    /// Somebody with a key of these scopes and this role.
    pub(in crate::mcp) fn actor(&self, role: Role, scopes: &[Scope]) -> Arc<Actor> {
        Arc::new(Actor {
            tenant: TenantId::fresh(),
            user: UserId::fresh(),
            name: "Ann".into(),
            email: "ann@example.org".into(),
            credential: Credential::ApiKey(ApiKeyId::fresh()),
            scopes: scopes.iter().copied().collect::<ScopeSet>(),
            records_changes: true,
            tenant_role: TenantRole::Member,
            workspaces: [(self.workspace, role)].into(),
        })
    }

    pub(in crate::mcp) fn owner(&self) -> Arc<Actor> {
        self.actor(Role::Owner, &Scope::ALL)
    }

    /// As [`Memory::with`]; a rehearsal works on a copy and tells that it would change something.
    fn write<T>(
        &self,
        by: WriteContext<'_>,
        base: &str,
        table: &str,
        work: impl FnOnce(&mut TableSchema, &mut Rows) -> BaseResult<T>,
    ) -> BaseResult<T> {
        let Some(rehearsal) = by.rehearsal else {
            return self.with(base, table, work);
        };
        let (before, mut schema, mut rows) = self.with(base, table, |schema, rows| {
            Ok((rows.len(), schema.clone(), rows.clone()))
        })?;
        let done = work(&mut schema, &mut rows)?;
        let effect = TableEffect {
            id: schema.id,
            name: schema.name,
            created: rows.len().saturating_sub(before),
            updated: usize::from(rows.len() == before),
            deleted: before.saturating_sub(rows.len()),
        };
        rehearsal.add(self.effect(effect), []);
        Ok(done)
    }

    fn effect(&self, table: TableEffect) -> Effect {
        Effect {
            base: self.base,
            base_name: "Test".to_owned(),
            workspace: self.workspace,
            transaction: TransactionId::fresh(),
            first_seq: 1,
            last_seq: 1,
            tables: vec![table],
            schema: Vec::new(),
            at: 0,
        }
    }

    pub(super) fn with<T>(
        &self,
        base: &str,
        table: &str,
        work: impl FnOnce(&mut TableSchema, &mut Rows) -> BaseResult<T>,
    ) -> BaseResult<T> {
        let mut tables = self.tables.lock().unwrap();
        let known = |entry: &&mut (TableSchema, Rows)| {
            entry.0.id.to_string() == table || entry.0.name == table
        };
        let found = tables
            .iter_mut()
            .find(known)
            .filter(|_| base == self.base.to_string());
        let (schema, rows) = found
            .ok_or_else(|| BaseError::new(BaseErrorKind::NotFoundOrForbidden, "Unknown table"))?;
        work(schema, rows)
    }
}

pub(super) fn field(name: &str, field_type: &str, options: Option<Value>) -> FieldSchema {
    FieldSchema {
        id: FieldId::fresh(),
        name: name.to_owned(),
        field_type: field_type.to_owned(),
        description: None,
        options,
    }
}

fn render((id, fields): &(RecordId, FieldValues)) -> RenderedRecord {
    let json = json!({"id": id, "createdTime": "2026-01-01T00:00:00.000Z", "fields": fields});
    RenderedRecord {
        id: *id,
        json: json.to_string().into(),
    }
}

fn check(schema: &TableSchema, fields: &FieldValues) -> BaseResult<()> {
    for (name, value) in fields {
        if !schema.fields.iter().any(|field| field.name == *name) {
            let message = format!("Unknown field name: \"{name}\"");
            return Err(BaseError::new(BaseErrorKind::UnknownFieldName, message));
        }
        if value == "bad" {
            let message = format!("Field \"{name}\" cannot accept the provided value");
            return Err(BaseError::new(
                BaseErrorKind::InvalidValueForColumn,
                message,
            ));
        }
    }
    Ok(())
}

fn page(found: Vec<RenderedRecord>, size: usize, offset: Option<&str>) -> RecordPage {
    let start = offset.map_or(0, |offset| offset.parse().unwrap());
    let end = found.len().min(start + size);
    let offset = (end < found.len()).then(|| end.to_string());
    RecordPage {
        records: found[start..end].to_vec(),
        offset,
    }
}

#[async_trait]
impl Bases for Memory {
    async fn list_bases(&self, _: &Actor) -> BaseResult<Vec<BaseSummary>> {
        Ok(vec![BaseSummary {
            id: self.base,
            name: "Test".to_owned(),
            workspace_id: self.workspace,
            permission_level: "create".to_owned(),
            source: BaseSource::Local,
            table_count: Some(self.tables.lock().unwrap().len()),
            record_count: Some(0),
        }])
    }

    async fn base_schema(&self, _: &Actor, base: &str) -> BaseResult<BaseSchema> {
        if base != self.base.to_string() {
            return Err(BaseError::new(
                BaseErrorKind::NotFoundOrForbidden,
                "Unknown base",
            ));
        }
        let tables = self
            .tables
            .lock()
            .unwrap()
            .iter()
            .map(|(table, _)| table.clone())
            .collect();
        let (id, workspace_id) = (self.base, self.workspace);
        Ok(BaseSchema {
            id,
            name: "Test".to_owned(),
            workspace_id,
            tables,
        })
    }

    async fn list_records(
        &self,
        _: &Actor,
        base: &str,
        table: &str,
        query: ListRecords,
    ) -> BaseResult<RecordPage> {
        self.with(base, table, |_, rows| {
            let found = rows.iter().map(render).collect();
            Ok(page(
                found,
                query.page_size.unwrap_or(100),
                query.offset.as_deref(),
            ))
        })
    }

    async fn get_record(
        &self,
        _: &Actor,
        base: &str,
        table: &str,
        record: &str,
        _: ReadOptions,
    ) -> BaseResult<RenderedRecord> {
        self.with(base, table, |_, rows| {
            let found = rows.iter().find(|row| row.0.to_string() == record);
            found
                .map(render)
                .ok_or_else(|| BaseError::new(BaseErrorKind::NotFound, "Not found"))
        })
    }

    async fn search_records(
        &self,
        _: &Actor,
        base: &str,
        table: &str,
        search: SearchRecords,
    ) -> BaseResult<RecordPage> {
        self.with(base, table, |_, rows| {
            let hit = |row: &&(RecordId, FieldValues)| {
                json!(row.1)
                    .to_string()
                    .to_lowercase()
                    .contains(&search.query.to_lowercase())
            };
            let found = rows.iter().filter(hit).map(render).collect();
            Ok(page(found, search.page_size, search.offset.as_deref()))
        })
    }

    async fn count_records(&self, _: &Actor, base: &str, table: &str) -> BaseResult<u64> {
        self.with(base, table, |_, rows| Ok(rows.len() as u64))
    }

    /// Answers the names in the table that the statement is the name of.
    async fn query_sql(&self, _: &Actor, base: &str, query: QuerySql) -> BaseResult<SqlAnswer> {
        let rows = self.with(base, &query.sql, |_, rows| Ok(rows.clone()))?;
        let rows = rows.iter().map(|row| json!([row.1["Name"]]).to_string());
        Ok(SqlAnswer {
            columns: vec!["Name".to_owned()],
            rows: rows.collect(),
            cut: None,
            elapsed: Duration::ZERO,
        })
    }

    async fn analyze_base(&self, actor: &Actor, base: &str) -> BaseResult<Arc<BaseAnalysis>> {
        let schema = self.base_schema(actor, base).await?;
        Ok(Arc::new(BaseAnalysis {
            base_id: schema.id,
            base: schema.name,
            seq: 0,
            tables: Vec::new(),
            relationships: Vec::new(),
            computed: Vec::new(),
            findings: Vec::new(),
            findings_left_out: 0,
        }))
    }
}

#[async_trait]
impl BaseWriter for Memory {
    async fn create_records(
        &self,
        by: WriteContext<'_>,
        base: &str,
        table: &str,
        request: CreateRecords,
    ) -> BaseResult<Vec<RenderedRecord>> {
        self.write(by, base, table, |schema, rows| {
            request
                .records
                .iter()
                .try_for_each(|fields| check(schema, fields))?;
            let fresh: Rows = request
                .records
                .into_iter()
                .map(|fields| (RecordId::fresh(), fields))
                .collect();
            rows.extend(fresh.iter().cloned());
            Ok(fresh.iter().map(render).collect())
        })
    }

    async fn update_records(
        &self,
        by: WriteContext<'_>,
        base: &str,
        table: &str,
        request: UpdateRecords,
    ) -> BaseResult<Vec<RenderedRecord>> {
        self.write(by, base, table, |schema, rows| {
            let missing = || BaseError::new(BaseErrorKind::RowDoesNotExist, "No such record");
            for update in &request.records {
                check(schema, &update.fields)?;
                rows.iter()
                    .find(|row| row.0.to_string() == update.id)
                    .ok_or_else(missing)?;
            }
            let mut done = Vec::new();
            for update in request.records {
                let row = rows
                    .iter_mut()
                    .find(|row| row.0.to_string() == update.id)
                    .unwrap();
                row.1.extend(update.fields);
                row.1.retain(|_, value| !value.is_null());
                done.push(render(row));
            }
            Ok(done)
        })
    }

    async fn upsert_records(
        &self,
        _: WriteContext<'_>,
        _: &str,
        _: &str,
        _: UpsertRecords,
    ) -> BaseResult<Upserted> {
        Ok(Upserted::default())
    }

    async fn delete_records(
        &self,
        by: WriteContext<'_>,
        base: &str,
        table: &str,
        records: Vec<String>,
    ) -> BaseResult<Vec<RecordId>> {
        self.write(by, base, table, |_, rows| {
            let (gone, kept): (Rows, Rows) = rows
                .drain(..)
                .partition(|row| records.contains(&row.0.to_string()));
            *rows = kept;
            Ok(gone.into_iter().map(|row| row.0).collect())
        })
    }
}
