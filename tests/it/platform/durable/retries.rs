use std::sync::Arc;
use std::time::Duration;

use pyairtable::platform::durable::{Class, Role, RunState};

use super::script::{Bench, Go, Script, step};

const C: Role = Role::Compensatable;
const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn a_transient_failure_comes_again_after_a_delay_that_is_a_row() {
    let bench = Bench::new().await;
    let steps = vec![step("a", C, Class::Keyed)];
    let mut script = Script::new("t.retry", steps).going("a", &[Go::Transient, Go::After(90)]);
    // So long that jitter hardly ever lets the second attempt be due within the first turn.
    (script.policy.first, script.policy.cap) = (HOUR, HOUR);
    script.policy.window = 6 * HOUR;
    let script = Arc::new(script);
    let run = bench.start("t.retry").await;
    let kernel = bench.kernel(&script);
    let claim = kernel.claim(1).await.unwrap().pop().unwrap();
    kernel.work(claim).await;
    let waiting = bench.run(run).await;
    let delay = waiting.due.unwrap() - waiting.now;
    assert!(
        delay <= 3_600_000,
        "full jitter below the first delay: {delay}"
    );
    assert!(!waiting.is_leased, "who waits holds nobody");

    bench.advance(HOUR.as_secs());
    kernel.run_due().await.unwrap();
    bench.advance(60);
    assert_eq!(kernel.run_due().await.unwrap(), 0, "Retry-After wins");
    bench.advance(31);
    // Another owner finishes what the first began.
    bench.kernel(&script).run_due().await.unwrap();
    assert_eq!(bench.run(run).await.state, RunState::Completed);
    assert_eq!(script.ledger(), ["a"]);
}

#[tokio::test]
async fn busy_is_not_an_attempt_and_eight_attempts_are_enough() {
    let bench = Bench::new().await;
    let steps = vec![step("a", C, Class::Readable), step("b", C, Class::Readable)];
    let mut attempts = vec![Go::Busy(30); 12];
    attempts.extend([Go::Transient; 8]);
    let mut script = Script::new("t.busy", steps).going("b", &attempts);
    script.policy.window = Duration::from_secs(3600);
    let script = Arc::new(script);
    let run = bench.start("t.busy").await;
    let kernel = bench.kernel(&script);
    let ended = bench.finish(&kernel, run).await;
    assert_eq!(ended.state, RunState::Compensated);
    let story = bench.story(run).await;
    let count = |what: &str| story.iter().filter(|line| *line == what).count();
    assert_eq!(count("step_busy b"), 12);
    assert_eq!(count("step_intent b"), 20);
    assert_eq!(script.ledger(), ["a", "undo a"]);
}

#[tokio::test]
async fn a_destination_that_keeps_failing_is_left_alone_without_spending_attempts() {
    let bench = Bench::new().await;
    let mut plan = step("a", C, Class::Keyed);
    plan.destination = Some("api.example.org".to_owned());
    let mut script = Script::new("t.breaker", vec![plan]).going("a", &[Go::Transient; 21]);
    script.policy.attempts = 30;
    script.policy.cap = Duration::from_millis(1);
    let script = Arc::new(script);
    let run = bench.start("t.breaker").await;
    let kernel = bench.kernel(&script);
    for _ in 0..40 {
        kernel.run_due().await.unwrap();
        bench.app.clock.advance(Duration::from_millis(5));
    }
    let tried = script.attempts.lock().unwrap()["a"].len();
    assert_eq!(tried, 1, "the twentieth failure opens the circuit");
    bench.advance(31);
    kernel.run_due().await.unwrap();
    assert!(
        script.attempts.lock().unwrap()["a"].is_empty(),
        "one tries for all"
    );
    assert_eq!(bench.finish(&kernel, run).await.state, RunState::Completed);
    assert_eq!(script.ledger(), ["a"]);
}

#[tokio::test]
async fn an_unknown_outcome_is_settled_by_the_class_of_its_effect() {
    let bench = Bench::new().await;
    for (kind, class, lost, state, ledger) in [
        (
            "t.e1a",
            Class::Readable,
            Go::LostAfter,
            RunState::Completed,
            vec!["a"],
        ),
        (
            "t.e1b",
            Class::Readable,
            Go::LostBefore,
            RunState::Completed,
            vec!["a"],
        ),
        (
            "t.e3a",
            Class::Reconciled,
            Go::LostAfter,
            RunState::Completed,
            vec!["a"],
        ),
        (
            "t.e3b",
            Class::Reconciled,
            Go::LostBefore,
            RunState::Completed,
            vec!["a"],
        ),
        // The receiver sees the key twice, and by the key does it once.
        (
            "t.e2",
            Class::Keyed,
            Go::LostAfter,
            RunState::Completed,
            vec!["a", "a"],
        ),
        (
            "t.e4",
            Class::Blind,
            Go::LostAfter,
            RunState::Compensated,
            vec!["a"],
        ),
    ] {
        let script = Script::new(kind, vec![step("a", C, class)]).going("a", &[lost]);
        let script = Arc::new(script);
        let run = bench.start(kind).await;
        let kernel = bench.kernel(&script);
        let ended = bench.finish(&kernel, run).await;
        assert_eq!(ended.state, state, "{kind}");
        assert_eq!(script.ledger(), ledger, "{kind}");
        let story = bench.story(run).await;
        let probes = story.iter().filter(|line| line.starts_with("step_probed"));
        assert_eq!(
            probes.count(),
            if kind == "t.e3b" { 2 } else { 0 },
            "{kind}"
        );
        if kind == "t.e4" {
            assert_eq!(ended.error.unwrap().code, "may_have_been_sent");
        }
    }
}

#[tokio::test]
async fn a_run_that_does_not_end_in_time_turns_back_and_waiting_is_not_counted() {
    let bench = Bench::new().await;
    let steps = vec![
        step("a", C, Class::Keyed),
        super::script::wait("go"),
        step("b", C, Class::Keyed),
    ];
    let mut script = Script::new("t.late", steps).going("b", &[Go::After(3600); 40]);
    script.policy.attempts = 100;
    script.policy.window = Duration::from_secs(72 * 3600);
    let script = Arc::new(script);
    let run = bench.start("t.late").await;
    let kernel = bench.kernel(&script);
    kernel.run_due().await.unwrap();
    bench.advance(48 * 3600);
    let tx = bench.app.platform.db.begin(bench.tenant).await.unwrap();
    let durable = &bench.app.platform.durable;
    durable
        .signal(&tx, run, ("go", "1"), &1.into())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    kernel.run_due().await.unwrap();
    assert_eq!(bench.run(run).await.state, RunState::Running);
    bench.advance(25 * 3600);
    let ended = bench.finish(&kernel, run).await;
    assert_eq!(ended.state, RunState::Compensated);
    assert_eq!(ended.error.unwrap().code, "deadline");
}

#[tokio::test]
async fn behind_the_pivot_a_step_is_tried_for_three_days_and_then_left_to_a_person() {
    let bench = Bench::new().await;
    let steps = vec![
        step("pay", Role::Pivot, Class::Keyed),
        step("tell", Role::Retriable, Class::Keyed),
    ];
    let script = Script::new("t.days", steps).going("tell", &[Go::Transient; 100]);
    let script = Arc::new(script);
    let run = bench.start("t.days").await;
    let kernel = bench.kernel(&script);
    kernel.run_due().await.unwrap();
    let mut hours = 0;
    while bench.run(run).await.due.is_some() {
        bench.advance(3600);
        kernel.run_due().await.unwrap();
        hours += 1;
        assert!(hours < 80, "it is tried for ever");
    }
    assert!(hours >= 72, "given up after {hours} hours");
    let held = bench.run(run).await;
    assert_eq!(held.state, RunState::NeedsAttention);
    assert_eq!(held.error.unwrap().code, "scripted");
}
