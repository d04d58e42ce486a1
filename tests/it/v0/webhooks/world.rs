use pyairtable::platform::settings::Settings;
use serde_json::{Value, json};

use crate::support::{Actor, Answer};
use crate::v0::fixture::Fixture;

/// The fixture's base with the ids that webhooks name things by.
pub(super) struct World {
    pub(super) fixture: Fixture,
    pub(super) tasks: String,
    pub(super) people: String,
}

impl World {
    pub(super) async fn new() -> Self {
        Self::with_settings(|_| {}).await
    }

    pub(super) async fn with_settings(change: impl FnOnce(&mut Settings)) -> Self {
        let fixture = Fixture::with_settings(change).await;
        Self {
            tasks: fixture.table_id("Tasks").await,
            people: fixture.table_id("People").await,
            fixture,
        }
    }

    /// The owner has a key, which outlives a session, from here on.
    pub(super) async fn for_weeks(mut self) -> Self {
        let scopes = [
            "data.records:read",
            "data.records:write",
            "schema.bases:read",
            "schema.bases:write",
            "user.email:read",
            "webhook:manage",
        ];
        self.fixture.owner = self.fixture.app.key(self.owner(), &scopes).await;
        self
    }

    pub(super) fn owner(&self) -> &Actor {
        &self.fixture.owner
    }

    /// The path of the base's webhooks or of what lies below them.
    pub(super) fn path(&self, rest: &str) -> String {
        format!("/v0/bases/{}/webhooks{rest}", self.fixture.base)
    }

    pub(super) async fn field(&self, name: &str) -> String {
        let field = self.fixture.field("Tasks", name).await;
        field["id"].as_str().unwrap().to_owned()
    }

    /// A webhook without a receiver; these are its options.
    pub(super) async fn watch(&self, filters: Value, includes: Value) -> String {
        let made = self.create(filters, includes, Value::Null).await;
        made.expect(200).json["id"].as_str().unwrap().to_owned()
    }

    pub(super) async fn create(&self, filters: Value, includes: Value, url: Value) -> Answer {
        let options = json!({"filters": filters, "includes": includes});
        let body = json!({"notificationUrl": url, "specification": {"options": options}});
        self.owner().post(&self.path(""), body).await
    }

    /// A webhook on all records.
    pub(super) async fn watch_data(&self) -> String {
        self.watch(json!({"dataTypes": ["tableData"]}), Value::Null)
            .await
    }

    /// A page of payloads as it is answered.
    pub(super) async fn page(&self, webhook: &str, query: &str) -> Value {
        let path = self.path(&format!("/{webhook}/payloads{query}"));
        self.owner().get(&path).await.expect(200).json
    }

    /// The payloads that there are.
    pub(super) async fn payloads(&self, webhook: &str) -> Vec<Value> {
        let page = self.page(webhook, "").await;
        assert_eq!(page["mightHaveMore"], false);
        page["payloads"].as_array().unwrap().clone()
    }

    /// The only payload there is.
    pub(super) async fn payload(&self, webhook: &str) -> Value {
        let payloads = self.payloads(webhook).await;
        assert_eq!(payloads.len(), 1, "{payloads:?}");
        payloads[0].clone()
    }

    /// What the only payload tells of `Tasks`.
    pub(super) async fn told(&self, webhook: &str) -> Value {
        self.payload(webhook).await["changedTablesById"][&self.tasks].clone()
    }

    /// The webhook as it is listed.
    pub(super) async fn listed(&self, webhook: &str) -> Value {
        let list = self.owner().get(&self.path("")).await.expect(200).json;
        let hooks = list["webhooks"].as_array().unwrap();
        let found = hooks.iter().find(|hook| hook["id"] == webhook);
        found.unwrap().clone()
    }

    pub(super) async fn update(&self, record: &str, fields: Value) {
        let path = self.fixture.path(&format!("Tasks/{record}"));
        let body = json!({"fields": fields});
        self.owner().patch(&path, body).await.expect(200);
    }

    pub(super) async fn delete(&self, record: &str) {
        let path = self.fixture.path(&format!("Tasks/{record}"));
        self.owner().delete(&path).await.expect(200);
    }

    /// Renames a field of `Tasks`.
    pub(super) async fn rename_field(&self, field: &str, name: &str) {
        let Fixture { base, .. } = &self.fixture;
        let path = format!("/v0/meta/bases/{base}/tables/{}/fields/{field}", self.tasks);
        let body = json!({"name": name});
        self.owner().patch(&path, body).await.expect(200);
    }

    /// Describes `Tasks` anew.
    pub(super) async fn describe_tasks(&self, change: Value) {
        let path = format!("/v0/meta/bases/{}/tables/{}", self.fixture.base, self.tasks);
        self.owner().patch(&path, change).await.expect(200);
    }
}
