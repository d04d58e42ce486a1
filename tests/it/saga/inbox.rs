use pyairtable::contracts::Role;
use pyairtable::platform::db::{migrate, migration_states, rollback};
use serde_json::{Value, json};

use super::bench::Bench;
use crate::support::Actor;

const INBOX: &str = "/api/saga/runs?waiting_for=me";

fn asking(id: &str, approval: Value) -> Value {
    json!({"id": id, "kind": "N", "action": {"approval": approval}})
}

async fn start(starter: &Actor, definition: &str) -> String {
    let body = json!({"definition": definition, "input": {"what": "chairs"}});
    let started = starter.post("/api/saga/start", body).await.expect(202).json;
    started["saga_id"].as_str().unwrap().to_owned()
}

async fn say(person: &Actor, (run, step): (&str, &str), decision: &str) {
    let path = format!("/api/saga/runs/{run}/approvals/{step}");
    let body = json!({"decision": decision, "reason": "because"});
    person.post(&path, body).await.expect(200);
}

async fn page_of(person: &Actor, more: &str) -> Value {
    let path = format!("{INBOX}{more}");
    person.get(&path).await.expect(200).json
}

fn ids(page: &Value) -> Vec<String> {
    let runs = page["items"].as_array().unwrap().iter();
    let ids = runs.map(|run| run["saga_id"].as_str().unwrap().to_owned());
    ids.collect()
}

async fn inbox(person: &Actor) -> Vec<String> {
    ids(&page_of(person, "").await)
}

async fn id_of(person: &Actor) -> String {
    let me = person.get("/api/auth/me").await.expect(200).json;
    me["user"]["id"].as_str().unwrap().to_owned()
}

/// An instance with an owner, two editors and a viewer in its workspace.
struct Office {
    bench: Bench,
    starter: Actor,
    editor: Actor,
    viewer: Actor,
}

impl Office {
    async fn new() -> Self {
        let bench = Bench::new().await;
        let (app, owner) = (&bench.fixture.app, &bench.fixture.owner);
        let starter = app.member(owner, Role::Editor).await;
        let editor = app.member(owner, Role::Editor).await;
        let viewer = app.member(owner, Role::Viewer).await;
        Self {
            bench,
            starter,
            editor,
            viewer,
        }
    }

    fn owner(&self) -> &Actor {
        &self.bench.fixture.owner
    }

    async fn define(&self, approval: Value) {
        let steps = json!([asking("ok", approval), self.bench.make("a", "A")]);
        self.bench.define("sale", steps).await;
    }

    /// A run that waits for answers.
    async fn waiting(&self) -> String {
        let id = start(&self.starter, "sale").await;
        self.bench.work().await;
        id
    }
}

#[tokio::test]
async fn a_run_is_found_by_who_may_answer_it_and_by_nobody_else() {
    let office = Office::new().await;
    let (owner, viewer) = (office.owner(), &office.viewer);
    let approvers = json!(["editor", id_of(viewer).await]);
    let approval = json!({"approvers": approvers, "quorum": 2, "message": "Sell ${input.what}?"});
    office.define(approval).await;
    let id = start(&office.starter, "sale").await;
    assert_eq!(inbox(owner).await, Vec::<String>::new(), "it has not asked");
    office.bench.work().await;

    let app = &office.bench.fixture.app;
    let (other, unasked) = (
        app.other_tenant().await,
        app.member(owner, Role::Viewer).await,
    );
    for asked in [owner, &office.editor, viewer] {
        assert_eq!(inbox(asked).await, [id.as_str()]);
    }
    for stranger in [&office.starter, &unasked, &other] {
        assert_eq!(inbox(stranger).await, Vec::<String>::new());
    }
    let run = &page_of(owner, "").await["items"][0];
    assert_eq!(run["definition"], "sale");
    assert_eq!(run["started_by"]["name"], "Mia Member");
    let asks = &run["asks"];
    assert_eq!(
        (&asks["step"], &asks["message"], &asks["may_answer"]),
        (&json!("ok"), &json!("Sell chairs?"), &json!(true))
    );
    assert_eq!(asks["until"], run["next_at"]);

    say(viewer, (&id, "ok"), "approve").await;
    assert_eq!(inbox(viewer).await, Vec::<String>::new(), "has answered");
    office.bench.work().await;
    assert_eq!(inbox(viewer).await, Vec::<String>::new(), "has answered");
    assert_eq!(inbox(&office.editor).await, [id.as_str()]);
    say(&office.editor, (&id, "ok"), "approve").await;
    office.bench.work().await;
    assert_eq!(inbox(owner).await, Vec::<String>::new(), "it is decided");
    let run = office.bench.run(&id).await;
    assert_eq!(
        (&run["status"], &run["asks"]),
        (&json!("completed"), &Value::Null)
    );
}

#[tokio::test]
async fn a_run_leaves_the_inbox_by_a_no_by_a_cancel_and_by_its_deadline() {
    let office = Office::new().await;
    let (bench, owner) = (&office.bench, office.owner());
    office
        .define(json!({"approvers": ["admin"], "deadline": 60}))
        .await;
    let id = office.waiting().await;
    say(owner, (&id, "ok"), "reject").await;
    assert_eq!(inbox(owner).await, Vec::<String>::new());
    assert_eq!(bench.finish(&id).await["status"], "compensated");

    let id = office.waiting().await;
    assert_eq!(inbox(owner).await, [id.as_str()]);
    let path = format!("/api/saga/runs/{id}/cancel");
    office.starter.post(&path, json!({})).await.expect(200);
    assert_eq!(inbox(owner).await, Vec::<String>::new());
    assert_eq!(bench.finish(&id).await["status"], "compensated");
    bench.fixture.app.deliver_events().await;
    assert_eq!(inbox(owner).await, Vec::<String>::new());

    let id = office.waiting().await;
    assert_eq!(inbox(owner).await, [id.as_str()]);
    bench.pass(65);
    assert_eq!(inbox(owner).await, Vec::<String>::new(), "it is too late");
    assert_eq!(bench.finish(&id).await["status"], "compensated");
    assert_eq!(inbox(owner).await, Vec::<String>::new());
    let left = bench.fixture.texts_of(&["saga_asked"]).await;
    assert_eq!(
        left,
        Vec::<String>::new(),
        "a list does not grow by what is over"
    );
}

#[tokio::test]
async fn runs_that_ask_come_page_by_page_newest_first_whatever_lies_between() {
    let office = Office::new().await;
    let (bench, owner, editor) = (&office.bench, office.owner(), &office.editor);
    office.define(json!({"approvers": ["editor"]})).await;
    let wait = json!({"id": "pause", "kind": "N", "action": {"wait": {"seconds": 600}}});
    bench.define("slow", json!([wait])).await;
    let mut wanted = Vec::new();
    for _ in 0..3 {
        wanted.insert(0, office.waiting().await);
        let own = start(editor, "sale").await;
        start(&office.starter, "slow").await;
        bench.work().await;
        assert!(
            !inbox(editor).await.contains(&own),
            "nobody approves their own"
        );
    }
    let cancelled = office.waiting().await;
    let path = format!("/api/saga/runs/{cancelled}/cancel");
    office.starter.post(&path, json!({})).await.expect(200);

    let first = page_of(editor, "&limit=2").await;
    assert_eq!(ids(&first), wanted[..2]);
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = page_of(editor, &format!("&limit=2&cursor={cursor}")).await;
    assert_eq!(ids(&second), wanted[2..]);
    assert_eq!(second["next_cursor"], Value::Null);
    assert_eq!(inbox(owner).await.len(), 6, "the owner may answer them all");
    for (more, many) in [
        ("&definition=sale&status=waiting", 3),
        ("&definition=slow", 0),
        ("&status=completed", 0),
    ] {
        assert_eq!(ids(&page_of(editor, more).await).len(), many, "{more}");
    }
}

#[tokio::test]
async fn a_second_question_of_a_run_is_another_one() {
    let office = Office::new().await;
    let (bench, owner, viewer) = (&office.bench, office.owner(), &office.viewer);
    let both = json!({"approvers": ["admin", id_of(viewer).await]});
    let steps = json!([
        asking("ok", json!({"approvers": ["admin"]})),
        asking("again", both)
    ]);
    bench.define("sale", steps).await;
    let id = office.waiting().await;
    assert_eq!(inbox(viewer).await, Vec::<String>::new());
    say(owner, (&id, "ok"), "approve").await;
    bench.work().await;
    assert_eq!(
        page_of(owner, "").await["items"][0]["asks"]["step"],
        "again"
    );
    assert_eq!(inbox(viewer).await, [id.as_str()]);
    say(owner, (&id, "again"), "approve").await;
    assert_eq!(bench.finish(&id).await["status"], "completed");
    assert_eq!(inbox(viewer).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_run_that_asked_before_the_list_was_there_is_found_too() {
    let office = Office::new().await;
    let (bench, owner) = (&office.bench, office.owner());
    office.define(json!({"approvers": ["admin"]})).await;
    let id = office.waiting().await;
    let settings = &bench.fixture.app.platform.settings;
    let states = migration_states(settings).await.unwrap();
    let mut newest = states.iter().rev();
    let place = newest.position(|state| state.name.ends_with("saga_asked"));
    let steps = u32::try_from(place.unwrap() + 1).unwrap();
    rollback(settings, steps).await.unwrap();
    migrate(settings).await.unwrap();
    assert_eq!(inbox(owner).await, Vec::<String>::new());
    bench.work().await;
    assert_eq!(inbox(owner).await, [id.as_str()]);
}

#[tokio::test]
async fn rights_of_now_decide_and_keys_are_asked_nothing() {
    let office = Office::new().await;
    let (owner, viewer) = (office.owner(), &office.viewer);
    let named = id_of(viewer).await;
    office.define(json!({"approvers": [named, "editor"]})).await;
    let id = office.waiting().await;
    let workspace = &office.bench.fixture.workspace;
    let path = format!(
        "/api/workspaces/{workspace}/members/{}",
        id_of(&office.editor).await
    );
    owner
        .patch(&path, json!({"role": "viewer"}))
        .await
        .expect(200);
    let path = format!("/api/workspaces/{workspace}/members/{named}");
    assert_eq!(inbox(viewer).await, [id.as_str()]);
    assert_eq!(owner.delete(&path).await.status / 100, 2);
    for person in [viewer, &office.editor] {
        let found = person.get(INBOX).await;
        let is_none = found.status == 401 || ids(&found.json).is_empty();
        assert!(is_none, "{}", found.text);
    }
    let key = office.bench.owner.get(INBOX).await;
    key.expect_problem(403, "session_only");
    let whom = owner.get("/api/saga/runs?waiting_for=you").await;
    whom.expect_problem(422, "invalid_request");
}
