use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::platform::ids::{BaseId, FieldId, TableId, ViewId, WorkspaceId};

/// A base with its tables, as the metadata API shows them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BaseSchema {
    /// The base.
    pub id: BaseId,
    /// Its name.
    pub name: String,
    /// The workspace it lies in.
    pub workspace_id: WorkspaceId,
    /// Its tables in order.
    pub tables: Vec<TableSchema>,
}

/// A table, as the metadata API shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TableSchema {
    /// The table.
    pub id: TableId,
    /// Its name, unique in the base without regard to case.
    pub name: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The field that names a record.
    pub primary_field_id: FieldId,
    /// Its fields in order.
    pub fields: Vec<FieldSchema>,
    /// Its views in order.
    #[serde(default)]
    pub views: Vec<ViewSchema>,
}

/// A field, as the metadata API shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FieldSchema {
    /// The field.
    pub id: FieldId,
    /// Its name, unique in the table without regard to case.
    pub name: String,
    /// Airtable's name of the type.
    #[serde(rename = "type")]
    pub field_type: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The options of the type; absent for types without any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub options: Option<Value>,
}

/// A view, as the metadata API shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ViewSchema {
    /// The view.
    pub id: ViewId,
    /// Its name.
    pub name: String,
    /// `grid`, `form`, `calendar`, `gallery`, `kanban`, `timeline`, `block` or `list`.
    #[serde(rename = "type")]
    pub view_type: String,
    /// The person a personal view belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub personal_for_user_id: Option<String>,
    /// The shown fields in order; only when asked for, and only of grid views.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visible_field_ids: Option<Vec<FieldId>>,
}

/// A base to be made.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CreateBase {
    /// The workspace it shall lie in.
    pub workspace_id: WorkspaceId,
    /// Its name.
    pub name: String,
    /// Its tables; at least one.
    pub tables: Vec<CreateTable>,
}

/// A table to be made.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateTable {
    /// Its name.
    pub name: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its fields; the first becomes the primary field.
    pub fields: Vec<CreateField>,
}

/// A field to be made.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateField {
    /// Its name.
    pub name: String,
    /// Airtable's name of the type.
    #[serde(rename = "type")]
    pub field_type: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The options of the type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub options: Option<Value>,
}

/// A change to a table; at least one member is set.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateTable {
    /// The new name.
    #[serde(default)]
    pub name: Option<String>,
    /// The new description; an empty one removes it.
    #[serde(default)]
    pub description: Option<String>,
}

/// A change to a field; at least one member is set.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateField {
    /// The new name.
    #[serde(default)]
    pub name: Option<String>,
    /// The new description; an empty one removes it.
    #[serde(default)]
    pub description: Option<String>,
    /// New options, where the type lets them change (choices of selects, precision, formats).
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub options: Option<Value>,
    /// What becomes of choices that are not among the new ones; no client of `/v0` can say so.
    #[serde(skip)]
    pub removal: ChoiceRemoval,
}

/// What becomes of choices of a select that are left out of its new ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChoiceRemoval {
    /// They cannot be left out.
    #[default]
    Refused,
    /// They go where no record has them.
    IfUnused,
    /// They go, and are taken out of the records that have them.
    FromCells,
}
