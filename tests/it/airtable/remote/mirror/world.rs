use std::time::Duration;

use pyairtable::platform::settings::Settings;
use serde_json::{Value, json};

use super::super::world::{TOKEN, World};
use crate::support::{Actor, TestApp, TestStandIn};

/// Looks at what there is to do before it is given up.
const MOST_LOOKS: usize = 200;
const PAUSE: Duration = Duration::from_millis(20);
const PATIENCE: Duration = Duration::from_secs(300);

/// Looks until something is there that other tasks do.
pub(super) async fn eventually<T>(what: &str, look: impl AsyncFn() -> Option<T>) -> T {
    for _ in 0..MOST_LOOKS {
        if let Some(found) = look().await {
            return found;
        }
        tokio::time::sleep(PAUSE).await;
    }
    panic!("{what}");
}

/// Our instance with a copy of the stand-in's base.
pub(super) struct Mirrored {
    pub(super) world: World,
    pub(super) connection: String,
}

impl Mirrored {
    /// One that may be written to, and whose copy is whole.
    pub(super) async fn new() -> Self {
        Self::with(json!({"access": "write", "mode": "mirror"})).await
    }

    pub(super) async fn with(offer: Value) -> Self {
        let mirrored = Self::begun(offer, |_| {}).await;
        mirrored.copied().await;
        mirrored
    }

    pub(super) async fn begun(offer: Value, change: impl FnOnce(&mut Settings)) -> Self {
        let plan = "[limits]\nenabled = false";
        let airtable =
            TestStandIn::with_base(plan, Some(TOKEN), Default::default(), computed).await;
        let world = World::at(airtable, |settings| {
            settings.airtable.mirror_interval = Duration::ZERO;
            // What Airtable leaves unanswered stays so, however slow the machine is.
            settings.outbound.total_timeout = PATIENCE;
            settings.server.request_timeout = PATIENCE;
            change(settings);
        })
        .await;
        let connection = world.connect().await;
        let mirrored = Self { world, connection };
        mirrored.offer(offer).await.expect(200);
        mirrored
    }

    pub(super) async fn offer(&self, offer: Value) -> crate::support::Answer {
        let path = self.world.offer_path(&self.connection);
        self.world.owner.put(&path, offer).await
    }

    pub(super) fn base(&self) -> &str {
        &self.world.airtable.base
    }

    /// Somebody with a token of the stand-in.
    pub(super) fn there(&self) -> &Actor {
        &self.world.airtable.script
    }

    /// Somebody with a key of ours.
    pub(super) fn here(&self) -> &Actor {
        &self.world.script
    }

    pub(super) fn path(&self, rest: &str) -> String {
        self.world.path(rest)
    }

    pub(super) async fn status(&self) -> Value {
        let path = format!("/api/airtable/mirrors/{}", self.base());
        self.world.owner.get(&path).await.expect(200).json
    }

    /// Lets it stand still, or go on.
    pub(super) async fn pause(&self, is_paused: bool) {
        let path = format!("/api/airtable/mirrors/{}", self.base());
        let body = json!({ "is_paused": is_paused });
        self.world.owner.patch(&path, body).await.expect(200);
    }

    /// Lets the copy be made.
    pub(super) async fn copied(&self) {
        self.until("it is copied", |status| status["is_complete"] == true)
            .await;
    }

    /// Lets what is so far at the stand-in be taken over.
    pub(super) async fn followed(&self) {
        // The first one may have begun before now.
        for _ in 0..2 {
            let last = self.status().await["followed_at"].clone();
            self.until("it is followed", |status| status["followed_at"] != last)
                .await;
        }
    }

    /// The webhooks that the stand-in has.
    pub(super) async fn webhooks(&self) -> Vec<Value> {
        let path = format!("/v0/bases/{}/webhooks", self.base());
        let listed = self.there().get(&path).await.expect(200).json;
        listed["webhooks"].as_array().unwrap().clone()
    }

    /// Lets everything be compared; answers what differed.
    pub(super) async fn compared(&self) -> i64 {
        let path = format!("/api/airtable/mirrors/{}/compare", self.base());
        let mut drift = 0;
        // The first one may have begun before now, where a change of a field asked for it.
        for _ in 0..2 {
            let last = self.status().await["compared_at"].clone();
            self.world.owner.post(&path, json!({})).await.expect(202);
            let status = self
                .until("it is compared", |status| status["compared_at"] != last)
                .await;
            drift += status["drift"].as_i64().unwrap();
        }
        drift
    }

    pub(super) async fn until(&self, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
        // The instance's own worker may be at it.
        eventually(what, async || {
            self.app().run_once("airtable.mirrors").await;
            Some(self.status().await).filter(&holds)
        })
        .await
    }

    pub(super) fn app(&self) -> &TestApp {
        &self.world.app
    }

    /// All records of a table as one side has them, by id.
    pub(super) async fn records(&self, who: &Actor, table: &str) -> Vec<Value> {
        let mut all: Vec<Value> = Vec::new();
        let mut offset = String::new();
        loop {
            let path = self.path(&format!("{table}?pageSize=100&offset={offset}"));
            let page = who.get(&path).await.expect(200).json;
            all.extend(page["records"].as_array().unwrap().iter().cloned());
            match page["offset"].as_str() {
                Some(next) => offset = next.to_owned(),
                None => break,
            }
        }
        all.sort_by_key(|record| record["id"].as_str().unwrap().to_owned());
        all
    }

    /// Both sides have the same, field by field.
    pub(super) async fn expect_equal(&self) {
        let tables = |who: &Actor| {
            let who = who.clone();
            let path = format!("/v0/meta/bases/{}/tables", self.base());
            async move { who.get(&path).await.expect(200).json }
        };
        let (there, here) = (tables(self.there()).await, tables(self.here()).await);
        assert_eq!(here, there);
        for table in there["tables"].as_array().unwrap() {
            let id = table["id"].as_str().unwrap();
            let here = self.records(self.here(), id).await;
            let there = self.records(self.there(), id).await;
            assert_eq!(here, there, "{}", table["name"]);
        }
    }

    pub(super) async fn make(&self, who: &Actor, table: &str, fields: Value) -> String {
        let body = json!({ "fields": fields });
        let made = who.post(&self.path(table), body).await.expect(200).json;
        made["id"].as_str().unwrap().to_owned()
    }

    pub(super) async fn change(&self, who: &Actor, record: &str, fields: Value) {
        let path = self.path(record);
        let body = json!({ "fields": fields });
        who.patch(&path, body).await.expect(200);
    }
}

/// Gives the base fields that are computed, also by way of links.
fn computed(document: &mut pyairtable::airtable::ImportDocument) {
    let field = |json: Value| serde_json::from_value(json).unwrap();
    document.tables[0].fields.push(field(json!({
        "id": "fldTest0000000021", "name": "Twice", "type": "formula",
        "options": {
            "isValid": true, "formula": "{fldTest0000000005}*2",
            "referencedFieldIds": ["fldTest0000000005"],
            "result": {"type": "number", "options": {"precision": 1}},
        },
    })));
    document.tables[1].fields.push(field(json!({
        "id": "fldTest0000000022", "name": "Load", "type": "rollup",
        "options": {
            "isValid": true, "recordLinkFieldId": "fldTest0000000013",
            "fieldIdInLinkedTable": "fldTest0000000005",
            "formulaText": "SUM(values)", "formula": "SUM(values)",
            "referencedFieldIds": [],
            "result": {"type": "number", "options": {"precision": 1}},
        },
    })));
}
