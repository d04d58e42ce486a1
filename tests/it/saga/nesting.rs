use pyairtable::contracts::Role;
use serde_json::{Value, json};

use super::bench::Bench;

fn inner(id: &str, definition: &str) -> Value {
    json!({"id": id, "kind": "C", "action": {"saga": {"definition": definition}},
        "arguments": {"name": "${input.name}"}})
}

fn wait(id: &str) -> Value {
    json!({"id": id, "kind": "N", "action": {"wait": {"seconds": 600}}})
}

/// The run that a step has started.
async fn inner_of(bench: &Bench, id: &str, step: &str) -> String {
    let steps = bench.steps(id).await;
    let step = steps.into_iter().find(|known| known["id"] == step);
    step.unwrap()["inner_saga_id"].as_str().unwrap().to_owned()
}

/// Works until the run has ended or needs a person, whatever it waits for on the way.
async fn end(bench: &Bench, id: &str) -> Value {
    for _ in 0..40 {
        bench.work().await;
        bench.fixture.app.deliver_events().await;
        let run = bench.run(id).await;
        if !run["ended_at"].is_null() || run["status"] == "needs_attention" {
            return run;
        }
        bench.pass(30);
    }
    panic!("it does not end: {}", bench.run(id).await)
}

async fn define_booking(bench: &Bench) {
    let steps = json!([
        bench.make("hotel", "hotel for ${input.name}"),
        bench.make("flight", "flight for ${input.name}"),
    ]);
    bench.define("booking", steps).await;
}

#[tokio::test]
async fn a_saga_inside_another_is_awaited_and_ends_with_it() {
    let bench = Bench::new().await;
    define_booking(&bench).await;
    let mut pivot = bench.make("pay", "paid ${steps.book.result.hotel.fields.Name}");
    pivot["kind"] = json!("P");
    let steps = json!([inner("book", "booking"), wait("pause"), pivot]);
    bench.define("trip", steps).await;
    let id = bench.start("trip", json!({"name": "Ada"})).await;
    bench.work().await;
    assert_eq!(bench.tasks().await, ["flight for Ada", "hotel for Ada"]);

    let booking = inner_of(&bench, &id, "book").await;
    let run = bench.run(&booking).await;
    assert_eq!(run["outer_saga_id"], id.as_str());
    assert_eq!(run["status"], "waiting", "it could still be taken back");
    assert_eq!(run["actions"], json!([]));
    let refused = bench.post(&booking, "cancel", json!({})).await;
    refused.expect_problem(409, "inner_saga");
    let outer = &bench.steps(&id).await[0];
    assert_eq!(outer["status"], "done");
    assert_eq!(outer["assurance"], "keyed");
    assert_eq!(
        outer["result"]["flight"]["fields"]["Name"],
        "flight for Ada"
    );

    bench.pass(601);
    assert_eq!(end(&bench, &id).await["status"], "completed");
    assert_eq!(end(&bench, &booking).await["status"], "completed");
    let wanted = ["flight for Ada", "hotel for Ada", "paid hotel for Ada"];
    assert_eq!(bench.tasks().await, wanted);
    let story = bench.story(&id).await;
    let wanted = "The saga inside of step book was started";
    assert!(story.contains(&wanted.to_owned()), "{story:#?}");
}

#[tokio::test]
async fn a_saga_that_fails_takes_back_the_one_inside_too() {
    let bench = Bench::new().await;
    define_booking(&bench).await;
    let steps = json!([
        bench.make("a", "A"),
        inner("book", "booking"),
        bench.fail("never")
    ]);
    bench.define("trip", steps).await;
    let id = bench.start("trip", json!({"name": "Ada"})).await;
    let run = end(&bench, &id).await;
    assert_eq!(run["status"], "compensated", "{run}");
    assert_eq!(bench.tasks().await, Vec::<String>::new());
    let booking = inner_of(&bench, &id, "book").await;
    assert_eq!(bench.run(&booking).await["status"], "compensated");
    let book = &bench.steps(&id).await[1];
    assert_eq!(book["status"], "compensated");
}

#[tokio::test]
async fn a_cancel_goes_down_to_the_saga_inside_while_it_runs() {
    let bench = Bench::new().await;
    bench
        .define("deep", json!([bench.make("c", "C"), wait("long")]))
        .await;
    let steps = json!([bench.make("b", "B"), inner("deep", "deep")]);
    bench.define("middle", steps).await;
    let steps = json!([bench.make("a", "A"), inner("middle", "middle")]);
    bench.define("top", steps).await;
    let id = bench.start("top", json!({"name": "x"})).await;
    bench.work().await;
    assert_eq!(bench.tasks().await, ["A", "B", "C"]);
    assert_eq!(bench.steps(&id).await[1]["status"], "intent");
    let middle = inner_of(&bench, &id, "middle").await;
    let deep = inner_of(&bench, &middle, "deep").await;
    bench.post(&id, "cancel", json!({})).await.expect(200);
    assert_eq!(end(&bench, &id).await["status"], "compensated");
    for run in [middle, deep] {
        assert_eq!(bench.run(&run).await["status"], "compensated");
    }
    assert_eq!(bench.tasks().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_start_whose_answer_was_lost_finds_the_saga_that_it_has_started() {
    let bench = Bench::new().await;
    bench
        .define("deep", json!([bench.make("c", "C"), wait("long")]))
        .await;
    bench.define("top", json!([inner("deep", "deep")])).await;
    let id = bench.start("top", json!({"name": "x"})).await;
    bench.work().await;
    let deep = inner_of(&bench, &id, "deep").await;
    // As its owner leaves it that dies behind the commit of the start.
    let step = "UPDATE durable_steps SET state = 'intent' WHERE path = 'deep' AND item = 0";
    let run = format!("UPDATE durable_runs SET state = 'running', due = 0 WHERE id = '{id}'");
    bench.fixture.tamper(&[step, &run]).await;
    bench.work().await;
    assert_eq!(inner_of(&bench, &id, "deep").await, deep);
    let runs = bench.owner.get("/api/saga/runs?definition=deep").await;
    assert_eq!(runs.expect(200).json["items"].as_array().unwrap().len(), 1);
    let story = bench.story(&id).await;
    let lost = story
        .iter()
        .any(|line| line.contains("the answer was lost"));
    assert!(lost, "{story:#?}");
    bench.pass(601);
    assert_eq!(end(&bench, &id).await["status"], "completed");
    assert_eq!(bench.tasks().await, ["C"]);
}

#[tokio::test]
async fn a_saga_inside_that_fails_has_the_outer_one_taken_back() {
    let bench = Bench::new().await;
    bench
        .define("broken", json!([bench.make("b", "B"), bench.fail("never")]))
        .await;
    let steps = json!([bench.make("a", "A"), inner("inside", "broken")]);
    bench.define("trip", steps).await;
    let id = bench.start("trip", json!({"name": "x"})).await;
    let run = end(&bench, &id).await;
    assert_eq!(run["status"], "compensated", "{run}");
    assert_eq!(run["error"]["code"], "inner_failed");
    assert_eq!(bench.tasks().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_saga_inside_that_cannot_go_back_keeps_the_outer_one_for_a_person() {
    let bench = Bench::new().await;
    define_booking(&bench).await;
    let steps = json!([
        bench.make("a", "A"),
        inner("book", "booking"),
        wait("pause"),
        bench.fail("never")
    ]);
    bench.define("trip", steps).await;
    let id = bench.start("trip", json!({"name": "Ada"})).await;
    bench.work().await;
    let booking = inner_of(&bench, &id, "book").await;
    let hotel = bench.steps(&booking).await[0]["result"]["id"].clone();
    let path = bench
        .fixture
        .path(&format!("Tasks/{}", hotel.as_str().unwrap()));
    let fields = json!({"fields": {"Name": "mine now"}});
    bench.owner.patch(&path, fields).await.expect(200);
    bench.pass(601);
    let run = end(&bench, &id).await;
    assert_eq!(run["status"], "needs_attention", "{run}");
    assert_eq!(bench.tasks().await, ["mine now"], "all else went back");
    let book = &bench.steps(&id).await[1];
    assert_eq!(book["error"]["code"], "inner_needs_attention");

    let decision = json!({"action": "mark_compensated", "step": "hotel", "reason": "mine"});
    bench.post(&booking, "resolve", decision).await.expect(200);
    assert_eq!(end(&bench, &booking).await["status"], "compensated");
    let again = json!({"action": "retry_compensation", "step": "book", "reason": "it is back"});
    bench.post(&id, "resolve", again).await.expect(200);
    assert_eq!(end(&bench, &id).await["status"], "compensated");
}

#[tokio::test]
async fn circles_and_what_could_not_be_taken_back_are_refused() {
    let bench = Bench::new().await;
    let refused = async |name: &str, steps: Value, field: &str| {
        let path = format!("/api/saga/definitions/{name}");
        let refused = bench.owner.put(&path, bench.definition(steps)).await;
        let refused = refused.expect_problem(422, "invalid_request").json;
        assert_eq!(refused["errors"][0]["field"], field, "{refused}");
    };
    let place = "steps.x.action.saga";
    refused("a", json!([inner("x", "nowhere")]), place).await;
    refused("a", json!([inner("x", "a")]), place).await;
    let mut pivot = bench.make("p", "P");
    pivot["kind"] = json!("P");
    bench.define("final", json!([pivot])).await;
    refused("a", json!([inner("x", "final")]), place).await;
    let mut kind = inner("x", "b");
    kind["kind"] = json!("R");
    refused("a", json!([kind]), "steps.x.kind").await;

    bench.define("c", json!([bench.make("m", "M")])).await;
    bench.define("b", json!([inner("x", "c")])).await;
    bench.define("a", json!([inner("x", "b")])).await;
    refused("c", json!([inner("x", "a")]), place).await;

    bench.define("n0", json!([bench.make("m", "M")])).await;
    for level in 1..=8 {
        let below = format!("n{}", level - 1);
        let name = format!("n{level}");
        bench.define(&name, json!([inner("x", &below)])).await;
    }
    refused("n9", json!([inner("x", "n8")]), "steps").await;
    let id = bench.start("n8", json!({"name": "x"})).await;
    assert_eq!(end(&bench, &id).await["status"], "completed");
    assert_eq!(bench.tasks().await, ["M"]);
}

#[tokio::test]
async fn versions_are_those_of_the_start_and_what_became_unfit_is_not_started() {
    let bench = Bench::new().await;
    bench.define("part", json!([bench.make("m", "old")])).await;
    let steps = json!([wait("pause"), inner("x", "part")]);
    bench.define("whole", steps).await;
    let id = bench.start("whole", json!({"name": "x"})).await;
    bench.work().await;
    let mut pivot = bench.make("m", "new");
    pivot["kind"] = json!("P");
    bench.define("part", json!([pivot])).await;
    bench.pass(601);
    assert_eq!(end(&bench, &id).await["status"], "completed");
    assert_eq!(bench.tasks().await, ["old"]);

    let start = json!({"definition": "whole", "input": {"name": "x"}});
    let refused = bench.owner.post("/api/saga/start", start).await;
    let refused = refused.expect_problem(422, "invalid_request").json;
    assert_eq!(refused["errors"][0]["field"], "steps.x.action.saga");
}

#[tokio::test]
async fn a_saga_inside_has_the_rights_of_who_started_the_outer_one() {
    let bench = Bench::new().await;
    define_booking(&bench).await;
    bench
        .define("trip", json!([wait("pause"), inner("book", "booking")]))
        .await;
    let editor = bench.fixture.app.member(&bench.fixture.owner, Role::Editor);
    let editor = editor.await;
    let scopes = ["data.records:read", "data.records:write"];
    let key = json!({"name": "short", "scopes": scopes});
    let key = editor.post("/api/auth/keys", key).await.expect(201).json;
    let starter = editor.with_token(key["key"].as_str().unwrap());
    let start = json!({"definition": "trip", "input": {"name": "Ada"}});
    let started = starter
        .post("/api/saga/start", start)
        .await
        .expect(202)
        .json;
    let id = started["saga_id"].as_str().unwrap();
    bench.work().await;
    let path = format!("/api/auth/keys/{}", key["id"].as_str().unwrap());
    editor.delete(&path).await;
    bench.pass(601);
    let run = end(&bench, id).await;
    assert_eq!(run["status"], "compensated", "{run}");
    assert_eq!(run["error"]["code"], "starter_refused");
    assert_eq!(bench.tasks().await, Vec::<String>::new());
}
