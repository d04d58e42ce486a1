use std::time::Duration;

use pyairtable::platform::settings::Settings;
use serde_json::{Value, json};

use crate::support::{Actor, TestApp, TestStandIn};

pub(super) const TOKEN: &str = "patStandIn.token.of.a.usual.length";
const SCOPES: [&str; 7] = [
    "data.records:read",
    "data.records:write",
    "data.recordComments:read",
    "data.recordComments:write",
    "schema.bases:read",
    "schema.bases:write",
    "webhook:manage",
];

/// Our instance, connected to a stand-in for Airtable.
pub(super) struct World {
    pub(super) app: TestApp,
    pub(super) airtable: TestStandIn,
    pub(super) owner: Actor,
    /// A script with a key of ours.
    pub(super) script: Actor,
    pub(super) workspace: String,
}

impl World {
    /// One whose owner has connected the stand-in and offers its base for writing.
    pub(super) async fn offered(plan: &str) -> Self {
        let world = Self::new(plan, |_| {}).await;
        let connection = world.connect().await;
        world.offer(&connection, "write").await;
        world
    }

    pub(super) async fn new(plan: &str, change: impl FnOnce(&mut Settings)) -> Self {
        Self::at(
            TestStandIn::start(plan, Some(TOKEN), Default::default()).await,
            change,
        )
        .await
    }

    /// Our instance before a stand-in.
    pub(super) async fn at(airtable: TestStandIn, change: impl FnOnce(&mut Settings)) -> Self {
        let app = TestApp::with_settings(|settings| {
            reach(settings, &airtable);
            change(settings);
        })
        .await;
        let owner = app.owner().await;
        let workspace = app.workspace_of(&owner).await;
        let script = app.key(&owner, &SCOPES).await;
        Self {
            app,
            airtable,
            owner,
            script,
            workspace,
        }
    }

    /// Another instance over the same database, which reaches the same stand-in.
    pub(super) async fn sibling(&self) -> TestApp {
        self.app
            .sibling_with(|settings| reach(settings, &self.airtable))
            .await
    }

    /// Connects the stand-in; answers the connection's id.
    pub(super) async fn connect(&self) -> String {
        let made = self.try_connect(&self.owner, TOKEN).await.expect(201).json;
        made["id"].as_str().unwrap().to_owned()
    }

    pub(super) async fn try_connect(&self, who: &Actor, token: &str) -> crate::support::Answer {
        let body = json!({"workspace_id": self.workspace, "name": "Ours", "token": token});
        who.post("/api/airtable/connections", body).await
    }

    pub(super) async fn offer(&self, connection: &str, access: &str) {
        let path = self.offer_path(connection);
        let body = json!({"access": access});
        self.owner.put(&path, body).await.expect(200);
    }

    pub(super) fn offer_path(&self, connection: &str) -> String {
        let base = &self.airtable.base;
        format!("/api/airtable/connections/{connection}/bases/{base}")
    }

    pub(super) fn path(&self, rest: &str) -> String {
        self.airtable.path(rest)
    }

    /// A record that is made through us.
    pub(super) async fn create(&self, name: &str) -> Value {
        let body = json!({"fields": {"Name": name}});
        let made = self.script.post(&self.path("Tasks"), body).await;
        made.expect(200).json
    }

    /// The names of the records with this one, as they are at the stand-in.
    pub(super) async fn made(&self, name: &str) -> usize {
        let path = self.path(&format!("Tasks?filterByFormula=Name%3D'{name}'"));
        let page = self.airtable.script.get(&path).await.expect(200).json;
        page["records"].as_array().unwrap().len()
    }

    /// Requests that the stand-in refused as too many.
    pub(super) async fn refused(&self) -> u64 {
        self.count("refused").await
    }

    /// How many requests the stand-in `admitted` or `refused`.
    pub(super) async fn count(&self, which: &str) -> u64 {
        self.airtable.counts().await["requests"][which]
            .as_u64()
            .unwrap()
    }
}

/// Lets an instance reach a stand-in on this machine.
pub(super) fn reach(settings: &mut Settings, airtable: &TestStandIn) {
    let port = airtable.url.rsplit(':').next().unwrap().parse().unwrap();
    settings.airtable.api_url.clone_from(&airtable.url);
    settings.airtable.content_url.clone_from(&airtable.url);
    settings.outbound.allow_private = vec!["127.0.0.0/8".parse().unwrap()];
    settings.outbound.allow_http = vec!["127.0.0.1".to_owned()];
    settings.outbound.ports.push(port);
    // What hangs is given up after a moment.
    settings.outbound.total_timeout = Duration::from_secs(2);
}
