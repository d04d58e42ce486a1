use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Value, json};

use super::KIND;
use super::nested::{OVER, WENT, inner_run};
use super::plan::RunInput;
use crate::platform::db::TenantTx;
use crate::platform::durable::{ControlError, Run, RunState};
use crate::platform::events::{Event, EventHandler, HandlerError, Subscription};
use crate::platform::ids::RunId;
use crate::saga::Saga;
use crate::saga::store;

/// Tells the sagas around and inside one that ended otherwise than by the end of its steps, and lets it ask nobody.
pub(in crate::saga) struct Relatives {
    saga: Saga,
}

impl Relatives {
    /// The subscription `saga.relatives`.
    pub(in crate::saga) fn subscription(saga: Saga) -> Subscription {
        Subscription {
            name: "saga.relatives",
            event_types: &["run.compensated", "run.resolved"],
            handler: Arc::new(Self { saga }),
        }
    }

    async fn tell(
        &self,
        tx: &TenantTx,
        (from, to): (&Run, RunId),
        (what, payload): (&str, &Value),
    ) -> Result<(), HandlerError> {
        let key = from.id.to_string();
        let durable = &self.saga.platform.durable;
        match durable.signal(tx, to, (what, &key), payload).await {
            Err(ControlError::Database(error)) => Err(error.into()),
            // One that has ended needs to know nothing more.
            _ => Ok(()),
        }
    }
}

fn ended(run: &Run) -> Value {
    let (code, message) = match (run.state, &run.error) {
        (RunState::Resolved, _) => (
            "inner_abandoned",
            "A person ended the saga inside as it was".to_owned(),
        ),
        (_, Some(fault)) => (
            "inner_failed",
            format!("The saga inside: {}", fault.message),
        ),
        (_, None) => ("inner_failed", "The saga inside was taken back".to_owned()),
    };
    json!({"code": code, "message": message})
}

#[async_trait]
impl EventHandler for Relatives {
    async fn handle(&self, event: &Event) -> Result<(), HandlerError> {
        let durable = &self.saga.platform.durable;
        let tx = self.saga.platform.db.begin(event.tenant).await?;
        let run = match durable.find(&tx, event.aggregate_id.parse()?).await {
            Ok(run) => run,
            Err(ControlError::NotFound) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        let saga = RunInput::of(&run).map_err(|fault| fault.message)?;
        // It was taken back, or ended, while it asked.
        store::delete_asked(&tx, run.id).await?;
        if let Some(outer) = &saga.outer {
            self.tell(&tx, (&run, outer.run), (WENT, &ended(&run)))
                .await?;
        }
        if saga.definition.inner().next().is_some() {
            let journal = durable.journal(&tx, run.id).await?;
            for (step, _) in saga.definition.inner() {
                if let Some(inner) = inner_run(&journal, &step.id) {
                    self.tell(&tx, (&run, inner), (OVER, &json!({}))).await?;
                }
            }
        }
        tx.commit().await?;
        durable.wake();
        Ok(())
    }

    fn skips(&self, event: &Event) -> bool {
        event.payload["kind"] != KIND
    }
}
