use std::sync::Arc;

use pyairtable::platform::durable::{Class, Resolution, Role, RunState};

use super::script::{Bench, Go, Script, pure, step};

const C: Role = Role::Compensatable;

fn three(kind: &str) -> Script {
    let steps = vec![
        step("a", C, Class::Readable),
        step("b", C, Class::Keyed),
        pure("sum"),
        step("c", C, Class::Reconciled),
    ];
    Script::new(kind, steps)
}

#[tokio::test]
async fn a_run_does_its_steps_in_order_and_tells_its_story() {
    let bench = Bench::new().await;
    let script = Arc::new(three("t.happy"));
    let run = bench.start("t.happy").await;
    let kernel = bench.kernel(&script);
    let done = bench.finish(&kernel, run).await;
    assert_eq!(done.state, RunState::Completed);
    assert_eq!(done.output, Some(serde_json::json!("all done")));
    assert_eq!(script.ledger(), ["a", "b", "sum", "c"]);
    let story = bench.story(run).await;
    insta::assert_snapshot!(story.join(", "), @"started, running, step_intent a, step_done a, step_intent b, step_done b, step_done sum, step_intent c, step_done c, completed");
}

#[tokio::test]
async fn a_failure_takes_done_steps_back_in_reverse_order() {
    let bench = Bench::new().await;
    let script = Arc::new(three("t.back").going("c", &[Go::Permanent]));
    let run = bench.start("t.back").await;
    let kernel = bench.kernel(&script);
    let ended = bench.finish(&kernel, run).await;
    assert_eq!(ended.state, RunState::Compensated);
    assert_eq!(ended.error.unwrap().code, "scripted");
    assert_eq!(script.ledger(), ["a", "b", "sum", "undo b", "undo a"]);
    assert_eq!(bench.state_of(run, "a").await, "compensated");
    assert_eq!(bench.state_of(run, "c").await, "failed");
}

#[tokio::test]
async fn a_stuck_compensation_lets_the_others_go_on_and_waits_for_a_person() {
    let bench = Bench::new().await;
    let script = three("t.stuck")
        .going("c", &[Go::Permanent])
        .going("undo b", &[Go::Conflict, Go::Permanent]);
    let script = Arc::new(script);
    let run = bench.start("t.stuck").await;
    let kernel = bench.kernel(&script);
    let held = bench.finish(&kernel, run).await;
    assert_eq!(held.state, RunState::NeedsAttention);
    assert_eq!(held.error.unwrap().code, "compensation_stuck");
    assert_eq!(bench.state_of(run, "a").await, "compensated");
    assert_eq!(bench.state_of(run, "b").await, "comp_conflict");

    let retry = Resolution::RetryCompensation("b".into(), 0);
    resolve(&bench, run, &retry).await.unwrap();
    let held = bench.finish(&kernel, run).await;
    assert_eq!(held.state, RunState::NeedsAttention);
    assert_eq!(bench.state_of(run, "b").await, "comp_failed");

    resolve(&bench, run, &Resolution::MarkCompensated("b".into(), 0))
        .await
        .unwrap();
    let ended = bench.finish(&kernel, run).await;
    assert_eq!(ended.state, RunState::Compensated);
    assert!(
        resolve(&bench, run, &Resolution::Continue).await.is_err(),
        "what has ended is not resolved again"
    );
}

#[tokio::test]
async fn behind_the_pivot_a_failure_asks_a_person_and_goes_on_when_told() {
    let bench = Bench::new().await;
    let steps = vec![
        step("a", C, Class::Readable),
        step("pay", Role::Pivot, Class::Keyed),
        step("tell", Role::Retriable, Class::Keyed),
    ];
    let script = Arc::new(Script::new("t.pivot", steps).going("tell", &[Go::Permanent]));
    let run = bench.start("t.pivot").await;
    let kernel = bench.kernel(&script);
    let held = bench.finish(&kernel, run).await;
    assert_eq!(held.state, RunState::NeedsAttention);
    assert_eq!(script.ledger(), ["a", "pay"]);
    resolve(&bench, run, &Resolution::RetryStep("tell".into(), 0))
        .await
        .unwrap();
    assert_eq!(bench.finish(&kernel, run).await.state, RunState::Completed);
    assert_eq!(script.ledger(), ["a", "pay", "tell"]);
}

#[tokio::test]
async fn a_step_that_may_have_happened_is_looked_up_before_a_person_has_it_sent_again() {
    let bench = Bench::new().await;
    let script = Script::new("t.again", vec![step("a", C, Class::Readable)])
        .going("a", &[Go::LostAfter])
        .going("look a", &[Go::Conflict]);
    let script = Arc::new(script);
    let run = bench.start("t.again").await;
    let kernel = bench.kernel(&script);
    let held = bench.finish(&kernel, run).await;
    assert_eq!(held.state, RunState::NeedsAttention);
    resolve(&bench, run, &Resolution::RetryStep("a".into(), 0))
        .await
        .unwrap();
    assert_eq!(bench.finish(&kernel, run).await.state, RunState::Completed);
    assert_eq!(script.ledger(), ["a"], "it is not sent twice");
}

#[tokio::test]
async fn what_a_person_says_about_a_step_counts() {
    let bench = Bench::new().await;
    let steps = || {
        vec![
            step("a", C, Class::Readable),
            step("mail", Role::Retriable, Class::Blind),
        ]
    };
    for (kind, resolution, state, ledger) in [
        (
            "t.skip",
            Resolution::Skip("mail".into(), 0),
            RunState::Completed,
            vec!["a"],
        ),
        (
            "t.mark",
            Resolution::MarkDone("mail".into(), 0, "seen".into()),
            RunState::Completed,
            vec!["a"],
        ),
        (
            "t.back",
            Resolution::TakeBack,
            RunState::Compensated,
            vec!["a", "undo a"],
        ),
        ("t.end", Resolution::Abandon, RunState::Resolved, vec!["a"]),
    ] {
        let mut script = Script::new(kind, steps()).going("mail", &[Go::Transient; 9]);
        script.policy.holds = true;
        let script = Arc::new(script);
        let run = bench.start(kind).await;
        let kernel = bench.kernel(&script);
        let held = bench.finish(&kernel, run).await;
        assert_eq!(held.state, RunState::NeedsAttention, "{kind}");
        resolve(&bench, run, &resolution).await.unwrap();
        assert_eq!(bench.finish(&kernel, run).await.state, state, "{kind}");
        assert_eq!(script.ledger(), ledger, "{kind}");
    }
}

async fn resolve(
    bench: &Bench,
    run: pyairtable::platform::ids::RunId,
    resolution: &Resolution,
) -> Result<(), pyairtable::platform::durable::ControlError> {
    let tx = bench.app.platform.db.begin(bench.tenant).await.unwrap();
    let durable = &bench.app.platform.durable;
    durable.resolve(&tx, run, resolution, "because").await?;
    tx.commit().await?;
    Ok(())
}
