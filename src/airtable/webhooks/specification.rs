use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::contracts::Origin;
use crate::platform::ids::FieldId;

/// What a webhook watches and what its payloads hold, as its author wrote it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WebhookSpecification)]
pub(in crate::airtable) struct Specification {
    pub(in crate::airtable) options: Options,
}

/// The two halves of a specification.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WebhookOptions)]
pub(in crate::airtable) struct Options {
    pub(in crate::airtable) filters: Filters,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(in crate::airtable) includes: Option<Includes>,
}

/// Which changes make a payload; what is left out, or empty, restricts nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = WebhookFilters)]
pub(in crate::airtable) struct Filters {
    /// At least one.
    pub(in crate::airtable) data_types: Vec<DataType>,
    /// A table or a view.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(in crate::airtable) record_change_scope: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(in crate::airtable) change_types: Option<Vec<ChangeType>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(in crate::airtable) from_sources: Option<Vec<Source>>,
    /// Narrows submissions of forms, of which this server has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(in crate::airtable) source_options: Option<SourceOptions>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(in crate::airtable) watch_data_in_field_ids: Option<Vec<FieldId>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(in crate::airtable) watch_schemas_of_field_ids: Option<Vec<FieldId>>,
}

/// What payloads hold beside the changes themselves.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = WebhookIncludes)]
pub(in crate::airtable) struct Includes {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(in crate::airtable) include_cell_values_in_field_ids: Option<IncludedFields>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(in crate::airtable) include_previous_cell_values: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(in crate::airtable) include_previous_field_definitions: Option<bool>,
}

/// Fields by id, or `all`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(as = WebhookIncludedFields)]
pub(in crate::airtable) enum IncludedFields {
    All(AllFields),
    These(Vec<FieldId>),
}

/// The word for every field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WebhookAllFields)]
pub(in crate::airtable) enum AllFields {
    All,
}

/// Kinds of things that change.
#[expect(clippy::enum_variant_names, reason = "Airtable's own words")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WebhookDataType)]
pub(in crate::airtable) enum DataType {
    TableData,
    TableFields,
    TableMetadata,
}

/// Ways to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WebhookChangeType)]
pub(in crate::airtable) enum ChangeType {
    Add,
    Remove,
    Update,
}

/// Where changes come from, in Airtable's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WebhookSource)]
pub(in crate::airtable) enum Source {
    Client,
    PublicApi,
    FormSubmission,
    FormPageSubmission,
    Automation,
    System,
    Sync,
    AnonymousUser,
    Unknown,
}

impl Source {
    /// Assistants and MCP clients come with a key like any program, and who undoes sits before the web UI.
    pub(in crate::airtable) fn of(origin: Option<Origin>) -> Self {
        match origin {
            Some(Origin::Api | Origin::Tool) => Self::PublicApi,
            Some(Origin::App | Origin::Undo) => Self::Client,
            Some(Origin::Saga) => Self::Automation,
            Some(Origin::System) => Self::System,
            None => Self::Unknown,
        }
    }
}

/// Which forms count.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = WebhookSourceOptions)]
pub(in crate::airtable) struct SourceOptions {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(in crate::airtable) form_submission: Option<FormView>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(in crate::airtable) form_page_submission: Option<FormPage>,
}

/// A form view.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = WebhookFormView)]
pub(in crate::airtable) struct FormView {
    pub(in crate::airtable) view_id: String,
}

/// A form page of an interface.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = WebhookFormPage)]
pub(in crate::airtable) struct FormPage {
    pub(in crate::airtable) page_id: String,
}
