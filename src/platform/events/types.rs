use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;

use crate::platform::clock::Millis;
use crate::platform::ids::{EventId, TenantId};

/// A fact that a context announces; written in the same transaction as the change itself.
#[derive(Clone, Debug)]
pub struct Event {
    /// Unique; handlers deduplicate by it.
    pub id: EventId,
    /// Place in the log, rising in the order of commits.
    pub position: i64,
    /// Whose it is.
    pub tenant: TenantId,
    /// Kind of thing it is about, such as `base`.
    pub aggregate_type: String,
    /// Which one.
    pub aggregate_id: String,
    /// Dotted name, such as `records.updated`.
    pub event_type: String,
    /// The facts.
    pub payload: Value,
    /// When.
    pub occurred_at: Millis,
}

/// A handler failed; the event comes again.
pub type HandlerError = Box<dyn std::error::Error + Send + Sync>;

/// Reacts to events; delivery is at least once, so it must be idempotent.
#[async_trait]
pub trait EventHandler: Send + Sync {
    /// Handles one event; an error means it is delivered again.
    async fn handle(&self, event: &Event) -> Result<(), HandlerError>;

    /// Whether an event surely does not concern it; such events pass without costing anything.
    fn skips(&self, _: &Event) -> bool {
        false
    }

    /// The subscription is this instance's from here on: what was learnt from earlier events may no longer hold.
    fn begin(&self) {}
}

/// A durable subscription: a cursor in the log that belongs to one name.
#[derive(Clone)]
pub struct Subscription {
    /// Unique name, such as `airtable.sample_base`; the cursor is kept under it.
    pub name: &'static str,
    /// Event types wanted; empty means all.
    pub event_types: &'static [&'static str],
    /// Who handles them.
    pub handler: Arc<dyn EventHandler>,
}
