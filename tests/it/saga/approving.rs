use pyairtable::contracts::Role;
use serde_json::{Value, json};

use super::bench::Bench;
use crate::support::{Actor, Answer};

fn asking(approval: Value) -> Value {
    json!({"id": "ok", "kind": "N", "action": {"approval": approval}})
}

async fn id_of(person: &Actor) -> String {
    let me = person.get("/api/auth/me").await.expect(200).json;
    me["user"]["id"].as_str().unwrap().to_owned()
}

async fn say(person: &Actor, run: &str, decision: &str, reason: Option<&str>) -> Answer {
    let path = format!("/api/saga/runs/{run}/approvals/ok");
    let body = json!({"decision": decision, "reason": reason});
    person.post(&path, body).await
}

async fn seen_by(person: &Actor, run: &str) -> Value {
    let path = format!("/api/saga/runs/{run}/steps");
    let steps = person.get(&path).await.expect(200).json;
    let steps = steps["items"].as_array().unwrap().clone();
    let step = steps.into_iter().find(|step| step["id"] == "ok");
    step.unwrap()["approval"].clone()
}

/// Somebody who starts sagas, so that the owner may approve them.
async fn starter(bench: &Bench) -> Actor {
    let editor = bench.fixture.app.member(&bench.fixture.owner, Role::Editor);
    editor.await
}

async fn start(starter: &Actor, input: Value) -> String {
    let body = json!({"definition": "sale", "input": input});
    let started = starter.post("/api/saga/start", body).await.expect(202).json;
    started["saga_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_run_waits_for_people_shows_them_the_plan_and_goes_on_after_a_yes() {
    let bench = Bench::new().await;
    let steps = json!([
        bench.make("a", "A"),
        asking(json!({"approvers": ["admin"], "message": "Sell ${input.what}?"})),
        bench.make("b", "${input.what} for ${steps.ok.result.decided_by}"),
    ]);
    bench.define("sale", steps).await;
    let (starter, admin) = (starter(&bench).await, &bench.fixture.owner);
    let id = start(&starter, json!({"what": "chairs"})).await;
    let refused = say(admin, &id, "approve", None).await;
    refused.expect_problem(409, "saga_state");
    bench.work().await;
    assert_eq!(bench.run(&id).await["status"], "waiting");
    assert_eq!(bench.run(&id).await["waits_for"], "ok");
    // A fresh owner finds it as it was: nothing of the question is in memory.
    bench.fixture.app.kernel().run_due().await.unwrap();

    let question = seen_by(admin, &id).await;
    assert_eq!(question["message"], "Sell chairs?");
    assert_eq!(question["role"], "admin");
    assert_eq!(question["may_answer"], true);
    let to_come = &question["plan"][0];
    assert_eq!(to_come["action"], json!({"tool": "create_record"}));
    let name = &to_come["arguments"]["fields"]["Name"];
    assert_eq!(name, "${input.what} for ${steps.ok.result.decided_by}");
    assert_eq!(to_come["arguments"]["table_id"], "Tasks");
    assert_eq!(seen_by(&starter, &id).await["may_answer"], false);
    assert_eq!(seen_by(&bench.owner, &id).await["may_answer"], false);

    let by_key = say(&bench.owner, &id, "approve", None).await;
    by_key.expect_problem(403, "session_only");
    let refused = say(&starter, &id, "approve", None).await;
    refused.expect_problem(403, "self_approval");
    say(admin, &id, "approve", Some("fine")).await.expect(200);
    say(admin, &id, "approve", Some("fine")).await.expect(200);
    let other = say(admin, &id, "reject", Some("no")).await;
    other.expect_problem(409, "approval_decided");
    assert_eq!(bench.finish(&id).await["status"], "completed");
    assert_eq!(bench.tasks().await, ["A", "chairs for people"]);
    say(admin, &id, "approve", None).await.expect(200);
    let story = bench.story(&id).await;
    for told in [
        "Step ok (approval) waits for anyone with the role admin at least to say yes",
        "Olga Owner said yes to step ok (approval): fine",
        "Step ok (approval) was done",
    ] {
        let many = story.iter().filter(|line| *line == told).count();
        assert_eq!(many, 1, "{told}: {story:#?}");
    }
}

#[tokio::test]
async fn a_no_takes_back_what_was_done_and_a_quorum_needs_as_many_people() {
    let bench = Bench::new().await;
    let app = &bench.fixture.app;
    let (starter, other) = (starter(&bench).await, starter(&bench).await);
    let viewer = app.member(&bench.fixture.owner, Role::Viewer).await;
    let (owner, named) = (&bench.fixture.owner, id_of(&viewer).await);
    let approval = json!({"approvers": [named, "admin"], "quorum": 2});
    let steps = json!([bench.make("a", "A"), asking(approval), bench.make("b", "B")]);
    bench.define("sale", steps).await;

    let id = start(&starter, json!({})).await;
    bench.work().await;
    say(&other, &id, "approve", None)
        .await
        .expect_problem(403, "forbidden");
    let stranger = app.other_tenant().await;
    say(&stranger, &id, "approve", None)
        .await
        .expect_problem(404, "not_found");
    say(&viewer, &id, "approve", None).await.expect(200);
    bench.work().await;
    assert_eq!(bench.run(&id).await["status"], "waiting", "one is not two");
    assert_eq!(seen_by(&viewer, &id).await["may_answer"], false);
    assert_eq!(
        seen_by(owner, &id).await["answers"][0]["user_id"],
        json!(named)
    );
    say(owner, &id, "reject", None).await.expect(422);
    say(owner, &id, "reject", Some("too dear"))
        .await
        .expect(200);
    let run = bench.finish(&id).await;
    assert_eq!(run["status"], "compensated", "{run}");
    assert_eq!(run["error"]["code"], "approval_rejected");
    assert_eq!(run["error"]["message"], "Olga Owner said no: too dear");
    assert_eq!(bench.tasks().await, Vec::<String>::new());

    let id = start(&starter, json!({})).await;
    bench.work().await;
    say(owner, &id, "approve", None).await.expect(200);
    say(&viewer, &id, "approve", None).await.expect(200);
    assert_eq!(bench.finish(&id).await["status"], "completed");
    assert_eq!(bench.tasks().await, ["A", "B"]);
}

#[tokio::test]
async fn silence_is_a_no_or_a_yes_as_the_definition_says() {
    let bench = Bench::new().await;
    let starter = starter(&bench).await;
    let starter = bench
        .fixture
        .app
        .key(&starter, &["data.records:read", "data.records:write"]);
    let starter = starter.await;
    for (outcome, ends, tasks) in [
        ("reject", "compensated", vec![]),
        ("approve", "completed", vec!["A"]),
    ] {
        let approval = json!({"approvers": ["owner"], "deadline": 600, "outcome": outcome});
        let steps = json!([bench.make("a", "A"), asking(approval)]);
        bench.define("sale", steps).await;
        let id = start(&starter, json!({})).await;
        bench.work().await;
        bench.pass(590);
        bench.work().await;
        assert_eq!(bench.run(&id).await["status"], "waiting");
        bench.pass(15);
        let session = bench.fixture.app.sign_in_owner().await;
        let late = say(&session, &id, "approve", None).await;
        late.expect_problem(410, "approval_expired");
        let run = bench.finish(&id).await;
        assert_eq!(run["status"], ends, "{run}");
        assert_eq!(bench.tasks().await, tasks);
        let result = &bench.steps(&id).await[1];
        match outcome {
            "reject" => assert_eq!(result["error"]["code"], "approval_overdue"),
            _ => assert_eq!(result["result"]["decided_by"], "deadline"),
        }
    }
}

#[tokio::test]
async fn a_waiting_question_is_cancelled_and_nobody_else_decides_it() {
    let bench = Bench::new().await;
    let starter = starter(&bench).await;
    let approval = json!({"approvers": ["admin"]});
    let steps = json!([bench.make("a", "A"), asking(approval)]);
    bench.define("sale", steps).await;
    let id = start(&starter, json!({})).await;
    bench.work().await;
    let forced = json!({"action": "mark_done", "step": "ok", "reason": "now"});
    bench.post(&id, "resolve", forced).await.expect(422);
    let path = format!("/api/saga/runs/{id}/cancel");
    starter.post(&path, json!({})).await.expect(200);
    let late = say(&bench.fixture.owner, &id, "approve", None).await;
    late.expect_problem(409, "saga_state");
    assert_eq!(bench.finish(&id).await["status"], "compensated");
    assert_eq!(bench.tasks().await, Vec::<String>::new());
}

#[tokio::test]
async fn who_starts_a_saga_approves_it_only_where_the_definition_lets_them() {
    let bench = Bench::new().await;
    let approval = json!({"approvers": ["admin"], "self_approval": true});
    bench.define("sale", json!([asking(approval)])).await;
    let id = start(&bench.fixture.owner, json!({})).await;
    bench.work().await;
    let yes = say(&bench.fixture.owner, &id, "approve", None).await;
    yes.expect(200);
    assert_eq!(bench.finish(&id).await["status"], "completed");
}

#[tokio::test]
async fn a_question_that_nobody_could_answer_is_refused_when_it_is_saved() {
    let bench = Bench::new().await;
    let mut pivot = bench.make("p", "P");
    pivot["kind"] = json!("P");
    let good = || asking(json!({"approvers": ["admin"]}));
    let with = |name: &str, value: Value| {
        let mut step = good();
        step["action"]["approval"][name] = value;
        step
    };
    let mut as_c = good();
    as_c["kind"] = json!("C");
    let mut together = good();
    together["parallel"] = json!("x");
    let place = "steps.ok.action.approval";
    for (steps, field) in [
        (
            json!([with("approvers", json!([]))]),
            format!("{place}.approvers"),
        ),
        (
            json!([with("approvers", json!(["boss"]))]),
            format!("{place}.approvers"),
        ),
        (
            json!([with("approvers", json!(["usr00000000000000"]))]),
            format!("{place}.approvers"),
        ),
        (json!([with("quorum", json!(0))]), format!("{place}.quorum")),
        (
            json!([with("deadline", json!(0))]),
            format!("{place}.deadline"),
        ),
        (
            json!([with("message", json!("${steps.x.result}"))]),
            "steps.ok".to_owned(),
        ),
        (json!([as_c]), "steps.ok.kind".to_owned()),
        (json!([pivot, good()]), "steps.ok.kind".to_owned()),
        (json!([together]), "steps.ok.parallel".to_owned()),
    ] {
        let body = bench.definition(steps.clone());
        let refused = bench.owner.put("/api/saga/definitions/bad", body).await;
        let refused = refused.expect_problem(422, "invalid_request").json;
        let named = refused["errors"].as_array().unwrap().iter();
        let named: Vec<&Value> = named.map(|error| &error["field"]).collect();
        assert!(named.contains(&&json!(field)), "{steps}: {named:?}");
    }
}
