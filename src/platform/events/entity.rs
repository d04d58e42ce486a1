use sea_orm::{DbErr, QueryResult};

use super::types::Event;
use crate::platform::ids::ParseIdError;

pub(super) const COLUMNS: [&str; 8] = [
    "id",
    "position",
    "tenant_id",
    "aggregate_type",
    "aggregate_id",
    "event_type",
    "payload",
    "occurred_at",
];

/// Reads a row selected with [`COLUMNS`].
pub(super) fn from_row(row: &QueryResult) -> Result<Event, DbErr> {
    let text = |column: &str| row.try_get::<String>("", column);
    Ok(Event {
        id: text("id")?.parse().map_err(bad_id)?,
        position: row.try_get("", "position")?,
        tenant: text("tenant_id")?.parse().map_err(bad_id)?,
        aggregate_type: text("aggregate_type")?,
        aggregate_id: text("aggregate_id")?,
        event_type: text("event_type")?,
        payload: serde_json::from_str(&text("payload")?)
            .map_err(|error| DbErr::Json(error.to_string()))?,
        occurred_at: row.try_get("", "occurred_at")?,
    })
}

/// A column that should hold an id holds none.
pub(super) fn bad_id(error: ParseIdError) -> DbErr {
    DbErr::Type(error.to_string())
}
