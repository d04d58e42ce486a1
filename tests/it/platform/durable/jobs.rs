use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use pyairtable::platform::durable::{Fault, NewRun, Run, RunState, Step, StepError};
use pyairtable::platform::jobs::{Job, JobHandler};
use serde_json::{Value, json};

use super::script::Bench;

/// Fails as often as it is told, then answers with the length of its input.
struct Measure {
    failures: Mutex<u32>,
    keys: Mutex<Vec<String>>,
}

#[async_trait::async_trait]
impl Job for Measure {
    fn kind(&self) -> &str {
        "t.measure"
    }

    async fn run(&self, run: &Run, step: &Step) -> Result<Value, StepError> {
        self.keys.lock().unwrap().push(step.key.clone());
        let mut failures = self.failures.lock().unwrap();
        if *failures > 0 {
            *failures -= 1;
            let fault = Fault::new("not_yet", "as told");
            return Err(StepError::Transient {
                fault,
                retry_after: None,
            });
        }
        Ok(json!(run.input["text"].as_str().unwrap().len()))
    }
}

fn job(failures: u32) -> Arc<JobHandler<Measure>> {
    let keys = Mutex::default();
    Arc::new(JobHandler(Measure {
        failures: Mutex::new(failures),
        keys,
    }))
}

#[tokio::test]
async fn a_job_is_one_row_in_the_callers_transaction_and_takes_large_values() {
    let bench = Bench::new().await;
    let durable = &bench.app.platform.durable;
    let input = json!({"text": "x".repeat(200_000)});
    let tx = bench.app.platform.db.begin(bench.tenant).await.unwrap();
    let gone = durable
        .enqueue(&tx, NewRun::new("t.measure", input.clone()))
        .await
        .unwrap();
    drop(tx);
    let tx = bench.app.platform.db.begin(bench.tenant).await.unwrap();
    let kept = durable
        .enqueue(&tx, NewRun::new("t.measure", input))
        .await
        .unwrap();
    tx.commit().await.unwrap();

    let handler = job(2);
    let kernel = bench.kernel_of(handler.clone());
    let done = bench.finish(&kernel, kept.id()).await;
    assert_eq!(done.state, RunState::Completed);
    assert_eq!(done.output, Some(json!(200_000)));
    let keys = handler.0.keys.lock().unwrap().clone();
    assert_eq!(keys.len(), 3);
    assert!(
        keys.iter().all(|key| *key == keys[0]),
        "one key over all attempts"
    );
    let tx = bench.app.platform.db.read(bench.tenant).await.unwrap();
    assert!(
        durable.find(&tx, gone.id()).await.is_err(),
        "rolled back, it never was"
    );
}

#[tokio::test]
async fn a_job_that_keeps_failing_waits_for_a_person_and_is_not_lost() {
    let bench = Bench::new().await;
    let run = bench.start("t.measure").await;
    let kernel = bench.kernel_of(job(100));
    let held = bench.finish(&kernel, run).await;
    assert_eq!(held.state, RunState::NeedsAttention);
    assert_eq!(held.error.unwrap().code, "not_yet");
}

#[tokio::test]
async fn a_delayed_job_begins_when_its_time_has_come() {
    let bench = Bench::new().await;
    let new = NewRun {
        delay: Duration::from_secs(600),
        ..NewRun::new("t.measure", json!({"text": "abc"}))
    };
    let run = bench
        .app
        .platform
        .durable
        .start(bench.tenant, new)
        .await
        .unwrap()
        .id();
    let kernel = bench.kernel_of(job(0));
    bench.advance(590);
    assert_eq!(kernel.run_due().await.unwrap(), 0);
    bench.advance(11);
    assert_eq!(kernel.run_due().await.unwrap(), 1);
    assert_eq!(bench.run(run).await.output, Some(json!(3)));
}
