use serde_json::{Value, json};

use super::bench::Bench;
use crate::support::{Actor, Answer};

/// An instance with every ready-made definition saved, by a person, as no key may hand out rights.
async fn bench() -> Bench {
    let bench = Bench::new().await;
    let owner = &bench.fixture.owner;
    let templates = owner.get("/api/saga/templates").await.expect(200).json;
    let templates = templates["items"].as_array().unwrap();
    assert_eq!(templates.len(), 4);
    for template in templates {
        let mut body = template["definition"].clone();
        body["workspace_id"] = json!(bench.fixture.workspace);
        let path = format!(
            "/api/saga/definitions/{}",
            template["name"].as_str().unwrap()
        );
        owner.put(&path, body.clone()).await.expect(200);
        // The same, with a last step that fails.
        let steps = body["steps"].as_array_mut().unwrap();
        steps.push(bench.fail("never"));
        owner.put(&format!("{path}_broken"), body).await.expect(200);
    }
    bench
}

async fn start(who: &Actor, definition: &str, input: Value) -> Answer {
    let body = json!({"definition": definition, "input": input});
    who.post("/api/saga/start", body).await
}

/// Starts it as the owner and works it to its end.
async fn run(bench: &Bench, definition: &str, mut input: Value) -> Value {
    input["notice_base_id"] = json!(bench.fixture.base);
    input["notice_table_id"] = json!("Tasks");
    let owner = bench.fixture.app.sign_in_owner().await;
    let started = start(&owner, definition, input).await;
    let started = started.expect(202).json;
    bench.finish(started["saga_id"].as_str().unwrap()).await
}

async fn workspaces(bench: &Bench) -> Vec<Value> {
    let page = bench.fixture.app.sign_in_owner().await;
    let page = page.get("/api/workspaces").await.expect(200).json;
    page["items"].as_array().unwrap().clone()
}

async fn emails(bench: &Bench, workspace: &str) -> Vec<String> {
    let owner = bench.fixture.app.sign_in_owner().await;
    let path = format!("/api/workspaces/{workspace}/members");
    let members = owner.get(&path).await.expect(200).json;
    let members = members["items"].as_array().unwrap().iter();
    let emails = members.map(|member| member["email"].as_str().unwrap().to_owned());
    emails.collect()
}

fn crew(name: &str) -> Value {
    json!({"name": name, "member_email": "ada@example.org", "member_name": "Ada",
        "member_role": "editor"})
}

#[tokio::test]
async fn a_workspace_is_made_with_its_member_and_its_notice_or_not_at_all() {
    let bench = bench().await;
    let ended = run(&bench, "workspace_creation", crew("Crew")).await;
    assert_eq!(ended["status"], "completed", "{ended}");
    let made = workspaces(&bench).await;
    let crew_space = made.iter().find(|space| space["name"] == "Crew");
    let id = crew_space.unwrap()["id"].as_str().unwrap().to_owned();
    let there = emails(&bench, &id).await;
    assert!(there.contains(&"ada@example.org".to_owned()), "{there:?}");
    assert_eq!(bench.tasks().await, ["The workspace Crew was made"]);
    let steps = bench.steps(ended["saga_id"].as_str().unwrap()).await;
    assert_eq!(steps[0]["assurance"], "keyed");
    assert_eq!(steps[0]["compensation"], "delete_workspace");
    assert!(
        !steps[1]["result"].to_string().contains("token"),
        "{steps:?}"
    );

    let before = workspaces(&bench).await.len();
    let ended = run(&bench, "workspace_creation_broken", crew("Other")).await;
    assert_eq!(ended["status"], "compensated", "{ended}");
    assert_eq!(workspaces(&bench).await.len(), before);
    assert_eq!(bench.tasks().await, ["The workspace Crew was made"]);
}

#[tokio::test]
async fn somebody_is_added_and_noted_or_not_at_all() {
    let bench = bench().await;
    let workspace = bench.fixture.workspace.clone();
    let input = |email: &str| json!({"workspace_id": workspace, "email": email, "name": "Ada", "role": "editor"});
    let ended = run(&bench, "user_onboarding", input("ada@example.org")).await;
    assert_eq!(ended["status"], "completed", "{ended}");
    let there = emails(&bench, &workspace).await;
    assert!(there.contains(&"ada@example.org".to_owned()), "{there:?}");
    assert_eq!(bench.tasks().await, ["Welcome Ada"]);

    let ended = run(&bench, "user_onboarding_broken", input("eve@example.org")).await;
    assert_eq!(ended["status"], "compensated", "{ended}");
    assert_eq!(emails(&bench, &workspace).await, there);
    // Whoever was there before is not taken for somebody it has added, and so not removed.
    let ended = run(&bench, "user_onboarding_broken", input("ada@example.org")).await;
    assert_eq!(ended["status"], "compensated", "{ended}");
    assert_eq!(ended["error"]["code"], "changed_since");
    assert_eq!(emails(&bench, &workspace).await, there);
}

#[tokio::test]
async fn a_base_is_copied_with_its_links_or_not_at_all() {
    let bench = bench().await;
    let person = bench.fixture.create("People", json!({"Name": "Ada"})).await;
    let task = json!({"Name": "Paint", "Owner": [person]});
    bench.fixture.create("Tasks", task).await;
    let input = |name: &str| json!({"base_id": bench.fixture.base, "workspace_id": bench.fixture.workspace, "name": name});
    let ended = run(&bench, "base_copy", input("Twin")).await;
    assert_eq!(ended["status"], "completed", "{ended}");
    let twin = ended["output"]["copy"]["base_id"].as_str().unwrap();
    assert_ne!(twin, bench.fixture.base);
    let path = format!("/v0/{twin}/People");
    let people = bench.owner.get(&path).await.expect(200).json;
    let copied = people["records"][0]["id"].as_str().unwrap();
    assert_ne!(copied, person);
    let path = format!("/v0/{twin}/Tasks");
    let tasks = bench.owner.get(&path).await.expect(200).json;
    let tasks = tasks["records"].as_array().unwrap();
    assert_eq!(tasks.len(), 1, "the notice came after");
    assert_eq!(tasks[0]["fields"]["Name"], "Paint");
    assert_eq!(tasks[0]["fields"]["Owner"], json!([copied]));

    let bases = async || {
        let list = bench.owner.get("/v0/meta/bases").await.expect(200).json;
        list["bases"].as_array().unwrap().len()
    };
    let before = bases().await;
    let ended = run(&bench, "base_copy_broken", input("Third")).await;
    assert_eq!(ended["status"], "compensated", "{ended}");
    assert_eq!(bases().await, before);
}

#[tokio::test]
async fn a_copy_that_somebody_works_in_is_not_deleted() {
    let bench = bench().await;
    let mut body = bench
        .owner
        .get("/api/saga/definitions/base_copy_broken")
        .await;
    let mut steps = body.json["definition"]["steps"].take();
    let pause = json!({"id": "pause", "kind": "N", "action": {"wait": {"seconds": 60}}});
    steps.as_array_mut().unwrap().insert(1, pause);
    let definition = bench.definition(steps);
    let path = "/api/saga/definitions/slow_copy";
    bench.fixture.owner.put(path, definition).await.expect(200);
    let input = json!({"base_id": bench.fixture.base, "workspace_id": bench.fixture.workspace, "name": "Twin"});
    let waiting = run(&bench, "slow_copy", input).await;
    let id = waiting["saga_id"].as_str().unwrap();
    let twin = bench.steps(id).await[0]["result"]["base_id"].clone();
    let path = format!("/v0/{}/Tasks", twin.as_str().unwrap());
    let mine = json!({"fields": {"Name": "mine"}});
    bench.owner.post(&path, mine).await.expect(200);
    bench.pass(61);
    let ended = bench.finish(id).await;
    assert_eq!(ended["status"], "needs_attention", "{ended}");
    let step = &bench.steps(id).await[0];
    assert_eq!(step["status"], "comp_conflict");
    assert_eq!(step["error"]["code"], "changed_since");
    bench.owner.get(&path).await.expect(200);
}

#[tokio::test]
async fn only_a_person_with_the_right_hands_out_rights_and_no_client_is_offered_the_tools() {
    let bench = bench().await;
    let by_key = start(&bench.owner, "workspace_creation", crew("Crew")).await;
    let id = by_key.expect(202).json["saga_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let ended = bench.finish(&id).await;
    assert_eq!(ended["status"], "compensated", "{ended}");
    assert_eq!(ended["error"]["code"], "forbidden");
    let body = bench.definition(
        json!([{"id": "a", "kind": "C", "action": {"tool": "add_member"},
        "arguments": {"workspace_id": "x"}}]),
    );
    let path = "/api/saga/definitions/bare";
    let refused = bench.fixture.owner.put(path, body).await;
    let refused = refused.expect_problem(422, "invalid_request").json;
    assert_eq!(refused["errors"][0]["field"], "steps.a.compensation");
    let tools = bench
        .fixture
        .owner
        .post("/api/mcp/tools/list", json!({}))
        .await
        .expect(200)
        .json;
    let names = tools["tools"].to_string();
    for name in ["create_workspace", "add_member", "copy_base", "delete_base"] {
        assert!(!names.contains(name), "{name}");
    }
}
