use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::saga::bench::Bench;
use crate::support::TestStandIn;

/// A plan of one fault that strikes one request.
pub(super) fn once(method: &str, nth: u32, fault: &str, when: &str) -> String {
    format!(
        "[limits]\nenabled = false\n[[faults]]\n{fault}\nwhen = \"{when}\"\nmethods = [\"{method}\"]\nnth = {nth}\n"
    )
}

/// Our instance, whose sagas call the other one.
pub(super) struct World {
    pub(super) bench: Bench,
    pub(super) airtable: TestStandIn,
}

impl World {
    pub(super) async fn new(plan: &str) -> Self {
        let bench = Bench::with_settings(|settings| {
            // What hangs is given up after a moment.
            settings.outbound.total_timeout = Duration::from_millis(800);
        })
        .await;
        let airtable = TestStandIn::start(plan, None, Default::default()).await;
        Self { bench, airtable }
    }

    pub(super) fn url(&self, rest: &str) -> String {
        format!("{}{}", self.airtable.url, self.airtable.path(rest))
    }

    /// Whether a record with these members is in the table.
    pub(super) fn listed(&self, expect: Value, gone: bool) -> Value {
        json!({"url": self.url("Tasks?pageSize=100"), "list": "records", "expect": expect, "gone": gone})
    }

    /// E3: a creation, found again by its name, and taken back by a deletion.
    pub(super) fn create(&self, id: &str, name: &str) -> Value {
        let record = format!("${{steps.{id}.result.body.id}}");
        json!({"id": id, "kind": "C",
            "action": {"http": {"url": self.url("Tasks"), "verify": self.listed(json!({"fields": {"Name": name}}), false)}},
            "arguments": {"fields": {"Name": name}},
            "compensation": self.delete(&record)})
    }

    pub(super) fn delete(&self, record: &str) -> Value {
        let url = self.url(&format!("Tasks/{record}"));
        let verify = self.listed(json!({"id": record}), true);
        json!({"action": {"http": {"method": "DELETE", "url": url, "verify": verify}}})
    }

    /// E1: a change of a record that an earlier step made.
    pub(super) fn update(&self, id: &str, of: &str, hours: u32) -> Value {
        let url = self.url(&format!("Tasks/${{steps.{of}.result.body.id}}"));
        let change = |hours: Value, before: Value| {
            let verify = json!({"url": url, "expect": {"fields": {"Hours": hours}}, "before": {"fields": {"Hours": before}}});
            json!({"method": "PATCH", "url": url, "verify": verify})
        };
        json!({"id": id, "kind": "C",
            "action": {"http": change(hours.into(), Value::Null)},
            "arguments": {"fields": {"Hours": hours}},
            "compensation": {"action": {"http": change(Value::Null, hours.into())}, "arguments": {"fields": {"Hours": null}}}})
    }

    /// E2: an upsert on a field that marks the record as this saga's.
    pub(super) fn upsert(&self, id: &str, name: &str) -> Value {
        let record = format!("${{steps.{id}.result.body.records.0.id}}");
        json!({"id": id, "kind": "C",
            "action": {"http": {"method": "PATCH", "url": self.url("Tasks"), "deduplicates": true}},
            "arguments": {"performUpsert": {"fieldsToMergeOn": ["Name"]}, "records": [{"fields": {"Name": name}}]},
            "compensation": self.delete(&record)})
    }

    /// `good` makes a record, changes it and upserts another; `bad` fails then, and takes all of it back.
    pub(super) async fn define_both(&self) {
        let good = json!([
            self.create("create", "${input.name}"),
            self.update("update", "create", 3),
            self.upsert("upsert", "${input.name} log")
        ]);
        let mut bad = good.as_array().unwrap().clone();
        bad.push(self.bench.fail("fail"));
        self.bench.define("good", good).await;
        self.bench.define("bad", json!(bad)).await;
    }

    /// Names of the records at the other instance, sorted.
    pub(super) async fn names(&self) -> Vec<String> {
        let page = self
            .airtable
            .script
            .get(&self.airtable.path("Tasks"))
            .await
            .expect(200)
            .json;
        assert_eq!(page["offset"], Value::Null);
        let mut names = crate::v0::fixture::names(&page);
        names.sort_unstable();
        names
    }

    /// The names, with no fault in the way.
    pub(super) async fn names_undisturbed(&self) -> Vec<String> {
        self.airtable.plan("[limits]\nenabled = false").await;
        self.names().await
    }

    pub(super) async fn last(&self) -> u64 {
        self.airtable.counts().await["effects"].as_u64().unwrap()
    }

    /// Deletes what the sagas left, so that the next round finds the table as it was.
    pub(super) async fn clear(&self, kept: &[String]) {
        let page = self
            .airtable
            .script
            .get(&self.airtable.path("Tasks"))
            .await
            .expect(200)
            .json;
        for record in page["records"].as_array().unwrap() {
            let name = record["fields"]["Name"].as_str().unwrap().to_owned();
            if !kept.contains(&name) {
                let path = self
                    .airtable
                    .path(&format!("Tasks/{}", record["id"].as_str().unwrap()));
                self.airtable.script.delete(&path).await.expect(200);
            }
        }
    }
}

/// The effects of each request that was sent once or more, by its key.
fn by_key(ledger: &[Value]) -> BTreeMap<String, Vec<&Value>> {
    let mut keys: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
    for effect in ledger {
        let key = effect["idempotency_key"].as_str().unwrap();
        keys.entry(key.to_owned()).or_default().push(effect);
    }
    keys
}

pub(super) fn ids(effects: &[&Value], what: &str) -> Vec<String> {
    let lists = effects
        .iter()
        .flat_map(|effect| effect[what].as_array().unwrap());
    lists.map(|id| id.as_str().unwrap().to_owned()).collect()
}

/// No request may have made, changed or deleted a thing twice; only an upsert may have been accepted again.
pub(super) fn assert_nothing_doubled(ledger: &[Value]) {
    for (key, effects) in by_key(ledger) {
        let (created, updated) = (ids(&effects, "created"), ids(&effects, "updated"));
        match key.contains("/upsert/") && !key.ends_with("/undo") {
            true => {
                assert_eq!(created.len(), 1, "{effects:#?}");
                assert!(updated.iter().all(|id| *id == created[0]), "{effects:#?}");
            }
            false => assert_eq!(effects.len(), 1, "{effects:#?}"),
        }
    }
}
