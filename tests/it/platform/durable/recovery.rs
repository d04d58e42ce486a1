use std::sync::Arc;

use pyairtable::platform::db::Dialect;
use pyairtable::platform::durable::{Class, Kernel, Role, RunState};

use super::script::{Bench, Go, Script, pure, step};

const C: Role = Role::Compensatable;

/// What makes the leases of an owner void: the time on PostgreSQL, the next boot on SQLite.
async fn void_leases(bench: &Bench, next: &Kernel) {
    // An intent stretches the lease beyond the attempt it announces.
    bench.advance(36);
    let voided = next.void_earlier_boots().await.unwrap();
    assert_eq!(
        voided > 0,
        bench.app.platform.db.dialect() == Dialect::Sqlite
    );
}

#[tokio::test]
async fn a_fenced_owner_can_write_nothing_any_more() {
    let bench = Bench::new().await;
    let script = Arc::new(Script::new(
        "t.fence",
        vec![step("a", C, Class::Keyed), pure("b")],
    ));
    let run = bench.start("t.fence").await;
    let (slow, quick) = (bench.kernel(&script), bench.kernel(&script));
    let claim = slow.claim(1).await.unwrap().pop().unwrap();
    void_leases(&bench, &quick).await;
    let taken = quick.claim(1).await.unwrap().pop().unwrap();
    assert_eq!((claim.lease.epoch, taken.lease.epoch), (1, 2));

    slow.work(claim).await;
    assert_eq!(script.ledger().len(), 0, "no intent, no effect");
    let story = bench.story(run).await;
    assert_eq!(story, ["started"]);
    quick.work(taken).await;
    assert_eq!(bench.run(run).await.state, RunState::Completed);
    assert_eq!(script.ledger(), ["a", "b"]);
}

#[tokio::test]
async fn a_renewed_lease_is_not_taken_over_and_an_ended_one_is_not_revived() {
    let bench = Bench::new().await;
    if bench.app.platform.db.dialect() == Dialect::Sqlite {
        // There a lease is no time: however far the clock jumps, the owner keeps it.
        let script = Arc::new(Script::new("t.jump", vec![pure("a")]));
        bench.start("t.jump").await;
        let (owner, other) = (bench.kernel(&script), bench.kernel(&script));
        assert_eq!(owner.claim(1).await.unwrap().len(), 1);
        bench.advance(365 * 24 * 3600);
        assert_eq!(other.claim(1).await.unwrap().len(), 0);
        return;
    }
    let (gate, script) = super::gate::gated("t.renew");
    bench.start("t.renew").await;
    let (owner, other) = (bench.kernel_of(script.clone()), bench.kernel_of(script));
    let claim = owner.claim(1).await.unwrap().pop().unwrap();
    let working = {
        let owner = owner.clone();
        tokio::spawn(async move { owner.work(claim).await })
    };
    gate.reached().await;
    bench.advance(25);
    owner.beat().await.unwrap();
    bench.advance(25);
    assert_eq!(other.claim(1).await.unwrap().len(), 0, "it was renewed");
    bench.advance(40);
    owner.beat().await.unwrap();
    working.await.unwrap();
    assert_eq!(
        other.claim(1).await.unwrap().len(),
        1,
        "it had ended and stays so"
    );
}

#[tokio::test]
async fn what_a_dead_owner_left_is_settled_and_finished_by_the_next() {
    let bench = Bench::new().await;
    let (gate, script) = super::gate::gated("t.dead");
    let run = bench.start("t.dead").await;
    let (dead, next) = (
        bench.kernel_of(script.clone()),
        bench.kernel_of(script.clone()),
    );
    let claim = dead.claim(1).await.unwrap().pop().unwrap();
    let working = tokio::spawn(async move { dead.work(claim).await });
    gate.reached().await;
    working.abort();
    let _ = working.await;
    assert_eq!(bench.state_of(run, "a").await, "intent");
    void_leases(&bench, &next).await;
    gate.open();
    next.run_due().await.unwrap();
    assert_eq!(bench.run(run).await.state, RunState::Completed);
    assert_eq!(gate.effects(), 1, "the effect had happened and was found");
}

#[tokio::test]
async fn a_history_that_cannot_be_read_is_left_to_a_person() {
    let bench = Bench::new().await;
    for (table, change) in [
        ("durable_steps", "result = 'not json'"),
        ("durable_steps", "state = 'strange'"),
        ("durable_steps", "result = '@missing'"),
        ("durable_runs", "cursor_value = '{'"),
    ] {
        let steps = vec![pure("a"), super::script::wait("go"), pure("b")];
        let script = Arc::new(Script::new("t.broken", steps));
        let run = bench.start("t.broken").await;
        let kernel = bench.kernel(&script);
        kernel.run_due().await.unwrap();
        let column = if table == "durable_runs" {
            "id"
        } else {
            "run_id"
        };
        bench
            .sql(&format!(
                "UPDATE {table} SET {change} WHERE {column} = '{run}'"
            ))
            .await
            .unwrap();
        bench
            .sql(&format!(
                "UPDATE durable_runs SET due = 0 WHERE id = '{run}'"
            ))
            .await
            .unwrap();
        kernel.run_due().await.unwrap();
        bench
            .sql(&format!(
                "UPDATE {table} SET {} WHERE {column} = '{run}'",
                mended(change)
            ))
            .await
            .unwrap();
        let held = bench.run(run).await;
        assert_eq!(held.state, RunState::NeedsAttention, "{change}");
        assert_eq!(held.error.unwrap().code, "undecodable");
    }
}

fn mended(change: &str) -> String {
    let (column, _) = change.split_once(" = ").unwrap();
    let value = if column == "state" {
        "'done'"
    } else {
        "'null'"
    };
    format!("{column} = {value}")
}

#[tokio::test]
async fn a_handler_that_panics_or_repeats_itself_is_stopped() {
    let bench = Bench::new().await;
    let mut script = Script::new("t.panic", vec![pure("a")]).going("a", &[Go::Panic; 9]);
    script.policy.holds = true;
    let script = Arc::new(script);
    let run = bench.start("t.panic").await;
    let kernel = bench.kernel(&script);
    let held = bench.finish(&kernel, run).await;
    assert_eq!(held.state, RunState::NeedsAttention);
    assert_eq!(held.error.unwrap().code, "panic");

    let mut plain = step("x", Role::Neutral, Class::Keyed);
    plain.role = C;
    let script = Arc::new(Script::new("t.plan", vec![plain]));
    let run = bench.start("t.plan").await;
    let held = bench.finish(&bench.kernel(&script), run).await;
    assert_eq!(
        held.error.unwrap().code,
        "step_invalid",
        "no undo, no effect"
    );
    assert_eq!(script.ledger().len(), 0);
}
