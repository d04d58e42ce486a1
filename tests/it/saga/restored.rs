use std::fs;
use std::time::{Duration, Instant};

use serde_json::json;

use super::bench::Bench;

async fn watched(bench: &Bench) {
    let mut body = bench.definition(json!([bench.make("note", "seen")]));
    body["on"] = json!([{"event": "records.changed", "base_id": bench.fixture.base}]);
    let path = "/api/saga/definitions/watch";
    bench.owner.put(path, body).await.expect(200);
}

/// The runs of a definition, as soon as there is one.
async fn only_run(bench: &Bench, definition: &str) -> serde_json::Value {
    let began = Instant::now();
    loop {
        assert!(began.elapsed() < Duration::from_secs(20), "no run is there");
        bench.fixture.app.deliver_events().await;
        let path = format!("/api/saga/runs?definition={definition}");
        let page = bench.owner.get(&path).await.expect(200).json;
        if let [run] = page["items"].as_array().unwrap().as_slice() {
            return run.clone();
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn after_a_restore_every_open_run_waits_for_a_person_and_goes_on_when_released() {
    let bench = Bench::new().await;
    let wait = json!({"id": "pause", "kind": "N", "action": {"wait": {"seconds": 60}}});
    let steps = json!([bench.make("a", "first"), wait, bench.make("c", "last")]);
    bench.define("rest", steps).await;
    bench
        .define("quick", json!([bench.make("a", "quick")]))
        .await;
    let waiting = bench.start("rest", json!({})).await;
    let done = bench.start("quick", json!({})).await;
    assert_eq!(bench.finish(&done).await["status"], "completed");
    assert_eq!(bench.finish(&waiting).await["status"], "waiting");
    let fresh = bench.start("quick", json!({})).await;
    let platform = &bench.fixture.app.platform;
    let held = platform.lineage.restored(&platform.durable).await.unwrap();
    assert_eq!(held, 2);
    bench.pass(3600);
    bench.work().await;
    for run in [&waiting, &fresh] {
        let run = bench.run(run).await;
        assert_eq!(run["status"], "needs_attention", "{run}");
        assert_eq!(run["error"]["code"], "restored", "{run}");
    }
    assert_eq!(bench.run(&done).await["status"], "completed");
    assert_eq!(bench.tasks().await, ["first", "quick"]);
    let held = platform.durable.count_restored().await.unwrap();
    assert_eq!(held, 2);
    let released = platform.durable.release_restored("looked at").await;
    assert_eq!(released.unwrap(), 2);
    for run in [&waiting, &fresh] {
        assert_eq!(bench.finish(run).await["status"], "completed");
    }
    assert_eq!(bench.tasks().await, ["first", "last", "quick", "quick"]);
}

#[tokio::test]
async fn an_event_from_before_a_restore_starts_a_run_that_is_held() {
    let bench = Bench::new().await;
    watched(&bench).await;
    bench.fixture.app.deliver_events().await;
    // Not delivered before the restore, or else held with all that is open: both end the same.
    bench
        .fixture
        .create("Tasks", json!({"Name": "Paint"}))
        .await;
    bench.pass(1);
    let platform = &bench.fixture.app.platform;
    platform.lineage.restored(&platform.durable).await.unwrap();
    let run = only_run(&bench, "watch").await;
    bench.work().await;
    let run = bench.run(run["saga_id"].as_str().unwrap()).await;
    assert_eq!(run["error"]["code"], "restored", "{run}");
    assert_eq!(bench.tasks().await, ["Paint"]);
}

#[tokio::test]
async fn a_database_that_is_older_than_its_mark_is_taken_for_restored_once() {
    let bench = Bench::new().await;
    bench
        .define("quick", json!([bench.make("a", "quick")]))
        .await;
    let run = bench.start("quick", json!({})).await;
    let app = &bench.fixture.app;
    let mark = app.data_dir().join("database.mark");
    let text = loop {
        if let Ok(text) = fs::read_to_string(&mark) {
            break text;
        }
        tokio::task::yield_now().await;
    };
    let words: Vec<&str> = text.split_whitespace().collect();
    let platform = &app.platform;
    // Another database's mark says nothing about this one.
    fs::write(&mark, format!("other {} 1000000", words[1])).unwrap();
    platform.lineage.check(&platform.durable).await.unwrap();
    assert_eq!(bench.run(&run).await["status"], "pending");
    fs::write(&mark, format!("{} {} 1000000", words[0], words[1])).unwrap();
    platform.lineage.check(&platform.durable).await.unwrap();
    assert_eq!(bench.run(&run).await["error"]["code"], "restored");
    platform.durable.release_restored("known").await.unwrap();
    // A second instance with the same old mark finds that it has been seen to.
    platform.lineage.check(&platform.durable).await.unwrap();
    assert_eq!(bench.finish(&run).await["status"], "completed");
}
