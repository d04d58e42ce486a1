use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use pyairtable::platform::durable::{
    Class, Decision, Fault, Handler, Journal, Next, Role, Run, Settled, Step, StepError,
};
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::script::step;

/// Holds the answer of an effect back.
#[derive(Clone, Default)]
pub(super) struct Gate(Arc<Inside>);

#[derive(Default)]
struct Inside {
    kind: String,
    reached: Notify,
    is_open: AtomicBool,
    effects: AtomicUsize,
}

/// A handler of one readable step whose answer comes when the gate is open.
pub(super) fn gated(kind: &str) -> (Gate, Arc<dyn Handler>) {
    let gate = Gate(Arc::new(Inside {
        kind: kind.to_owned(),
        ..Inside::default()
    }));
    (gate.clone(), Arc::new(gate))
}

impl Gate {
    /// Ready once the effect has happened.
    pub(super) async fn reached(&self) {
        self.0.reached.notified().await;
    }

    pub(super) fn open(&self) {
        self.0.is_open.store(true, Ordering::SeqCst);
    }

    pub(super) fn effects(&self) -> usize {
        self.0.effects.load(Ordering::SeqCst)
    }
}

#[async_trait::async_trait]
impl Handler for Gate {
    fn kind(&self) -> &str {
        &self.0.kind
    }

    async fn next(&self, _: &Run, journal: &Journal) -> Result<Decision, Fault> {
        Ok(match journal.step("a", 0) {
            None => Next::Steps(vec![step("a", Role::Compensatable, Class::Readable)]).into(),
            Some(_) => Next::Complete(json!(null)).into(),
        })
    }

    async fn perform(&self, _: &Run, _: &Step) -> Result<Value, StepError> {
        self.0.effects.fetch_add(1, Ordering::SeqCst);
        self.0.reached.notify_one();
        if !self.0.is_open.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        Ok(json!("done"))
    }

    async fn settle(&self, _: &Run, _: &Step) -> Result<Settled, StepError> {
        Ok(Settled::Happened(json!("found")))
    }
}
