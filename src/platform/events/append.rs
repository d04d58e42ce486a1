use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};
use serde_json::{Value, json};

use crate::platform::clock::Millis;
use crate::platform::db::TenantTx;
use crate::platform::ids::EventId;

/// An event about to be announced.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// Kind of thing it is about, such as `base`.
    pub aggregate_type: &'static str,
    /// Which one.
    pub aggregate_id: String,
    /// Dotted name, such as `records.changed`.
    pub event_type: &'static str,
    /// The facts.
    pub payload: Value,
    /// When.
    pub occurred_at: Millis,
}

/// The statement that appends the members of a JSON list, which name all of their values but the tenant.
pub(in crate::platform) fn append_each(backend: DbBackend, tenant: &str, list: &str) -> String {
    // On SQLite the one writer makes order of insertion and order of commit the same, so the place is known at once;
    // on PostgreSQL it is given out after the commit.
    let (column, place) = match backend {
        DbBackend::Postgres => ("", ""),
        _ => (
            ", position",
            ", (SELECT COALESCE(MAX(position), 0) FROM event_log) + key + 1",
        ),
    };
    format!(
        "INSERT INTO event_log (tenant_id, id, aggregate_type, aggregate_id, event_type, payload, occurred_at{column}) \
         SELECT {tenant}, value->>'id', value->>'aggregate_type', value->>'aggregate_id', value->>'event_type', \
           value->>'payload', CAST(value->>'occurred_at' AS bigint){place} FROM {list}"
    )
}

/// Announces an event in the caller's own transaction.
pub async fn append(tx: &TenantTx, event: NewEvent) -> Result<EventId, DbErr> {
    let (id, backend) = (EventId::fresh(), tx.conn().get_database_backend());
    let list = match backend {
        DbBackend::Postgres => "json_array_elements($2::json)",
        _ => "json_each($2)",
    };
    let row = json!([{
        "id": id,
        "aggregate_type": event.aggregate_type,
        "aggregate_id": event.aggregate_id,
        "event_type": event.event_type,
        "payload": event.payload,
        "occurred_at": event.occurred_at,
    }]);
    let sql = append_each(backend, "$1", list);
    let values = [tx.tenant().to_string(), row.to_string()].map(Into::into);
    let insert = Statement::from_sql_and_values(backend, sql, values);
    tx.conn().execute_raw(insert).await?;
    Ok(id)
}
