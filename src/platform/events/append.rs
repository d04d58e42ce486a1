use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};
use serde_json::Value;

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

// On SQLite the one writer makes order of insertion and order of commit the same, so the place is known at once;
// on PostgreSQL it is given out after the commit.
const SQLITE: &str = "INSERT INTO event_log (id, tenant_id, aggregate_type, aggregate_id, event_type, payload, occurred_at, position) \
     VALUES (?, ?, ?, ?, ?, ?, ?, (SELECT COALESCE(MAX(position), 0) + 1 FROM event_log))";
const POSTGRES: &str = "INSERT INTO event_log (id, tenant_id, aggregate_type, aggregate_id, event_type, payload, occurred_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7)";

/// Announces an event in the caller's own transaction.
pub async fn append(tx: &TenantTx, event: NewEvent) -> Result<EventId, DbErr> {
    let id = EventId::fresh();
    let backend = tx.conn().get_database_backend();
    let sql = if backend == DbBackend::Postgres {
        POSTGRES
    } else {
        SQLITE
    };
    let values = [
        id.to_string().into(),
        tx.tenant().to_string().into(),
        event.aggregate_type.into(),
        event.aggregate_id.into(),
        event.event_type.into(),
        event.payload.to_string().into(),
        event.occurred_at.into(),
    ];
    tx.conn()
        .execute_raw(Statement::from_sql_and_values(backend, sql, values))
        .await?;
    Ok(id)
}
