use reqwest::Method;
use serde_json::json;

use crate::support::TestStandIn;

#[tokio::test]
async fn it_is_airtables_api_behind_one_token_and_nothing_else() {
    let stand_in = TestStandIn::new("").await;
    let tasks = stand_in.path("Tasks");
    let page = stand_in.script.get(&tasks).await.expect(200).json;
    assert_eq!(page["records"].as_array().unwrap().len(), 3);
    let wrong = stand_in.script.with_token("patStandIn.other");
    let refused = wrong.get(&tasks).await.expect(401).json;
    assert_eq!(refused["error"]["type"], "AUTHENTICATION_REQUIRED");
    for path in ["/_standin/ledger", "/_standin/faults", "/_standin/counts"] {
        wrong.get(path).await.expect_problem(401, "unauthenticated");
    }
    for path in [
        "/",
        "/api/workspaces",
        "/api/docs",
        "/mcp",
        "/health/ready",
        "/v0/nothing",
        "/_standin",
    ] {
        let answer = stand_in.script.get(path).await.expect(404);
        assert_eq!(answer.json, json!({"error": "NOT_FOUND"}), "{path}");
    }
    let request = stand_in
        .script
        .request(Method::GET, &tasks)
        .header("Host", "evil.example");
    stand_in.script.send(request).await.expect(403);
}

#[tokio::test]
async fn without_a_token_everybody_is_let_in() {
    let stand_in = TestStandIn::start("", None, Default::default()).await;
    assert_eq!(stand_in.script.token(), None);
    let who = stand_in
        .script
        .get("/v0/meta/whoami")
        .await
        .expect(200)
        .json;
    assert_eq!(who["email"], "stand-in@example.org");
    stand_in
        .script
        .with_token("any")
        .get(&stand_in.path("Tasks"))
        .await
        .expect(200);
}

#[tokio::test]
async fn a_plan_can_be_read_changed_and_sent_back() {
    let stand_in = TestStandIn::new("seed = 3").await;
    let shown = stand_in
        .script
        .get("/_standin/faults")
        .await
        .expect(200)
        .json;
    let limits = json!({"enabled": true, "per_base": 5, "per_token": 50, "lock_out": 30});
    assert_eq!(shown, json!({"seed": 3, "limits": limits, "faults": []}));
    let mut changed = shown.clone();
    changed["faults"] =
        json!([{"kind": "status", "status": 500, "when": "before", "path": "*", "every": 1}]);
    let answered = stand_in
        .script
        .put("/_standin/faults", changed.clone())
        .await
        .expect(200)
        .json;
    assert_eq!(answered, changed);
    assert_eq!(stand_in.script.get("/_standin/faults").await.json, changed);
    stand_in
        .script
        .get(&stand_in.path("Tasks"))
        .await
        .expect(500);
    let counts = json!([{"matched": 1, "struck": 1}]);
    assert_eq!(stand_in.counts().await["faults"], counts);
    stand_in.plan("seed = 4").await;
    stand_in
        .script
        .get(&stand_in.path("Tasks"))
        .await
        .expect(200);
}

#[tokio::test]
async fn a_wrong_plan_changes_nothing_and_all_its_faults_are_named() {
    let stand_in = TestStandIn::new("seed = 3").await;
    let wrong = json!({"sead": 1, "faults": [{"kind": "reset", "when": "during", "nth": 0}]});
    let answer = stand_in.script.put("/_standin/faults", wrong).await;
    let answer = answer.expect_problem(422, "invalid_request").json;
    let fields: Vec<&str> = answer["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["field"].as_str().unwrap())
        .collect();
    assert_eq!(fields, ["faults[0].when", "faults[0].nth", "sead"]);
    assert_eq!(
        stand_in.script.get("/_standin/faults").await.json["seed"],
        3
    );
}
