use serde_json::{Value, json};

use super::bench::Bench;

#[tokio::test]
async fn what_could_not_run_is_refused_when_it_is_saved() {
    let bench = Bench::new().await;
    let with = |change: Value| {
        let mut step = bench.make("a", "A");
        let change = change.as_object().unwrap().clone();
        step.as_object_mut().unwrap().extend(change);
        step
    };
    let pivot = || with(json!({"id": "p", "kind": "P"}));
    let cases = [
        (json!([]), "steps"),
        (json!([with(json!({"id": "a b"}))]), "steps.a b.id"),
        (json!([with(json!({})), with(json!({}))]), "steps.a"),
        (json!([pivot(), with(json!({}))]), "steps.a.kind"),
        (json!([pivot(), with(json!({"kind": "P"}))]), "steps.a.kind"),
        (json!([with(json!({"kind": "R"})), pivot()]), "steps.p.kind"),
        (json!([with(json!({"kind": "N"}))]), "steps.a.kind"),
        (
            json!([with(json!({"action": {"tool": "drop_it"}}))]),
            "steps.a.action",
        ),
        (
            json!([with(json!({"arguments": {"bas_id": "x"}}))]),
            "steps.a.arguments.bas_id",
        ),
        (
            json!([
                bench.make("a", "${steps.b.result.id}"),
                bench.make("b", "B")
            ]),
            "steps.a",
        ),
        (json!([bench.make("a", "${env.HOME}")]), "steps.a"),
        (json!([with(json!({"timeout": 31}))]), "steps.a.timeout"),
        (
            json!([with(json!({"retry": {"attempts": 9}}))]),
            "steps.a.retry.attempts",
        ),
        (
            json!([with(
                json!({"action": {"http": {"url": "https://example.org/"}}, "arguments": {}})
            )]),
            "steps.a.compensation",
        ),
        (
            json!([with(
                json!({"kind": "P", "action": {"http": {"url": "https://example.org/", "headers": {"Authorization": "x"}}}})
            )]),
            "steps.a.action.http.headers.Authorization",
        ),
    ];
    for (steps, field) in cases {
        let body = bench.definition(steps.clone());
        let refused = bench.owner.put("/api/saga/definitions/bad", body).await;
        let refused = refused.expect_problem(422, "invalid_request").json;
        let named: Vec<&Value> = refused["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| &error["field"])
            .collect();
        assert!(named.contains(&&json!(field)), "{steps}: {named:?}");
    }
    for odd in [json!({"extra": 1}), json!({"retries": 3})] {
        let body = bench.definition(json!([with(odd)]));
        let refused = bench.owner.put("/api/saga/definitions/bad", body).await;
        assert!(matches!(refused.status, 400 | 422), "{}", refused.text);
    }
    bench
        .owner
        .get("/api/saga/definitions/bad")
        .await
        .expect(404);
}

#[tokio::test]
async fn a_run_keeps_the_version_it_was_started_with() {
    let bench = Bench::new().await;
    let first = bench.define("one", json!([bench.make("a", "old")])).await;
    assert_eq!(first["version"], 1);
    let same = bench.define("one", json!([bench.make("a", "old")])).await;
    assert_eq!(same["version"], 1);
    let id = bench.start("one", json!({})).await;
    let second = bench.define("one", json!([bench.make("a", "new")])).await;
    assert_eq!(second["version"], 2);
    assert_eq!(bench.finish(&id).await["version"], 1);
    assert_eq!(bench.tasks().await, ["old"]);
    let old = bench
        .owner
        .get("/api/saga/definitions/one?version=1")
        .await
        .expect(200)
        .json;
    assert_eq!(
        old["definition"]["steps"][0]["arguments"]["fields"]["Name"],
        "old"
    );
}

#[tokio::test]
async fn the_ready_made_data_sync_makes_tables_equal() {
    let bench = Bench::new().await;
    let templates = bench
        .owner
        .get("/api/saga/templates")
        .await
        .expect(200)
        .json;
    let items = templates["items"].as_array().unwrap();
    let sync = items.iter().find(|item| item["name"] == "data_sync");
    let steps = sync.unwrap()["definition"]["steps"].clone();
    bench.define("data_sync", steps).await;
    for name in ["Paint", "Saw"] {
        bench.fixture.create("Tasks", json!({"Name": name})).await;
    }
    let base = &bench.fixture.base;
    let input = json!({"source_base_id": base, "source_table_id": "Tasks",
        "target_base_id": base, "target_table_id": "People", "key_field": "Name"});
    let id = bench.start("data_sync", input).await;
    let run = bench.finish(&id).await;
    assert_eq!(run["status"], "completed", "{run}");
    assert_eq!(bench.fixture.names("People").await, ["Paint", "Saw"]);
}
