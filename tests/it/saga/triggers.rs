use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::bench::Bench;

/// The runs, newest first, as soon as there are so many; the instance delivers events by itself.
async fn runs(bench: &Bench, wanted: usize) -> Vec<Value> {
    let began = Instant::now();
    loop {
        bench.fixture.app.deliver_events().await;
        let page = bench.owner.get("/api/saga/runs").await.expect(200).json;
        let runs = page["items"].as_array().unwrap().clone();
        if runs.len() >= wanted {
            return runs;
        }
        let is_late = began.elapsed() > Duration::from_secs(20);
        assert!(!is_late, "{wanted} runs are not there: {runs:?}");
        tokio::task::yield_now().await;
    }
}

fn id(run: &Value) -> &str {
    run["saga_id"].as_str().unwrap()
}

#[tokio::test]
async fn an_event_starts_one_run_of_each_saga_that_wants_it_and_sagas_start_none() {
    let bench = Bench::new().await;
    let mut body = bench.definition(json!([
        bench.make("note", "seen ${input.event.type}"),
        bench.fail("never"),
    ]));
    body["on"] = json!([{"event": "records.changed", "base_id": bench.fixture.base}]);
    bench
        .owner
        .put("/api/saga/definitions/watch", body)
        .await
        .expect(200);
    bench
        .fixture
        .create("Tasks", json!({"Name": "Paint"}))
        .await;
    let started = runs(&bench, 1).await;
    assert_eq!(started.len(), 1);
    let first = id(&started[0]);
    // What it writes, and what it takes back, are changes of records too.
    assert_eq!(bench.finish(first).await["status"], "compensated");
    let made = &bench.steps(first).await[0]["result"]["fields"]["Name"];
    assert_eq!(made, "seen records.changed");
    // Events of one base come in order: when this one has started a run, those before it have not.
    bench.fixture.create("Tasks", json!({"Name": "Saw"})).await;
    let all = runs(&bench, 2).await;
    assert_eq!(all.len(), 2, "{all:?}");
    assert_eq!(bench.tasks().await, ["Paint", "Saw"]);
}

#[tokio::test]
async fn a_definition_hears_events_from_its_first_version_on() {
    let bench = Bench::new().await;
    let tasks = async |name: &str| bench.fixture.create("Tasks", json!({"Name": name})).await;
    // Nobody waits for these, which the instance is to remember only until somebody does.
    tasks("Early").await;
    bench.fixture.app.deliver_events().await;
    tasks("Before").await;
    let mut body = bench.definition(json!([bench.fail("never")]));
    body["on"] = json!([{"event": "records.changed"}]);
    bench
        .owner
        .put("/api/saga/definitions/watch", body)
        .await
        .expect(200);
    tasks("Late").await;
    assert_eq!(runs(&bench, 1).await.len(), 1);
}
