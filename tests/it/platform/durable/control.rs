use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use pyairtable::platform::Platform;
use pyairtable::platform::durable::{
    Class, ControlError, Decision, Fault, Handler, Journal, Kernel, NewRun, Next, Role, Run,
    RunState, Started, Step, StepError,
};
use pyairtable::platform::ids::{RunId, TenantId};
use serde_json::{Value, json};

use super::script::{Bench, Go, Script, pure, step, wait};

const C: Role = Role::Compensatable;

async fn signal(bench: &Bench, run: RunId, key: &str) -> Result<bool, ControlError> {
    let tx = bench.app.platform.db.begin(bench.tenant).await.unwrap();
    let durable = &bench.app.platform.durable;
    let is_new = durable
        .signal(&tx, run, ("go", key), &json!({"key": key}))
        .await?;
    tx.commit().await.unwrap();
    Ok(is_new)
}

async fn cancel(bench: &Bench, run: RunId) -> Result<bool, ControlError> {
    let tx = bench.app.platform.db.begin(bench.tenant).await.unwrap();
    let is_new = bench.app.platform.durable.cancel(&tx, run).await?;
    tx.commit().await.unwrap();
    Ok(is_new)
}

#[tokio::test]
async fn a_waiting_run_is_a_row_that_a_signal_wakes_once() {
    let bench = Bench::new().await;
    let script = Arc::new(Script::new(
        "t.wait",
        vec![pure("a"), wait("go"), pure("b")],
    ));
    let run = bench.start("t.wait").await;
    bench.kernel(&script).run_due().await.unwrap();
    let waiting = bench.run(run).await;
    assert_eq!(waiting.state, RunState::Waiting);
    assert_eq!((waiting.due, waiting.is_leased), (None, false));
    assert_eq!(waiting.waits_for.as_deref(), Some("go"));

    assert!(signal(&bench, run, "k").await.unwrap());
    assert!(
        !signal(&bench, run, "k").await.unwrap(),
        "the same key is the same signal"
    );
    // A fresh owner: nothing of the wait was in memory.
    bench.kernel(&script).run_due().await.unwrap();
    assert_eq!(bench.run(run).await.state, RunState::Completed);
    let refused = signal(&bench, run, "other").await;
    assert!(matches!(
        refused,
        Err(ControlError::WrongState(RunState::Completed))
    ));
    let tx = bench.app.platform.db.read(bench.tenant).await.unwrap();
    let journal = bench.app.platform.durable.journal(&tx, run).await.unwrap();
    assert_eq!(journal.signals("go"), [("k", &json!({"key": "k"}))]);
}

/// Decides to wait, and before it says so the signal arrives.
struct Late {
    app: Platform,
    is_sent: AtomicBool,
}

#[async_trait::async_trait]
impl Handler for Late {
    fn kind(&self) -> &str {
        "t.race"
    }

    async fn next(&self, run: &Run, journal: &Journal) -> Result<Decision, Fault> {
        if !journal.signals("go").is_empty() {
            return Ok(Next::Complete(json!("heard")).into());
        }
        if !self.is_sent.swap(true, Ordering::SeqCst) {
            let tx = self.app.db.begin(run.tenant).await.unwrap();
            let signal = (("go", "k"), json!(1));
            let sent = self.app.durable.signal(&tx, run.id, signal.0, &signal.1);
            sent.await.unwrap();
            tx.commit().await.unwrap();
        }
        let what = "go".to_owned();
        Ok(Next::Wait { what, until: None }.into())
    }

    async fn perform(&self, _: &Run, _: &Step) -> Result<Value, StepError> {
        Ok(json!(null))
    }
}

#[tokio::test]
async fn a_signal_that_comes_while_the_run_is_worked_on_is_not_missed() {
    let bench = Bench::new().await;
    let run = bench.start("t.race").await;
    let kernel = bench.kernel_of(Arc::new(Late {
        app: bench.app.platform.clone(),
        is_sent: AtomicBool::new(false),
    }));
    let claim = kernel.claim(1).await.unwrap().pop().unwrap();
    kernel.work(claim).await;
    assert!(
        bench.run(run).await.due.is_some(),
        "it is looked at again at once"
    );
    kernel.run_due().await.unwrap();
    assert_eq!(bench.run(run).await.state, RunState::Completed);
}

#[tokio::test]
async fn a_cancelled_run_takes_back_what_it_did() {
    let bench = Bench::new().await;
    let steps = vec![step("a", C, Class::Keyed), wait("go")];
    let script = Arc::new(Script::new("t.cancel", steps));
    let (run, fresh) = (bench.start("t.cancel").await, bench.start("t.cancel").await);
    assert!(cancel(&bench, fresh).await.unwrap());
    let kernel = bench.kernel(&script);
    kernel.run_due().await.unwrap();
    assert!(cancel(&bench, run).await.unwrap());
    assert!(!cancel(&bench, run).await.unwrap());
    kernel.run_due().await.unwrap();
    for run in [run, fresh] {
        let ended = bench.run(run).await;
        assert_eq!(ended.state, RunState::Compensated);
        assert_eq!(ended.error.unwrap().code, "cancelled");
    }
    assert_eq!(script.ledger(), ["a", "undo a"]);
}

#[tokio::test]
async fn a_step_that_may_have_happened_is_settled_before_a_cancelled_run_turns_back() {
    let bench = Bench::new().await;
    for class in [Class::Readable, Class::Keyed] {
        let kind = class.as_str();
        let mut script =
            Script::new(kind, vec![step("a", C, class), pure("b")]).going("a", &[Go::LostAfter]);
        script.policy.first = Duration::from_secs(3600);
        script.policy.cap = script.policy.first;
        script.policy.window = Duration::from_secs(24 * 3600);
        let script = Arc::new(script);
        let run = bench.start(kind).await;
        let kernel = bench.kernel(&script);
        kernel.run_due().await.unwrap();
        assert_eq!(bench.state_of(run, "a").await, "unknown");
        cancel(&bench, run).await.unwrap();
        let looks = kernel.run_due().await.unwrap();
        assert!(looks <= 2, "the wish was looked at {looks} times");
        let ended = bench.finish(&kernel, run).await;
        assert_eq!(ended.state, RunState::Compensated);
        assert_eq!(script.ledger().last().unwrap(), "undo a", "{kind}");
    }
}

#[tokio::test]
async fn behind_the_pivot_a_run_is_not_cancelled() {
    let bench = Bench::new().await;
    let steps = vec![step("pay", Role::Pivot, Class::Keyed), wait("go")];
    let script = Arc::new(Script::new("t.pay", steps));
    let run = bench.start("t.pay").await;
    bench.kernel(&script).run_due().await.unwrap();
    assert!(matches!(
        cancel(&bench, run).await,
        Err(ControlError::PastPivot)
    ));
}

#[tokio::test]
async fn what_has_ended_cannot_be_changed_even_by_sql() {
    let bench = Bench::new().await;
    let script = Arc::new(Script::new("t.end", vec![pure("a")]));
    let run = bench.start("t.end").await;
    bench.kernel(&script).run_due().await.unwrap();
    for change in [
        "state = 'running'",
        "ended_at = NULL",
        "owner = 'x'",
        "epoch = epoch - 1",
        "seq = 0",
    ] {
        let sql = format!("UPDATE durable_runs SET {change} WHERE id = '{run}'");
        assert!(bench.sql(&sql).await.is_err(), "{change}");
    }
    let sql = format!("UPDATE durable_history SET what = 'x' WHERE run_id = '{run}'");
    assert!(bench.sql(&sql).await.is_err());
    assert_eq!(bench.run(run).await.state, RunState::Completed);
}

#[tokio::test]
async fn a_run_is_seen_and_steered_by_its_tenant_alone() {
    let bench = Bench::new().await;
    let run = bench.start("t.wall").await;
    let tx = bench
        .app
        .platform
        .db
        .begin(TenantId::fresh())
        .await
        .unwrap();
    let durable = &bench.app.platform.durable;
    let not_found = |outcome: ControlError| matches!(outcome, ControlError::NotFound);
    assert!(not_found(durable.find(&tx, run).await.unwrap_err()));
    assert!(not_found(durable.cancel(&tx, run).await.unwrap_err()));
    assert!(not_found(
        durable
            .signal(&tx, run, ("a", "b"), &json!(1))
            .await
            .unwrap_err()
    ));
    assert!(durable.history(&tx, run).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_key_finds_the_run_that_has_it_until_that_ends() {
    let bench = Bench::new().await;
    let durable = &bench.app.platform.durable;
    let new = || NewRun::new("t.key", json!(1)).keyed("k");
    let first = durable.start(bench.tenant, new()).await.unwrap();
    let again = durable.start(bench.tenant, new()).await.unwrap();
    assert_eq!(again, Started::Existing(first.id()));
    let script = Arc::new(Script::new("t.key", vec![pure("a")]));
    bench.kernel(&script).run_due().await.unwrap();
    let kept = NewRun {
        keeps_key: true,
        ..new()
    };
    let second = durable.start(bench.tenant, kept).await.unwrap();
    assert!(matches!(second, Started::New(_)), "the key was free again");
    bench.kernel(&script).run_due().await.unwrap();
    let third = durable.start(bench.tenant, new()).await.unwrap();
    assert_eq!(third, Started::Existing(second.id()), "and now is kept");
}

#[tokio::test]
async fn workers_take_what_is_enqueued_and_give_their_leases_back_at_the_stop() {
    let bench = Bench::new().await;
    let script = Arc::new(Script::new("t.live", vec![pure("a"), wait("go")]));
    let kernel: Kernel = bench.kernel(&script);
    let supervisor = pyairtable::platform::tasks::Supervisor::default();
    kernel
        .workers()
        .into_iter()
        .for_each(|worker| supervisor.run(worker));
    let run = bench.start("t.live").await;
    let is_waiting = |run: &Run| run.state == RunState::Waiting;
    let seen = tokio::time::timeout(Duration::from_secs(20), async {
        while !is_waiting(&bench.run(run).await) {
            tokio::task::yield_now().await;
        }
    });
    seen.await.expect("a worker takes it");
    assert!(
        supervisor.stop(Duration::from_secs(10)).await,
        "the workers stop"
    );
    signal(&bench, run, "k").await.unwrap();
    assert!(!bench.run(run).await.is_leased);
}
