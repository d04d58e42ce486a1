use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::json;

use super::service::{NewSaga, RunError, read};
use super::starter::Starter;
use crate::contracts::{InstanceSetUp, Permission, RecordsChanged};
use crate::platform::db::{DbError, TenantTx};
use crate::platform::durable::{Started, StepError};
use crate::platform::events::{self, Event, EventHandler, HandlerError, NewEvent, Subscription};
use crate::platform::ids::TenantId;
use crate::saga::Saga;
use crate::saga::store::{self, DefinitionRow};

/// A version of a definition was saved; aggregate `saga_definition`.
const DEFINITION_SAVED: &str = "saga.definition_saved";

/// Announces a version of a definition.
pub(super) async fn announce(tx: &TenantTx, row: &DefinitionRow) -> Result<(), DbError> {
    let event = NewEvent {
        aggregate_type: "saga_definition",
        aggregate_id: row.name.clone(),
        event_type: DEFINITION_SAVED,
        payload: json!({"name": row.name, "version": row.version}),
        occurred_at: row.saved_at,
    };
    events::append(tx, event).await.map(drop)
}

/// Starts the sagas that wait for an event.
pub(in crate::saga) struct Triggers {
    saga: Saga,
    /// Tenants none of whose definitions waits for events, up to the place in the log.
    quiet: Mutex<HashSet<TenantId>>,
}

impl Triggers {
    /// The subscription `saga.triggers`.
    pub(in crate::saga) fn subscription(saga: Saga) -> Subscription {
        Subscription {
            name: "saga.triggers",
            event_types: &[RecordsChanged::TYPE, InstanceSetUp::TYPE, DEFINITION_SAVED],
            handler: Arc::new(Self {
                saga,
                quiet: Mutex::default(),
            }),
        }
    }

    /// One run for each definition and event, however often the event is delivered.
    async fn start(&self, row: &DefinitionRow, event: &Event) -> Result<(), HandlerError> {
        let starter = Starter::deserialize(&row.saved_by)?;
        let actor = match starter.recall(&self.saga, event.tenant).await {
            Ok(actor)
                if actor
                    .require(row.workspace, Permission::RecordsWrite)
                    .is_ok() =>
            {
                actor
            }
            Ok(_) | Err(StepError::Permanent(_)) => {
                tracing::warn!(definition = row.name, "saga.trigger_refused");
                return Ok(());
            }
            Err(_) => return Err("the rights of who saved the definition cannot be checked".into()),
        };
        let tools = self.saga.tools.get().ok_or("the tools are not there")?;
        let tools = tools.tools(&actor);
        let key = format!("event/{}/{}", row.name, event.id);
        let input = json!({"event": {
            "id": event.id,
            "type": event.event_type,
            "payload": event.payload,
        }});
        let tx = self.saga.platform.db.begin(event.tenant).await?;
        let definition = read(row)?;
        let family = self.saga.family(&tx, &actor, (&row.name, &definition));
        let pins = match family.await {
            Ok(pins) => pins,
            Err(RunError::Invalid(_)) => {
                tracing::warn!(definition = row.name, "saga.trigger_refused");
                return Ok(());
            }
            Err(_) => return Err("the sagas inside cannot be looked up".into()),
        };
        let start = NewSaga {
            input,
            starter,
            pins,
            outer: None,
        };
        let enqueued = self.saga.enqueue(&tx, row, start, (Some(key), &tools));
        let platform = &self.saga.platform;
        // Whether it was already done before the database was restored is not known here.
        if let Started::New(run) = enqueued.await?
            && event.occurred_at < platform.lineage.restored_at()
        {
            platform.durable.hold_restored(&tx, run).await?;
        }
        tx.commit().await?;
        self.saga.platform.durable.wake();
        Ok(())
    }

    /// The definitions that want it; what sagas do themselves starts none, or they would never end.
    async fn wanting(&self, event: &Event) -> Result<Vec<DefinitionRow>, HandlerError> {
        let tx = self.saga.platform.db.read(event.tenant).await?;
        if !store::any_waits(&tx).await? {
            self.with_quiet(|quiet| quiet.insert(event.tenant));
            return Ok(Vec::new());
        }
        let mut rows = store::newest_definitions(&tx, Some(event.occurred_at)).await?;
        rows.retain(|row| {
            row.events
                .split(',')
                .any(|wanted| wanted == event.event_type)
        });
        if rows.is_empty() {
            return Ok(rows);
        }
        if let Some(transaction) = event.payload["transaction"].as_str()
            && store::is_by_saga(&tx, transaction).await?
        {
            return Ok(Vec::new());
        }
        let mut wanting = Vec::new();
        for row in rows {
            let definition = read(&row)?;
            let is_wanted = definition.on.iter().any(|trigger| {
                let base = trigger.base_id.map(|base| base.to_string());
                trigger.event == event.event_type
                    && base.is_none_or(|base| event.payload["base"] == base)
            });
            if is_wanted {
                wanting.push(row);
            }
        }
        Ok(wanting)
    }

    fn with_quiet<T>(&self, with: impl FnOnce(&mut HashSet<TenantId>) -> T) -> T {
        with(&mut self.quiet.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl EventHandler for Triggers {
    async fn handle(&self, event: &Event) -> Result<(), HandlerError> {
        if event.event_type == DEFINITION_SAVED {
            self.with_quiet(|quiet| quiet.remove(&event.tenant));
            return Ok(());
        }
        for row in self.wanting(event).await? {
            self.start(&row, event).await?;
        }
        Ok(())
    }

    fn skips(&self, event: &Event) -> bool {
        event.event_type != DEFINITION_SAVED
            && self.with_quiet(|quiet| quiet.contains(&event.tenant))
    }

    fn begin(&self) {
        self.with_quiet(HashSet::clear);
    }
}
