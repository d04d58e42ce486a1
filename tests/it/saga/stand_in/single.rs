use serde_json::{Value, json};

use super::world::{World, assert_nothing_doubled, once};
use crate::saga::bench::Bench;
use crate::support::TestStandIn;

#[tokio::test]
async fn a_request_that_cannot_be_verified_is_sent_once_and_says_that_nobody_knows() {
    for fault in [
        "kind = \"reset\"",
        "kind = \"status\"\nstatus = 500",
        "kind = \"status\"\nstatus = 504",
    ] {
        let plan = once("POST", 1, fault, "after");
        let world = World::new(&plan).await;
        let step = json!({"id": "create", "kind": "P", "action": {"http": {"url": world.url("Tasks")}},
            "arguments": {"fields": {"Name": "${input.name}"}}});
        world
            .bench
            .define("blind", json!([world.bench.make("a", "A"), step]))
            .await;
        let id = world.bench.start("blind", json!({"name": "X"})).await;
        let run = world.bench.finish(&id).await;
        assert_eq!(
            (&run["status"], &run["error"]["code"]),
            (&json!("compensated"), &json!("may_have_been_sent"))
        );
        assert_eq!(world.bench.steps(&id).await[1]["assurance"], "unverified");
        assert_eq!(
            world.airtable.ledger(0).await.len(),
            1,
            "it was not sent again"
        );
    }
}

#[tokio::test]
async fn two_records_that_could_be_the_one_are_left_to_a_person() {
    let plan = once("POST", 2, "kind = \"reset\"", "after");
    let world = World::new(&plan).await;
    let path = world.airtable.path("Tasks");
    world
        .airtable
        .script
        .post(&path, json!({"fields": {"Name": "X"}}))
        .await
        .expect(200);
    world
        .bench
        .define("twin", json!([world.create("create", "${input.name}")]))
        .await;
    let id = world.bench.start("twin", json!({"name": "X"})).await;
    let run = world.bench.finish(&id).await;
    assert_eq!(
        (&run["status"], &run["error"]["code"]),
        (&json!("needs_attention"), &json!("verify_unclear"))
    );
    assert_eq!(
        world.airtable.ledger(0).await.len(),
        2,
        "it was not sent again"
    );
}

#[tokio::test]
async fn a_target_that_somebody_else_changed_meanwhile_is_left_to_a_person() {
    let plan = once("PATCH", 1, "kind = \"reset\"", "before");
    let world = World::new(&plan).await;
    let steps = json!([
        world.create("create", "${input.name}"),
        {"id": "pause", "kind": "N", "action": {"wait": {"seconds": 600}}},
        world.update("update", "create", 3)
    ]);
    world.bench.define("change", steps).await;
    let id = world.bench.start("change", json!({"name": "X"})).await;
    world.bench.work().await;
    let ledger = world.airtable.ledger(0).await;
    let made = ledger[0]["created"][0].as_str().unwrap();
    let path = world.airtable.path(&format!("Tasks/{made}"));
    let foreign = json!({"fields": {"Name": "X", "Hours": 8}});
    world.airtable.script.put(&path, foreign).await.expect(200);
    world.bench.pass(601);
    let run = world.bench.finish(&id).await;
    assert_eq!(
        (&run["status"], &run["error"]["code"]),
        (&json!("needs_attention"), &json!("verify_unclear"))
    );
    let record = world.airtable.script.get(&path).await.expect(200).json;
    assert_eq!(record["fields"]["Hours"], 8);
}

#[tokio::test]
async fn a_lock_out_delays_sagas_and_costs_no_attempt() {
    let bench = Bench::new().await;
    let clock = bench.fixture.app.clock.clone();
    let airtable = TestStandIn::start("[limits]\nper_base = 1\n", None, clock).await;
    let world = World { bench, airtable };
    let mut step = world.create("create", "${input.name}");
    step["retry"] = json!({"attempts": 1});
    world.bench.define("one", json!([step])).await;
    let mut runs = Vec::new();
    for number in 0..6 {
        runs.push(
            world
                .bench
                .start("one", json!({"name": format!("N{number}")}))
                .await,
        );
    }
    for id in &runs {
        let run = world.bench.finish(id).await;
        assert_eq!(run["status"], "completed", "{run:#}");
    }
    world.bench.pass(60);
    let ledger = world.airtable.ledger(0).await;
    assert_eq!(ledger.len(), 6);
    assert_nothing_doubled(&ledger);
    let mut busy = 0;
    for id in &runs {
        busy += world
            .bench
            .story(id)
            .await
            .iter()
            .filter(|line| line.contains("is busy"))
            .count();
    }
    assert!(busy > 0, "no request met the lock-out");
}

#[tokio::test]
async fn a_verification_that_cannot_work_is_refused_when_it_is_saved() {
    let bench = Bench::new().await;
    let put = |http: Value| {
        let step = json!({"id": "a", "kind": "R", "action": {"http": http}});
        let body = bench.definition(json!([step]));
        let owner = bench.owner.clone();
        async move { owner.put("/api/saga/definitions/x", body).await }
    };
    let url = "https://example.org/a";
    let verify = json!({"url": url, "expect": {"a": 1}});
    for http in [
        json!({"url": url, "method": "GET", "verify": verify}),
        json!({"url": url, "deduplicates": true, "verify": verify}),
        json!({"url": url, "resend": true, "verify": verify}),
        json!({"url": url, "verify": {"url": "${input.url}", "expect": {"a": 1}}}),
        json!({"url": url, "verify": {"url": url, "expect": {}}}),
        json!({"url": url, "verify": {"url": url, "expect": {"a": 1}, "list": "l", "before": {"a": 2}}}),
        json!({"url": url, "verify": {"url": url, "expect": {"a": "${steps.later.result}"}}}),
    ] {
        put(http).await.expect_problem(422, "invalid_request");
    }
    put(json!({"url": url, "verify": verify})).await.expect(200);
}
