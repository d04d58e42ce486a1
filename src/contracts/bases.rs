use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::access::Actor;
use super::analysis::BaseAnalysis;
use super::base_error::BaseResult;
use super::changes::WriteContext;
use super::schema::{
    BaseSchema, CreateBase, CreateField, CreateTable, FieldSchema, TableSchema, UpdateField,
    UpdateTable,
};
use super::sql::{QuerySql, SqlAnswer};
use crate::platform::ids::{BaseId, RecordId, WorkspaceId};

/// One record as JSON text, ready to be sent: `{"id":…,"createdTime":…,"fields":{…}}`.
#[derive(Clone, Debug)]
pub struct RenderedRecord {
    /// The record.
    pub id: RecordId,
    /// Its JSON.
    pub json: Bytes,
}

/// A page of records.
#[derive(Clone, Debug, Default)]
pub struct RecordPage {
    /// The records in order.
    pub records: Vec<RenderedRecord>,
    /// Where the next page begins; `None` on the last.
    pub offset: Option<String>,
}

/// Cells as a client sends them: by field name or id, mixed freely.
pub type FieldValues = Map<String, Value>;

/// How cells are written in answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CellFormat {
    /// Typed JSON.
    #[default]
    Json,
    /// What a person would read.
    Text,
}

/// Which way a sort key runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum SortDirection {
    /// Smallest first, empty cells first.
    #[default]
    Asc,
    /// Largest first, empty cells last.
    Desc,
}

/// One sort key.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SortKey {
    /// Field name or id.
    pub field: String,
    /// Which way.
    #[serde(default)]
    pub direction: SortDirection,
}

/// How a record is written out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// Only these fields, by name or id; `None` means all.
    pub fields: Option<Vec<String>>,
    /// Cells keyed by field id instead of name.
    pub by_field_id: bool,
    /// Typed or textual cells.
    pub cell_format: CellFormat,
    /// IANA zone for textual times.
    pub time_zone: Option<String>,
    /// Locale for textual values.
    pub user_locale: Option<String>,
    /// With the number of its comments.
    pub comment_count: bool,
}

/// Which records, in which order, from where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListRecords {
    /// How each is written.
    pub read: ReadOptions,
    /// A formula that must hold.
    pub filter_by_formula: Option<String>,
    /// Total over all pages.
    pub max_records: Option<usize>,
    /// Records a page; `None` means 100. Callers inside the process may ask for any number.
    pub page_size: Option<usize>,
    /// Sort keys, first the strongest.
    pub sort: Vec<SortKey>,
    /// View name or id.
    pub view: Option<String>,
    /// The previous page's `offset`.
    pub offset: Option<String>,
}

/// A case-insensitive search for a text in any cell.
#[derive(Clone, Debug, Default)]
pub struct SearchRecords {
    /// The text to find; links match by the name of the linked record.
    pub query: String,
    /// Only in these fields, by name or id; `None` means all.
    pub fields: Option<Vec<String>>,
    /// Records a page.
    pub page_size: usize,
    /// The previous page's `offset`.
    pub offset: Option<String>,
    /// How each record is written.
    pub read: ReadOptions,
}

/// Records to be made, all or none.
#[derive(Clone, Debug, Default)]
pub struct CreateRecords {
    /// One entry a record.
    pub records: Vec<FieldValues>,
    /// Convert strings as well as can be.
    pub typecast: bool,
    /// Answer with cells keyed by field id.
    pub by_field_id: bool,
}

/// New cell values of one record.
#[derive(Clone, Debug)]
pub struct RecordUpdate {
    /// The record id as the client wrote it.
    pub id: String,
    /// The cells.
    pub fields: FieldValues,
}

/// Records to be changed, all or none.
#[derive(Clone, Debug, Default)]
pub struct UpdateRecords {
    /// One entry a record.
    pub records: Vec<RecordUpdate>,
    /// Clear every editable cell that is not named (PUT) instead of leaving it (PATCH).
    pub replace: bool,
    /// Convert strings as well as can be.
    pub typecast: bool,
    /// Answer with cells keyed by field id.
    pub by_field_id: bool,
}

/// Records to be found by key and changed, or made.
#[derive(Clone, Debug, Default)]
pub struct UpsertRecords {
    /// An id (plain update) or none (match by the merge fields).
    pub records: Vec<(Option<String>, FieldValues)>,
    /// One to three fields, by name or id.
    pub fields_to_merge_on: Vec<String>,
    /// As in [`UpdateRecords`].
    pub replace: bool,
    /// Convert strings as well as can be.
    pub typecast: bool,
    /// Answer with cells keyed by field id.
    pub by_field_id: bool,
}

/// What an upsert did.
#[derive(Clone, Debug, Default)]
pub struct Upserted {
    /// The records in the order of the request.
    pub records: Vec<RenderedRecord>,
    /// Ids of those that were made.
    pub created: Vec<RecordId>,
    /// Ids of those that were changed.
    pub updated: Vec<RecordId>,
}

/// Where a base lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum BaseSource {
    /// Here.
    Local,
    /// At Airtable, reached through a connection.
    Airtable,
    /// At Airtable, and copied here, where it is read.
    Mirror,
}

/// A base in a list.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct BaseSummary {
    /// The base.
    pub id: BaseId,
    /// Its name.
    pub name: String,
    /// The workspace it lies in.
    pub workspace_id: WorkspaceId,
    /// `read`, `edit` or `create`: what the caller may do.
    pub permission_level: String,
    /// Where it lies.
    pub source: BaseSource,
    /// Number of tables; null where it lies at Airtable.
    pub table_count: Option<usize>,
    /// Number of records in all tables; null where it lies at Airtable.
    pub record_count: Option<u64>,
}

/// Reading bases; every call checks the actor's rights.
#[async_trait]
pub trait Bases: Send + Sync {
    /// The bases the actor can read, by name.
    async fn list_bases(&self, actor: &Actor) -> BaseResult<Vec<BaseSummary>>;

    /// The schema of a base.
    async fn base_schema(&self, actor: &Actor, base: &str) -> BaseResult<BaseSchema>;

    /// A page of records of a table named by id or name.
    async fn list_records(
        &self,
        actor: &Actor,
        base: &str,
        table: &str,
        query: ListRecords,
    ) -> BaseResult<RecordPage>;

    /// One record.
    async fn get_record(
        &self,
        actor: &Actor,
        base: &str,
        table: &str,
        record: &str,
        read: ReadOptions,
    ) -> BaseResult<RenderedRecord>;

    /// A page of records that hold a text.
    async fn search_records(
        &self,
        actor: &Actor,
        base: &str,
        table: &str,
        search: SearchRecords,
    ) -> BaseResult<RecordPage>;

    /// The number of records of a table.
    async fn count_records(&self, actor: &Actor, base: &str, table: &str) -> BaseResult<u64>;

    /// What one SQL statement over the tables of a base answers; it can only read.
    async fn query_sql(&self, actor: &Actor, base: &str, query: QuerySql) -> BaseResult<SqlAnswer>;

    /// What is worth a look in a base; it looks at every record, and is kept until the base changes.
    async fn analyze_base(&self, actor: &Actor, base: &str) -> BaseResult<Arc<BaseAnalysis>>;
}

/// Writing records; every call checks the actor's rights and is one transaction of any size.
#[async_trait]
pub trait BaseWriter: Send + Sync {
    /// Makes records; answers them in the order of the request.
    async fn create_records(
        &self,
        by: WriteContext<'_>,
        base: &str,
        table: &str,
        request: CreateRecords,
    ) -> BaseResult<Vec<RenderedRecord>>;

    /// Changes records; answers them whole, in the order of the request.
    async fn update_records(
        &self,
        by: WriteContext<'_>,
        base: &str,
        table: &str,
        request: UpdateRecords,
    ) -> BaseResult<Vec<RenderedRecord>>;

    /// Changes or makes records by key.
    async fn upsert_records(
        &self,
        by: WriteContext<'_>,
        base: &str,
        table: &str,
        request: UpsertRecords,
    ) -> BaseResult<Upserted>;

    /// Deletes records, and the links to them.
    async fn delete_records(
        &self,
        by: WriteContext<'_>,
        base: &str,
        table: &str,
        records: Vec<String>,
    ) -> BaseResult<Vec<RecordId>>;
}

/// A base to be copied.
#[derive(Clone, Debug)]
pub struct CopyBase {
    /// The workspace that the copy shall lie in.
    pub workspace: WorkspaceId,
    /// Name of the copy.
    pub name: String,
}

/// A copy of a base.
#[derive(Clone, Debug)]
pub struct BaseCopy {
    /// The copy.
    pub id: BaseId,
    /// Its name.
    pub name: String,
    /// Number of its newest change.
    pub seq: i64,
    /// What was left out or kept as it was.
    pub warnings: Vec<String>,
}

/// Changing bases, tables and fields; every call checks the actor's rights.
#[async_trait]
pub trait BaseAdmin: Send + Sync {
    /// Makes a base.
    async fn create_base(
        &self,
        by: WriteContext<'_>,
        request: CreateBase,
    ) -> BaseResult<BaseSchema>;

    /// Copies a base with its records and links, all under fresh ids; one change makes one copy.
    async fn copy_base(
        &self,
        by: WriteContext<'_>,
        base: &str,
        request: CopyBase,
    ) -> BaseResult<BaseCopy>;

    /// Deletes a base for good, unless it has changed since; false when it has.
    async fn remove_base(
        &self,
        by: WriteContext<'_>,
        base: &str,
        unchanged_since: i64,
    ) -> BaseResult<bool>;

    /// Makes a table with a grid view.
    async fn create_table(
        &self,
        by: WriteContext<'_>,
        base: &str,
        request: CreateTable,
    ) -> BaseResult<TableSchema>;

    /// Renames or describes a table.
    async fn update_table(
        &self,
        by: WriteContext<'_>,
        base: &str,
        table: &str,
        request: UpdateTable,
    ) -> BaseResult<TableSchema>;

    /// Makes a field; a link field also makes its twin in the linked table.
    async fn create_field(
        &self,
        by: WriteContext<'_>,
        base: &str,
        table: &str,
        request: CreateField,
    ) -> BaseResult<FieldSchema>;

    /// Renames, describes or reconfigures a field.
    async fn update_field(
        &self,
        by: WriteContext<'_>,
        base: &str,
        table: &str,
        field: &str,
        request: UpdateField,
    ) -> BaseResult<FieldSchema>;
}
