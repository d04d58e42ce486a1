use pyairtable::contracts::Role;
use pyairtable::platform::durable::RunState;
use serde_json::{Value, json};

use super::bench::Bench;
use crate::support::Actor;

fn wait(id: &str) -> Value {
    json!({"id": id, "kind": "N", "action": {"wait": {"seconds": 600}}})
}

async fn seen_by(actor: &Actor, id: &str) -> (Value, Value) {
    let path = format!("/api/saga/runs/{id}");
    let run = actor.get(&path).await.expect(200).json;
    let steps = actor.get(&format!("{path}/steps")).await.expect(200).json;
    (run, steps["items"].clone())
}

#[tokio::test]
async fn a_waiting_run_tells_until_when_who_started_it_and_that_it_can_be_cancelled() {
    let bench = Bench::new().await;
    let mut pivot = bench.make("pay", "paid");
    pivot["kind"] = json!("P");
    let steps = json!([bench.make("a", "A"), wait("pause"), pivot, wait("late")]);
    bench.define("slow", steps).await;
    let viewer = bench.fixture.app.member(&bench.fixture.owner, Role::Viewer);
    let viewer = viewer.await;
    let id = bench.start("slow", json!({})).await;
    bench.work().await;

    let (run, steps) = seen_by(&bench.owner, &id).await;
    assert_eq!(run["status"], "waiting");
    assert_eq!(run["waits_for"], "pause");
    assert_eq!(run["started_by"]["name"], "Olga Owner");
    let time = |member: &str| -> jiff::Timestamp { run[member].as_str().unwrap().parse().unwrap() };
    let waits = time("next_at").as_second() - time("started_at").as_second();
    assert!((600..=601).contains(&waits), "{run}");
    assert_eq!(run["ended_at"], Value::Null);
    assert_eq!(run["actions"], json!(["cancel"]));
    assert_eq!(steps[0]["compensation"], "undo");
    assert_eq!(steps[1]["compensation"], Value::Null);
    assert_eq!(seen_by(&viewer, &id).await.0["actions"], json!([]));

    bench.pass(601);
    bench.work().await;
    let (behind, _) = seen_by(&bench.owner, &id).await;
    assert_eq!(behind["waits_for"], "late");
    assert_eq!(behind["actions"], json!([]), "the pivot is behind");

    let cancelled = bench.start("slow", json!({})).await;
    bench
        .post(&cancelled, "cancel", json!({}))
        .await
        .expect(200);
    let (run, _) = seen_by(&bench.owner, &cancelled).await;
    assert!(run["cancel_requested_at"].is_string(), "{run}");
    assert_eq!(run["actions"], json!([]), "it is on its way already");
}

#[tokio::test]
async fn a_run_that_needs_a_person_offers_what_is_legal_to_who_may_decide() {
    let bench = Bench::new().await;
    let editor = bench.fixture.app.member(&bench.fixture.owner, Role::Editor);
    let editor = editor.await;
    let mut pivot = bench.make("pay", "paid");
    pivot["kind"] = json!("P");
    let mut last = bench.fail("ship");
    last["kind"] = json!("R");
    bench.define("late", json!([pivot, last])).await;
    let id = bench.start("late", json!({})).await;
    assert_eq!(bench.finish(&id).await["status"], "needs_attention");

    let (run, steps) = seen_by(&bench.owner, &id).await;
    assert_eq!(run["actions"], json!(["abandon"]), "the pivot is behind");
    assert_eq!(run["next_at"], Value::Null, "only a person can move it");
    assert!(!run["error"]["next"].as_str().unwrap().is_empty());
    assert_eq!(steps[0]["actions"], json!([]));
    assert_eq!(
        steps[1]["actions"],
        json!(["retry_step", "mark_done", "skip"])
    );
    let (run, steps) = seen_by(&editor, &id).await;
    assert_eq!(
        (&run["actions"], &steps[1]["actions"]),
        (&json!([]), &json!([]))
    );

    let durable = &bench.fixture.app.platform.durable;
    let count = durable.count("saga", RunState::NeedsAttention).await;
    assert_eq!(count.unwrap(), 1);
    let decision = json!({"action": "skip", "step": "ship", "reason": "not needed"});
    bench.post(&id, "resolve", decision).await.expect(200);
    assert_eq!(bench.finish(&id).await["status"], "completed");
    let (run, _) = seen_by(&bench.owner, &id).await;
    assert!(run["ended_at"].is_string(), "{run}");
    assert_eq!(run["actions"], json!([]));
    let count = durable.count("saga", RunState::NeedsAttention).await;
    assert_eq!(count.unwrap(), 0);
}

#[tokio::test]
async fn a_step_that_cannot_be_taken_back_offers_only_what_settles_it() {
    let bench = Bench::new().await;
    let steps = json!([bench.make("a", "A"), wait("pause"), bench.fail("b")]);
    bench.define("stuck", steps).await;
    let id = bench.start("stuck", json!({})).await;
    bench.work().await;
    let record = bench.steps(&id).await[0]["result"]["id"].clone();
    let path = format!("Tasks/{}", record.as_str().unwrap());
    let fields = json!({"fields": {"Name": "mine now"}});
    let path = bench.fixture.path(&path);
    bench.owner.patch(&path, fields).await.expect(200);
    bench.pass(601);
    assert_eq!(bench.finish(&id).await["status"], "needs_attention");

    let (run, steps) = seen_by(&bench.owner, &id).await;
    assert_eq!(run["actions"], json!(["abandon"]), "{run}");
    let wanted = json!(["retry_compensation", "mark_compensated", "skip"]);
    assert_eq!(steps[0]["actions"], wanted);
    assert_eq!(steps[2]["actions"], json!([]), "the way forward is over");
    let decision = json!({"action": "abandon", "reason": "kept as it is"});
    let refused = bench.post(&id, "resolve", decision.clone()).await;
    refused.expect_problem(403, "reauthentication_required");
    let session = bench.fixture.app.sign_in_owner().await;
    let path = format!("/api/saga/runs/{id}/resolve");
    session.post(&path, decision).await.expect(200);
    let (run, steps) = seen_by(&bench.owner, &id).await;
    assert_eq!(run["status"], "resolved");
    assert_eq!(
        (&run["actions"], &steps[0]["actions"]),
        (&json!([]), &json!([]))
    );
}
