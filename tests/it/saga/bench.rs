use std::time::Duration;

use pyairtable::platform::durable::Kernel;
use pyairtable::platform::settings::Settings;
use serde_json::{Value, json};

use crate::support::Actor;
use crate::v0::fixture::Fixture;

const SCOPES: [&str; 4] = [
    "data.records:read",
    "data.records:write",
    "schema.bases:read",
    "schema.bases:write",
];

/// An instance whose runs the test itself works, and somebody with a key that outlives any move of the clock.
pub(super) struct Bench {
    pub(super) fixture: Fixture,
    pub(super) owner: Actor,
    pub(super) kernel: Kernel,
}

impl Bench {
    pub(super) async fn new() -> Self {
        Self::with_settings(|_| {}).await
    }

    pub(super) async fn with_settings(change: impl FnOnce(&mut Settings)) -> Self {
        let fixture = Fixture::with_settings(|settings| {
            change(settings);
            settings.durable.workers = 0;
            settings.outbound.allow_private = vec!["127.0.0.0/8".parse().unwrap()];
        })
        .await;
        let owner = fixture.app.key(&fixture.owner, &SCOPES).await;
        let kernel = fixture.app.kernel();
        Self {
            fixture,
            owner,
            kernel,
        }
    }

    pub(super) fn definition(&self, steps: Value) -> Value {
        json!({"workspace_id": self.fixture.workspace, "steps": steps})
    }

    pub(super) async fn define(&self, name: &str, steps: Value) -> Value {
        let path = format!("/api/saga/definitions/{name}");
        let body = self.definition(steps);
        self.owner.put(&path, body).await.expect(200).json
    }

    /// A C that makes a record in `Tasks`.
    pub(super) fn make(&self, id: &str, name: &str) -> Value {
        json!({"id": id, "kind": "C", "action": {"tool": "create_record"}, "arguments": {
            "base_id": self.fixture.base, "table_id": "Tasks", "fields": {"Name": name},
        }})
    }

    /// A step that fails for good: the record is not there.
    pub(super) fn fail(&self, id: &str) -> Value {
        json!({"id": id, "kind": "C", "action": {"tool": "update_record"}, "arguments": {
            "base_id": self.fixture.base, "table_id": "Tasks", "record_id": "rec00000000000000",
            "fields": {"Name": "never"},
        }})
    }

    pub(super) async fn start(&self, definition: &str, input: Value) -> String {
        let body = json!({"definition": definition, "input": input});
        let started = self.owner.post("/api/saga/start", body).await.expect(202);
        started.json["saga_id"].as_str().unwrap().to_owned()
    }

    /// Works all that is due now.
    pub(super) async fn work(&self) {
        self.kernel.run_due().await.unwrap();
    }

    pub(super) fn pass(&self, seconds: u64) {
        self.fixture.app.clock.advance(Duration::from_secs(seconds));
    }

    /// Works and lets time pass until the run ends, needs a person or waits.
    pub(super) async fn finish(&self, id: &str) -> Value {
        for _ in 0..60 {
            self.work().await;
            let run = self.run(id).await;
            if !matches!(
                run["status"].as_str().unwrap(),
                "pending" | "running" | "compensating"
            ) {
                return run;
            }
            self.pass(30);
        }
        panic!("it does not end: {}", self.run(id).await)
    }

    pub(super) async fn run(&self, id: &str) -> Value {
        self.get(id, "").await
    }

    pub(super) async fn steps(&self, id: &str) -> Vec<Value> {
        let page = self.get(id, "/steps").await;
        page["items"].as_array().unwrap().clone()
    }

    /// The story's sentences.
    pub(super) async fn story(&self, id: &str) -> Vec<String> {
        let page = self.get(id, "/events").await;
        let lines = page["items"].as_array().unwrap().iter();
        lines
            .map(|line| line["text"].as_str().unwrap().to_owned())
            .collect()
    }

    async fn get(&self, id: &str, what: &str) -> Value {
        let path = format!("/api/saga/runs/{id}{what}");
        self.owner.get(&path).await.expect(200).json
    }

    pub(super) async fn post(&self, id: &str, what: &str, body: Value) -> crate::support::Answer {
        let path = format!("/api/saga/runs/{id}/{what}");
        self.owner.post(&path, body).await
    }

    /// Names of the records in `Tasks`, sorted.
    pub(super) async fn tasks(&self) -> Vec<String> {
        let path = self.fixture.path("Tasks");
        let page = self.owner.get(&path).await.expect(200).json;
        let mut names = crate::v0::fixture::names(&page);
        names.sort_unstable();
        names
    }
}
