use reqwest::Method;
use serde_json::{Value, json};

use super::bench::Bench;

#[tokio::test]
async fn a_saga_runs_over_the_tools_and_its_values_flow_from_step_to_step() {
    let bench = Bench::new().await;
    let steps = json!([
        bench.make("first", "${input.name}"),
        {"id": "look", "kind": "N", "action": {"tool": "get_record"}, "arguments": {
            "base_id": bench.fixture.base, "table_id": "Tasks", "record_id": "${steps.first.result.id}"}},
        bench.make("second", "after ${steps.look.result.fields.Name}"),
    ]);
    bench.define("pair", steps).await;
    let id = bench.start("pair", json!({"name": "Paint"})).await;
    let waiting = bench.run(&id).await;
    assert_eq!(waiting["status"], "pending");
    assert_eq!(waiting["current_step"], "first");
    assert_eq!(waiting["total_steps"], 3);
    assert_eq!(bench.tasks().await, Vec::<String>::new());

    let run = bench.finish(&id).await;
    assert_eq!(run["status"], "completed", "{run}");
    assert_eq!(run["steps_done"], 3);
    assert_eq!(run["current_step"], Value::Null);
    assert_eq!(bench.tasks().await, ["Paint", "after Paint"]);
    let steps = bench.steps(&id).await;
    let words: Vec<&Value> = steps.iter().map(|step| &step["assurance"]).collect();
    assert_eq!(json!(words), json!(["verified", null, "verified"]));
    let change = steps[0]["change_set_id"].as_str().unwrap();
    let path = format!("/api/saga/changes/{change}");
    let change = bench.owner.get(&path).await.expect(200).json;
    assert_eq!(change["origin"], "saga");
    assert_eq!(change["client"], "saga pair");
}

#[tokio::test]
async fn a_failure_half_way_takes_back_what_was_done_in_reverse_order_and_tells_it() {
    let bench = Bench::new().await;
    let mut twin = bench.make("b", "B");
    let mut other = bench.make("c", "C");
    twin["parallel"] = json!("both");
    other["parallel"] = json!("both");
    let steps = json!([
        bench.make("a", "A"),
        twin,
        other,
        bench.fail("d"),
        bench.make("e", "E")
    ]);
    bench.define("broken", steps).await;
    let id = bench.start("broken", json!({})).await;
    let run = bench.finish(&id).await;
    assert_eq!(run["status"], "compensated", "{run}");
    assert_eq!(bench.tasks().await, Vec::<String>::new());
    let steps = bench.steps(&id).await;
    let states: Vec<&Value> = steps.iter().map(|step| &step["status"]).collect();
    let wanted = json!([
        "compensated",
        "compensated",
        "compensated",
        "failed",
        "pending"
    ]);
    assert_eq!(json!(states), wanted);
    let story = bench.story(&id).await;
    let undone: Vec<&String> = story
        .iter()
        .filter(|line| line.starts_with("Step") && line.ends_with("was taken back"))
        .collect();
    assert_eq!(undone.len(), 3, "{story:#?}");
    assert_eq!(undone[2], "Step a (create_record) was taken back");
    let turned = story.iter().any(|line| line.starts_with("It turned back"));
    assert!(turned, "{story:#?}");
    assert_eq!(story[0], "The saga was started");
}

#[tokio::test]
async fn a_repeated_start_with_the_same_key_finds_the_first_run() {
    let bench = Bench::new().await;
    bench.define("one", json!([bench.make("a", "A")])).await;
    let start = |name: &str| {
        let body = json!({"definition": "one", "input": {"name": name}});
        let request = bench.owner.request(Method::POST, "/api/saga/start");
        let request = request.header("Idempotency-Key", "k1").json(&body);
        let owner = bench.owner.clone();
        async move { owner.send(request).await }
    };
    let first = start("x").await.expect(202).json;
    let again = start("x").await.expect(200).json;
    assert_eq!(first["saga_id"], again["saga_id"]);
    bench.finish(first["saga_id"].as_str().unwrap()).await;
    let late = start("x").await.expect(200).json;
    assert_eq!(late["status"], "completed");
    start("y")
        .await
        .expect_problem(409, "idempotency_key_reused");
    assert_eq!(bench.tasks().await, ["A"]);
}

#[tokio::test]
async fn two_owners_at_once_do_every_step_once() {
    let bench = Bench::new().await;
    let steps = json!([
        bench.make("a", "${input.number} a"),
        bench.make("b", "${input.number} b")
    ]);
    bench.define("many", steps).await;
    for number in 10..30 {
        bench.start("many", json!({"number": number})).await;
    }
    let other = bench.fixture.app.kernel();
    let (one, two) = tokio::join!(bench.kernel.run_due(), other.run_due());
    assert!(one.unwrap() + two.unwrap() >= 20);
    let runs = bench
        .owner
        .get("/api/saga/runs?status=completed&definition=many")
        .await
        .expect(200);
    assert_eq!(runs.json["items"].as_array().unwrap().len(), 20);
    let wanted: Vec<String> = (10..30)
        .flat_map(|number| [format!("{number} a"), format!("{number} b")])
        .collect();
    assert_eq!(bench.tasks().await, wanted);
}

#[tokio::test]
async fn a_wait_takes_its_time_and_runs_are_listed_page_by_page() {
    let bench = Bench::new().await;
    let wait = json!({"id": "pause", "kind": "N", "action": {"wait": {"seconds": 600}}});
    bench
        .define("slow", json!([wait, bench.make("a", "A")]))
        .await;
    let first = bench.start("slow", json!({})).await;
    bench.work().await;
    bench.pass(590);
    bench.work().await;
    let run = bench.run(&first).await;
    assert_eq!(
        (&run["status"], &run["waits_for"]),
        (&json!("waiting"), &json!("pause"))
    );
    bench.pass(15);
    assert_eq!(bench.finish(&first).await["status"], "completed");

    let second = bench.start("slow", json!({})).await;
    let page = bench
        .owner
        .get("/api/saga/runs?limit=1")
        .await
        .expect(200)
        .json;
    assert_eq!(page["items"][0]["saga_id"], second.as_str());
    let next = page["next_cursor"].as_str().unwrap();
    let path = format!("/api/saga/runs?limit=1&cursor={next}");
    let page = bench.owner.get(&path).await.expect(200).json;
    assert_eq!(page["items"][0]["saga_id"], first.as_str());
    assert_eq!(page["next_cursor"], Value::Null);
}

#[tokio::test]
async fn a_reference_to_what_is_not_there_fails_the_step_and_takes_the_rest_back() {
    let bench = Bench::new().await;
    let steps = json!([bench.make("a", "A"), bench.make("b", "${input.missing}")]);
    bench.define("missing", steps).await;
    let id = bench.start("missing", json!({})).await;
    let run = bench.finish(&id).await;
    assert_eq!(run["status"], "compensated");
    assert_eq!(run["error"]["code"], "reference_missing");
    assert_eq!(bench.tasks().await, Vec::<String>::new());
}
