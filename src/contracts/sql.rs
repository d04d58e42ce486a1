use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// One SQL statement that reads a base.
#[derive(Clone, Debug, Default)]
pub struct QuerySql {
    /// The statement.
    pub sql: String,
    /// Values for its parameters, in order.
    pub params: Vec<Value>,
    /// Rows wanted at most; the instance has its own limit below which this may lie.
    pub max_rows: Option<usize>,
    /// Bytes of rows wanted at most, likewise.
    pub max_bytes: Option<usize>,
}

/// Why an answer ends before the last row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum SqlCut {
    /// It has as many rows as it may have.
    Rows,
    /// It is as large as it may be.
    Bytes,
}

/// What a statement answers.
#[derive(Clone, Debug)]
pub struct SqlAnswer {
    /// Names of the columns; the same may be there twice.
    pub columns: Vec<String>,
    /// The rows, each a JSON array with a value a column.
    pub rows: Vec<String>,
    /// Why there are no more; `None` when these are all.
    pub cut: Option<SqlCut>,
    /// How long it took, waiting and loading included.
    pub elapsed: Duration,
}

/// A column as a statement names it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SqlColumn {
    /// Its name.
    pub name: String,
    /// `INTEGER`, `REAL`, `NUMERIC`, `TEXT`, or nothing where values of several types may lie.
    #[serde(rename = "type")]
    pub column_type: String,
}

/// A table as a statement names it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SqlTable {
    /// Its name.
    pub name: String,
    /// Whether it holds the links of one field instead of records.
    pub is_link_table: bool,
    /// Its columns.
    pub columns: Vec<SqlColumn>,
}
