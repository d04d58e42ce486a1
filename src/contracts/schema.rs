use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::bases::SortKey;
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
    /// A formula that holds for the records of the view, with fields by id; not told at `/v0`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// Why the filter cannot be applied, so that reading the view fails; not told at `/v0`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter_error: Option<String>,
    /// Sort keys, first the strongest, with fields by id; not told at `/v0`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sort: Vec<SortKey>,
    /// The fields that are not shown; not told at `/v0`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hidden_field_ids: Vec<FieldId>,
    /// The order of the fields, hidden ones included; those not named follow. Not told at `/v0`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub field_order: Vec<FieldId>,
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

/// A view to be made.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateView {
    /// Its name, unique in the table without regard to case.
    #[schema(min_length = 1, max_length = 255)]
    pub name: String,
    /// Only `grid`.
    #[serde(rename = "type", default = "grid")]
    pub view_type: String,
    /// A formula that holds for the records of the view; an empty one is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// Sort keys, first the strongest.
    #[serde(default)]
    pub sort: Vec<SortKey>,
    /// The fields that are not shown, by id or name; never the primary field.
    #[serde(default)]
    pub hidden_field_ids: Vec<String>,
    /// The order of the fields, by id or name; those not named follow.
    #[serde(default)]
    pub field_order: Vec<String>,
}

/// A change to a view; at least one member is set.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateView {
    /// The new name.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 255)]
    pub name: Option<String>,
    /// The new filter; an empty one removes it.
    #[serde(default)]
    pub filter: Option<String>,
    /// The new sort keys, all of them.
    #[serde(default)]
    pub sort: Option<Vec<SortKey>>,
    /// The fields that are not shown from now on, all of them.
    #[serde(default)]
    pub hidden_field_ids: Option<Vec<String>>,
    /// The new order of the fields.
    #[serde(default)]
    pub field_order: Option<Vec<String>>,
}

impl UpdateView {
    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.name.is_none()
            && self.filter.is_none()
            && self.sort.is_none()
            && self.hidden_field_ids.is_none()
            && self.field_order.is_none()
    }
}

fn grid() -> String {
    "grid".to_owned()
}
