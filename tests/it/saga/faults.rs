use pyairtable::platform::durable::{FAULT_POINTS, with_fault};
use serde_json::json;

use super::bench::Bench;

#[tokio::test]
async fn a_failure_at_any_point_doubles_no_record_and_loses_none() {
    let bench = Bench::new().await;
    let all = |names: &str| {
        json!({"id": "batch", "kind": "C", "action": {"tool": "batch_create_records"}, "arguments": {
            "base_id": bench.fixture.base, "table_id": "Tasks", "records": [{"Name": names}]}})
    };
    let good = json!([
        bench.make("a", "${input.n} a"),
        all("${input.n} b"),
        bench.make("c", "of ${steps.a.result.id}")
    ]);
    bench.define("good", good).await;
    let bad = json!([
        bench.make("a", "${input.n} a"),
        all("${input.n} b"),
        bench.fail("c")
    ]);
    bench.define("bad", bad).await;
    let mut wanted = Vec::new();
    for (number, point) in FAULT_POINTS.into_iter().enumerate() {
        for nth in 1..=4 {
            let n = format!("{number}.{nth}");
            for (definition, end) in [("good", "completed"), ("bad", "compensated")] {
                let id = bench.start(definition, json!({"n": n})).await;
                let work = bench.kernel.run_due();
                with_fault(point, nth, work).await.0.unwrap();
                let run = bench.finish(&id).await;
                assert_eq!(run["status"], end, "{point} {nth}: {run}");
                if definition == "good" {
                    let made = run["output"]["a"]["id"].as_str().unwrap();
                    wanted.extend([format!("{n} a"), format!("{n} b"), format!("of {made}")]);
                }
            }
        }
    }
    wanted.sort_unstable();
    let mut there = Vec::new();
    let mut offset = String::new();
    loop {
        let path = bench.fixture.path(&format!("Tasks?offset={offset}"));
        let page = bench.owner.get(&path).await.expect(200).json;
        there.extend(crate::v0::fixture::names(&page));
        match page["offset"].as_str() {
            Some(next) => offset = next.replace('/', "%2F"),
            None => break,
        }
    }
    there.sort_unstable();
    assert_eq!(there, wanted);
}

#[tokio::test]
async fn an_attempt_that_was_overtaken_neither_writes_nor_takes_back() {
    let bench = Bench::new().await;
    bench.define("one", json!([bench.make("a", "one")])).await;
    let raise = async |number: i64| {
        let sql = format!("UPDATE saga_change_sets SET fence = {number}");
        bench.fixture.tamper(&[&sql]).await;
    };
    // Its first owner has looked what became of the write, so that there is a number to raise.
    let run = bench.start("one", json!({})).await;
    with_fault("after_intent", 1, bench.kernel.run_due())
        .await
        .0
        .unwrap();
    bench.pass(30);
    with_fault("after_effect", 1, bench.kernel.run_due())
        .await
        .0
        .unwrap();
    raise(1_000_000).await;
    for _ in 0..3 {
        bench.pass(60);
        bench.work().await;
    }
    assert!(bench.tasks().await.is_empty());
    assert_ne!(bench.run(&run).await["status"], "completed");
    raise(0).await;
    assert_eq!(bench.finish(&run).await["status"], "completed");
    assert_eq!(bench.tasks().await, ["one"]);
}
