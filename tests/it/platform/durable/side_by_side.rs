use std::sync::Arc;

use pyairtable::platform::Platform;
use pyairtable::platform::durable::{
    Class, Decision, Fault, Handler, Journal, Next, Role, Run, RunState, Settled, Step, StepError,
};
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::script::{Bench, step};

/// Two steps at the same time: one ends while the other is in the middle of a transaction.
struct Neighbours {
    platform: Platform,
    is_writing: Notify,
}

#[async_trait::async_trait]
impl Handler for Neighbours {
    fn kind(&self) -> &str {
        "t.neighbours"
    }

    async fn next(&self, _: &Run, journal: &Journal) -> Result<Decision, Fault> {
        Ok(match journal.step("quick", 0) {
            None => Next::Steps(vec![
                step("quick", Role::Compensatable, Class::Readable),
                step("writes", Role::Compensatable, Class::Readable),
            ])
            .into(),
            Some(_) => Next::Complete(json!(null)).into(),
        })
    }

    async fn perform(&self, run: &Run, step: &Step) -> Result<Value, StepError> {
        if step.plan.path == "quick" {
            self.is_writing.notified().await;
            return Ok(json!("done"));
        }
        let tx = self.platform.db.begin(run.tenant).await.unwrap();
        self.is_writing.notify_one();
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        tx.commit().await.unwrap();
        Ok(json!("written"))
    }

    async fn settle(&self, _: &Run, _: &Step) -> Result<Settled, StepError> {
        Ok(Settled::NotHappened)
    }
}

#[tokio::test]
async fn a_step_goes_on_while_the_result_of_its_neighbour_is_recorded() {
    let bench = Bench::new().await;
    let handler = Arc::new(Neighbours {
        platform: bench.app.platform.clone(),
        is_writing: Notify::new(),
    });
    let run = bench.start("t.neighbours").await;
    let kernel = bench.kernel_of(handler);
    assert_eq!(kernel.run_due().await.unwrap(), 1);
    assert_eq!(bench.run(run).await.state, RunState::Completed);
}
