use pyairtable::contracts::Role;
use serde_json::{Value, json};

use super::bench::Bench;

fn wait(id: &str) -> Value {
    json!({"id": id, "kind": "N", "action": {"wait": {"seconds": 600}}})
}

#[tokio::test]
async fn an_undo_that_cannot_be_done_never_ends_as_compensated() {
    let bench = Bench::new().await;
    let app = &bench.fixture.app;
    let editor = app.member(&bench.fixture.owner, Role::Editor).await;
    let editor = app.key(&editor, &["data.records:write"]).await;
    let steps = json!([bench.make("a", "A"), wait("pause"), bench.fail("b")]);
    bench.define("stuck", steps).await;
    let id = bench.start("stuck", json!({})).await;
    bench.work().await;
    let record = bench.steps(&id).await[0]["result"]["id"].clone();
    let path = bench
        .fixture
        .path(&format!("Tasks/{}", record.as_str().unwrap()));
    let fields = json!({"fields": {"Name": "mine now"}});
    bench.owner.patch(&path, fields).await.expect(200);
    bench.pass(601);
    let run = bench.finish(&id).await;
    assert_eq!(run["status"], "needs_attention", "{run}");
    let step = bench.steps(&id).await[0].clone();
    assert_eq!(step["status"], "comp_conflict");
    assert_eq!(step["error"]["code"], "undo_conflict");
    assert_eq!(bench.tasks().await, ["mine now"], "nothing foreign is lost");

    let decision = json!({"action": "mark_compensated", "step": "a", "reason": "it is mine"});
    let path = format!("/api/saga/runs/{id}/resolve");
    editor
        .post(&path, decision.clone())
        .await
        .expect_problem(403, "forbidden");
    let silent = json!({"action": "mark_compensated", "step": "a", "reason": " "});
    bench.post(&id, "resolve", silent).await.expect(422);
    let wrong = json!({"action": "retry_step", "step": "a", "reason": "x"});
    bench
        .post(&id, "resolve", wrong)
        .await
        .expect_problem(409, "saga_state");
    bench.post(&id, "resolve", decision).await.expect(200);
    assert_eq!(bench.finish(&id).await["status"], "compensated");
    let story = bench.story(&id).await;
    let told = "A person marked step a (create_record) as taken back: it is mine (Olga Owner)";
    assert!(story.contains(&told.to_owned()), "{story:#?}");
}

#[tokio::test]
async fn a_cancel_before_the_pivot_takes_back_and_behind_it_tells_what_is_left() {
    let bench = Bench::new().await;
    let mut pivot = bench.make("pay", "paid");
    pivot["kind"] = json!("P");
    let mut last = bench.make("ship", "shipped");
    last["kind"] = json!("R");
    let steps = json!([
        bench.make("a", "A"),
        wait("before"),
        pivot,
        wait("after"),
        last
    ]);
    bench.define("sale", steps).await;

    let early = bench.start("sale", json!({})).await;
    bench.work().await;
    assert_eq!(bench.tasks().await, ["A"]);
    bench.post(&early, "cancel", json!({})).await.expect(200);
    let run = bench.finish(&early).await;
    assert_eq!(run["status"], "compensated");
    assert_eq!(run["error"]["code"], "cancelled");
    assert_eq!(bench.tasks().await, Vec::<String>::new());
    bench
        .post(&early, "cancel", json!({}))
        .await
        .expect_problem(409, "saga_state");

    let late = bench.start("sale", json!({})).await;
    bench.work().await;
    bench.pass(601);
    bench.work().await;
    assert_eq!(bench.tasks().await, ["A", "paid"]);
    let refused = bench
        .post(&late, "compensate", json!({"reason": "no"}))
        .await;
    let refused = refused.expect_problem(409, "past_pivot");
    let detail = refused.json["detail"].as_str().unwrap();
    assert_eq!(detail, "These steps are still to come: after, ship");
    bench.pass(601);
    assert_eq!(bench.finish(&late).await["status"], "completed");
    assert_eq!(bench.tasks().await, ["A", "paid", "shipped"]);
}

#[tokio::test]
async fn behind_the_pivot_a_failure_waits_for_a_person_who_shows_that_it_is_done() {
    let bench = Bench::new().await;
    let mut pivot = bench.make("pay", "paid");
    pivot["kind"] = json!("P");
    let mut last = bench.fail("ship");
    last["kind"] = json!("R");
    bench.define("late", json!([pivot, last])).await;
    let id = bench.start("late", json!({})).await;
    assert_eq!(bench.finish(&id).await["status"], "needs_attention");
    let decide = |record: &str| {
        let evidence =
            json!({"base_id": bench.fixture.base, "table_id": "Tasks", "record_id": record});
        json!({"action": "mark_done", "step": "ship", "reason": "by hand", "evidence": evidence})
    };
    let invented = decide("rec00000000000000");
    bench.post(&id, "resolve", invented).await.expect(422);
    let real = bench
        .fixture
        .create("Tasks", json!({"Name": "shipped"}))
        .await;
    bench.post(&id, "resolve", decide(&real)).await.expect(200);
    let run = bench.finish(&id).await;
    assert_eq!(run["status"], "completed");
    assert_eq!(run["output"]["ship"]["id"], real.as_str());
}

#[tokio::test]
async fn behind_the_pivot_no_decision_takes_a_run_back() {
    let bench = Bench::new().await;
    let mut pivot = bench.make("pay", "paid");
    pivot["kind"] = json!("P");
    let mut last = bench.fail("ship");
    last["kind"] = json!("R");
    let steps = json!([bench.make("a", "A"), pivot, last]);
    bench.define("late", steps).await;
    let id = bench.start("late", json!({})).await;
    assert_eq!(bench.finish(&id).await["status"], "needs_attention");
    let decision = json!({"action": "take_back", "reason": "no"});
    for (what, body) in [
        ("resolve", decision),
        ("compensate", json!({"reason": "no"})),
    ] {
        let refused = bench.post(&id, what, body).await;
        let refused = refused.expect_problem(409, "past_pivot");
        let detail = refused.json["detail"].as_str().unwrap();
        assert_eq!(detail, "These steps are still to come: ship");
    }
    assert_eq!(bench.run(&id).await["status"], "needs_attention");
    assert_eq!(bench.tasks().await, ["A", "paid"], "nothing was taken back");
}

#[tokio::test]
async fn steps_have_the_rights_that_their_starter_has_when_they_run() {
    let bench = Bench::new().await;
    let steps = json!([bench.make("a", "A"), wait("pause"), bench.make("b", "B")]);
    bench.define("slow", steps).await;
    let scopes = ["data.records:read", "data.records:write"];
    let body = json!({"name": "short", "scopes": scopes});
    let key = bench.fixture.owner.post("/api/auth/keys", body).await;
    let key = key.expect(201).json;
    let starter = bench.owner.with_token(key["key"].as_str().unwrap());
    let started = starter
        .post("/api/saga/start", json!({"definition": "slow"}))
        .await
        .expect(202);
    let id = started.json["saga_id"].as_str().unwrap();
    bench.work().await;
    assert_eq!(bench.tasks().await, ["A"]);
    let path = format!("/api/auth/keys/{}", key["id"].as_str().unwrap());
    let gone = bench.fixture.owner.delete(&path).await;
    assert!(gone.status < 300, "{}", gone.text);
    bench.pass(601);
    let run = bench.finish(id).await;
    assert_eq!(run["status"], "needs_attention", "{run}");
    let steps = bench.steps(id).await;
    assert_eq!(steps[2]["error"]["code"], "starter_refused");
    assert_eq!(steps[0]["status"], "comp_failed");
    assert_eq!(bench.tasks().await, ["A"], "no step had the right");
}

#[tokio::test]
async fn who_may_not_is_refused_and_strangers_see_nothing() {
    let bench = Bench::new().await;
    bench.define("one", json!([bench.make("a", "A")])).await;
    let id = bench.start("one", json!({})).await;
    let start = json!({"definition": "one"});
    let app = &bench.fixture.app;
    app.anonymous()
        .post("/api/saga/start", start.clone())
        .await
        .expect(401);
    let viewer = app.member(&bench.fixture.owner, Role::Viewer).await;
    viewer
        .post("/api/saga/start", start.clone())
        .await
        .expect_problem(403, "forbidden");
    viewer
        .get(&format!("/api/saga/runs/{id}"))
        .await
        .expect(200);
    let editor = app.member(&bench.fixture.owner, Role::Editor).await;
    editor
        .post("/api/saga/start", start.clone())
        .await
        .expect(202);
    let body = bench.definition(json!([bench.make("a", "B")]));
    editor
        .put("/api/saga/definitions/one", body)
        .await
        .expect_problem(403, "forbidden");
    let stranger = app.other_tenant().await;
    stranger.post("/api/saga/start", start).await.expect(404);
    for path in ["", "/steps", "/events"] {
        let path = format!("/api/saga/runs/{id}{path}");
        stranger.get(&path).await.expect_problem(404, "not_found");
    }
    let path = format!("/api/saga/runs/{id}/cancel");
    stranger.post(&path, json!({})).await.expect(404);
    let runs = stranger.get("/api/saga/runs").await.expect(200).json;
    assert_eq!(runs["items"], json!([]));
}
