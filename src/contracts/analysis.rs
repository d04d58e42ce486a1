use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::platform::ids::{BaseId, FieldId, RecordId, TableId};

/// What an analysis found out about a base; it holds no cell of a record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BaseAnalysis {
    /// The base.
    pub base_id: BaseId,
    /// Its name.
    pub base: String,
    /// Up to which entry of the change log its records were looked at.
    pub seq: i64,
    /// Its tables in order.
    pub tables: Vec<TableAnalysis>,
    /// Which tables link to which; a link with its twin is one.
    pub relationships: Vec<Relationship>,
    /// The fields that are computed, with what they are computed from.
    pub computed: Vec<ComputedField>,
    /// What is worth a look, the gravest first.
    pub findings: Vec<Finding>,
    /// How many further findings were left out.
    pub findings_left_out: usize,
}

/// A table in an analysis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TableAnalysis {
    /// The table.
    pub id: TableId,
    /// Its name.
    pub name: String,
    /// How many records it has.
    pub record_count: usize,
    /// How many fields it has of each type.
    pub field_types: BTreeMap<String, usize>,
    /// Its fields in order.
    pub fields: Vec<FieldAnalysis>,
}

/// A field in an analysis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FieldAnalysis {
    /// The field.
    pub id: FieldId,
    /// Its name.
    pub name: String,
    /// Airtable's name of the type.
    #[serde(rename = "type")]
    pub field_type: String,
    /// Records in which it is filled; null for what is computed.
    pub filled: Option<usize>,
    /// Different values, texts without regard to case and outer spaces; null where that says nothing.
    pub distinct: Option<usize>,
}

/// How many records of one table belong to how many of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cardinality {
    /// One to one.
    OneToOne,
    /// One record of the first table, many of the second.
    OneToMany,
    /// Many records of the first table, one of the second.
    ManyToOne,
    /// Many to many.
    ManyToMany,
}

/// A link between two tables.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Relationship {
    /// The table that has the link field.
    pub from_table_id: TableId,
    /// The link field.
    pub from_field_id: FieldId,
    /// Its name.
    pub from_field: String,
    /// The linked table.
    pub to_table_id: TableId,
    /// The twin of the field in the linked table; null for a link without one.
    pub to_field_id: Option<FieldId>,
    /// The twin's name.
    pub to_field: Option<String>,
    /// What the records show, or the fields while there are no links.
    pub cardinality: Cardinality,
    /// What the fields ask for: one record where they prefer a single one.
    pub declared: Cardinality,
    /// Links between records.
    pub link_count: usize,
    /// The most records that one record links to.
    pub most_from: usize,
    /// The most records that link to one record.
    pub most_to: usize,
}

/// A field that is computed from others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ComputedField {
    /// Its table.
    pub table_id: TableId,
    /// The field.
    pub field_id: FieldId,
    /// Its name.
    pub name: String,
    /// Airtable's name of the type.
    #[serde(rename = "type")]
    pub field_type: String,
    /// The fields it is computed from, links that lead there included.
    pub depends_on: Vec<FieldId>,
    /// How many computed fields stand one upon another up to here, itself included; null in a circle.
    pub depth: Option<usize>,
    /// Whether it can be computed at all.
    pub is_valid: bool,
}

/// What a finding is about.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum FindingCategory {
    /// How tables and fields are cut.
    Structure,
    /// What is kept twice, or several things in one place.
    Normalization,
    /// Fields of a type that does not fit their values.
    FieldTypes,
    /// Links between tables.
    Relationships,
    /// What makes a base slow.
    Performance,
    /// Values that are missing, doubled or malformed.
    DataQuality,
    /// Names of tables and fields.
    NamingConventions,
    /// By what records are found again.
    Indexing,
}

/// How much a finding matters.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum FindingSeverity {
    /// Something does not work.
    Error,
    /// It will cost time or mislead.
    Warning,
    /// It could be better.
    Info,
}

/// What is worth a look.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Finding {
    /// Stable code.
    pub code: String,
    /// What it is about.
    pub category: FindingCategory,
    /// How much it matters.
    pub severity: FindingSeverity,
    /// The table; null when it is about the base.
    pub table_id: Option<TableId>,
    /// The table's name.
    pub table: Option<String>,
    /// The fields, where it is about some.
    pub field_ids: Vec<FieldId>,
    /// Their names.
    pub fields: Vec<String>,
    /// What was found, a sentence.
    pub message: String,
    /// What shows it.
    pub evidence: Evidence,
    /// What could be done.
    pub suggestion: String,
}

/// What shows a finding: numbers and some records, never what stands in them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = FindingEvidence)]
pub struct Evidence {
    /// Numbers by name.
    pub numbers: BTreeMap<String, f64>,
    /// Some of the records.
    #[schema(value_type = Vec<String>)]
    pub record_ids: Vec<RecordId>,
}
