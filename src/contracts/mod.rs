//! What contexts offer one another: traits, request and answer types, domain events. No I/O.

mod access;
mod base_error;
mod bases;
mod caller;
mod context;
pub mod cookies;
mod events;
mod identity;
mod schema;
mod toolbox;

pub use access::{Actor, Credential, Denied, Permission, Role, Scope, ScopeSet, TenantRole};
pub use base_error::{BaseError, BaseErrorKind, BaseResult};
pub use bases::{
    BaseAdmin, BaseSummary, BaseWriter, Bases, CellFormat, CreateRecords, FieldValues, ListRecords,
    ReadOptions, RecordPage, RecordUpdate, RenderedRecord, SearchRecords, SortDirection, SortKey,
    UpdateRecords, UpsertRecords, Upserted,
};
pub use caller::{Caller, CallerState, ClientAddress};
pub use context::{Context, HealthCheck, HealthStatus, Services};
pub use events::{InstanceSetUp, RecordsChanged};
pub use identity::{AuthError, Authenticator, Directory, Person, WorkspaceRef};
pub use schema::{
    BaseSchema, CreateBase, CreateField, CreateTable, FieldSchema, TableSchema, UpdateField,
    UpdateTable, ViewSchema,
};
pub use toolbox::{ToolBox, ToolCall, ToolDescriptor, ToolOutcome};
