//! What contexts offer one another: traits, request and answer types, domain events. No I/O.

mod access;
mod analysis;
mod approvals;
mod base_error;
mod bases;
mod caller;
mod calls;
mod changes;
mod comments;
mod context;
pub mod cookies;
mod events;
mod identity;
mod rehearsal;
mod schema;
mod sql;
mod toolbox;
mod transactions;
mod workspaces;

pub use access::{Actor, Credential, Denied, Permission, Role, Scope, ScopeSet, TenantRole};
pub use analysis::{
    BaseAnalysis, Cardinality, ComputedField, Evidence, FieldAnalysis, Finding, FindingCategory,
    FindingSeverity, Relationship, TableAnalysis,
};
pub use approvals::{
    Answered, Approval, ApprovalState, Approvals, Asked, Asking, PlannedTable, ShownPlan,
};
pub use base_error::{BaseError, BaseErrorKind, BaseResult, RefusedRecords};
pub use bases::{
    BaseAdmin, BaseCopy, BaseSource, BaseSummary, BaseWriter, Bases, CellFormat, CopyBase,
    CreateRecords, FieldValues, ListRecords, ReadOptions, RecordPage, RecordUpdate, RenderedRecord,
    SearchRecords, SortDirection, SortKey, UpdateRecords, UpsertRecords, Upserted,
};
pub use caller::{Caller, CallerState, ClientAddress, RequestChange};
pub use calls::{CallEnd, CallRef, Calls, CallsSlot, DoneBefore, KnownCall};
pub use changes::{
    BaseHistory, ChangeSet, ChangesPage, Conflict, Effect, Fence, FieldChange, Journal, Origin,
    ReadChanges, RecordChange, RecordChangeKind, Revert, RevertOutcome, RevertedRecord, SeqRanges,
    SharedJournal, TableEffect, WriteContext,
};
pub use comments::{
    Comment, CommentAuthor, CommentPage, CommentedRecord, Comments, CreateComment, Emoji,
    ListComments, Mention, ReactingUser, Reaction, UpdateComment,
};
pub use context::{Context, HealthCheck, HealthStatus, Services};
pub use events::{
    CommentChange, CommentChanged, ConnectionChange, ConnectionChanged, ImagesErased,
    InstanceSetUp, RecordsChanged,
};
pub use identity::{AuthError, Authenticator, Directory, Person, WorkspaceRef};
pub use rehearsal::{Plan, Rehearsal};
pub use schema::{
    BaseSchema, ChoiceRemoval, CreateBase, CreateField, CreateTable, CreateView, FieldSchema,
    TableSchema, UpdateField, UpdateTable, UpdateView, ViewSchema,
};
pub use sql::{QuerySql, SqlAnswer, SqlColumn, SqlCut, SqlTable};
pub use toolbox::{ToolBox, ToolBoxSlot, ToolCall, ToolDescriptor, ToolOutcome};
pub use transactions::{
    BaseEffect, ChangeSetPage, ChangeSetState, ChangeSetSummary, ListChangeSets, RecordChangePage,
    Transactions, UndoFailure, UndoReport, UndoRequest, UndoTotals,
};
pub use workspaces::{AddedMember, NewMember, WorkspaceError, Workspaces};
