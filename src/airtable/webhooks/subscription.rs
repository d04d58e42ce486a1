use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use sea_orm::DbErr;
use serde_json::json;

use super::super::service::Airtable;
use crate::contracts::RecordsChanged;
use crate::platform::clock::Millis;
use crate::platform::db::TenantTx;
use crate::platform::events::{self, Event, EventHandler, HandlerError, NewEvent, Subscription};
use crate::platform::ids::{BaseId, TenantId};

/// A base got a webhook; aggregate `base`.
const WEBHOOK_CREATED: &str = "webhook.created";

/// Announces a new webhook.
pub(in crate::airtable) async fn announce(
    tx: &TenantTx,
    base: BaseId,
    now: Millis,
) -> Result<(), DbErr> {
    let event = NewEvent {
        aggregate_type: "base",
        aggregate_id: base.to_string(),
        event_type: WEBHOOK_CREATED,
        payload: json!({"base": base}),
        occurred_at: now,
    };
    events::append(tx, event).await.map(drop)
}

/// Makes payloads when records or definitions have changed.
pub(in crate::airtable) struct Changes {
    engine: Arc<Airtable>,
    /// Bases without a webhook, up to the place in the log.
    quiet: Mutex<HashSet<(TenantId, String)>>,
}

impl Changes {
    /// The subscription `airtable.webhooks`.
    pub(in crate::airtable) fn subscription(engine: Arc<Airtable>) -> Subscription {
        Subscription {
            name: "airtable.webhooks",
            event_types: &[RecordsChanged::TYPE, WEBHOOK_CREATED],
            handler: Arc::new(Self {
                engine,
                quiet: Mutex::default(),
            }),
        }
    }

    fn with_quiet<T>(&self, with: impl FnOnce(&mut HashSet<(TenantId, String)>) -> T) -> T {
        with(&mut self.quiet.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl EventHandler for Changes {
    async fn handle(&self, event: &Event) -> Result<(), HandlerError> {
        let key = (event.tenant, event.aggregate_id.clone());
        if event.event_type == WEBHOOK_CREATED {
            self.with_quiet(|quiet| quiet.remove(&key));
            return Ok(());
        }
        let base = event.aggregate_id.parse()?;
        if !self.engine.make_payloads(event.tenant, base).await? {
            self.with_quiet(|quiet| quiet.insert(key));
        }
        Ok(())
    }

    fn skips(&self, event: &Event) -> bool {
        let key = (event.tenant, event.aggregate_id.clone());
        event.event_type != WEBHOOK_CREATED && self.with_quiet(|quiet| quiet.contains(&key))
    }

    fn begin(&self) {
        self.with_quiet(HashSet::clear);
    }
}
