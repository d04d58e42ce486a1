use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Engine;
use super::error::problem;
use crate::airtable::service_read::Description;
use crate::contracts::{Actor, BaseSource, BaseSummary, CreateTable, TableSchema};
use crate::platform::ids::{BaseId, WorkspaceId};
use crate::platform::problem::Problem;

/// A base to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateBaseRequest {
    /// The workspace it shall lie in.
    pub(super) workspace_id: WorkspaceId,
    /// Its name.
    #[schema(min_length = 1, max_length = 255)]
    pub(super) name: String,
    /// Its tables; at least one.
    #[schema(min_items = 1)]
    pub(super) tables: Vec<CreateTable>,
}

/// A change to a base.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UpdateBase {
    /// Its new name.
    #[schema(min_length = 1, max_length = 255)]
    pub(super) name: String,
}

/// Where a base shall lie.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Place {
    /// The workspace.
    pub(super) workspace_id: WorkspaceId,
}

/// The bases a caller can read.
#[derive(Serialize, ToSchema)]
pub(super) struct BaseList {
    /// By name.
    pub(super) items: Vec<BaseSummary>,
    /// Always null: all bases come at once.
    pub(super) next_cursor: Option<String>,
}

/// A table with the number of its records.
#[derive(Serialize, ToSchema)]
pub(super) struct TableResponse {
    #[serde(flatten)]
    table: TableSchema,
    /// How many records it has.
    record_count: u64,
}

/// A base with its tables.
#[derive(Serialize, ToSchema)]
pub(super) struct BaseResponse {
    id: BaseId,
    /// Its name.
    name: String,
    /// The workspace it lies in.
    workspace_id: WorkspaceId,
    /// `read`, `edit` or `create`: what the caller may do.
    permission_level: String,
    /// Where it lies.
    source: BaseSource,
    /// Its tables in order.
    tables: Vec<TableResponse>,
}

impl BaseResponse {
    /// The base as the actor may see it.
    pub(super) async fn load(engine: &Engine, actor: &Actor, base: &str) -> Result<Self, Problem> {
        let described = engine.describe(actor, base).await.map_err(problem)?;
        let Description {
            schema,
            counts,
            level,
            source,
        } = described;
        let count = |table: &TableSchema| {
            counts
                .iter()
                .find(|(id, _)| *id == table.id)
                .map_or(0, |(_, count)| *count)
        };
        let tables = schema.tables.into_iter().map(|table| {
            let record_count = count(&table);
            TableResponse {
                table,
                record_count,
            }
        });
        Ok(Self {
            id: schema.id,
            name: schema.name,
            workspace_id: schema.workspace_id,
            permission_level: level.to_owned(),
            source,
            tables: tables.collect(),
        })
    }
}
