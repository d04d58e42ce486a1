use crate::airtable::Airtable;
use crate::contracts::{Actor, BaseError, BaseResult, ConnectionChange, ConnectionChanged};
use crate::platform::db::TenantTx;
use crate::platform::events::{NewEvent, append};
use crate::platform::ids::{BaseId, ConnectionId};

impl Airtable {
    /// Says in the same transaction what was done to a connection, and counts it.
    pub(in crate::airtable) async fn announce_connection(
        &self,
        tx: &TenantTx,
        actor: &Actor,
        (connection, base): (ConnectionId, Option<BaseId>),
        change: ConnectionChange,
    ) -> BaseResult<()> {
        let payload = ConnectionChanged {
            connection,
            base,
            change,
            by: actor.user,
        };
        let payload = serde_json::to_value(payload).map_err(BaseError::internal)?;
        let change = payload["change"].as_str().unwrap_or_default().to_owned();
        metrics::counter!("airtable_connections_total", "change" => change).increment(1);
        let event = NewEvent {
            aggregate_type: "connection",
            aggregate_id: connection.to_string(),
            event_type: ConnectionChanged::TYPE,
            payload,
            occurred_at: self.now(),
        };
        let appended = append(tx, event).await;
        appended.map(drop).map_err(BaseError::database)
    }
}
