mod definitions;
mod reading;
mod transfer;

use serde_json::{Value, json};

use crate::support::Answer;
use crate::v0::fixture::{Fixture, names};

/// Four tasks, and where the views of their table are.
pub(super) struct World {
    pub(super) fixture: Fixture,
    pub(super) views: String,
}

impl World {
    pub(super) async fn new() -> Self {
        let fixture = Fixture::new().await;
        let rows = [
            ("Paint", 3, "Todo"),
            ("Plan", 1, "Doing"),
            ("Rest", 2, "Todo"),
            ("Sleep", 9, "Archived"),
        ];
        for (name, hours, status) in rows {
            let cells = json!({"Name": name, "Hours": hours, "Status": status});
            fixture.create("Tasks", cells).await;
        }
        let views = format!("/api/airtable/bases/{}/tables/Tasks/views", fixture.base);
        Self { fixture, views }
    }

    pub(super) async fn make(&self, view: Value) -> Value {
        let made = self.fixture.owner.post(&self.views, view).await.expect(201);
        made.json["view"].clone()
    }

    pub(super) async fn change(&self, view: &str, change: Value) -> Answer {
        let path = format!("{}/{view}", self.views);
        self.fixture.owner.patch(&path, change).await
    }

    pub(super) async fn field(&self, name: &str) -> String {
        let field = self.fixture.field("Tasks", name).await;
        field["id"].as_str().unwrap().to_owned()
    }

    /// The names of the tasks that a request for records at `/v0` lists.
    pub(super) async fn listed(&self, body: Value) -> Vec<String> {
        let path = self.fixture.path("Tasks/listRecords");
        names(&self.fixture.owner.post(&path, body).await.expect(200).json)
    }

    /// The same, of a request for rows.
    pub(super) async fn rows(&self, query: &str) -> (u64, Vec<String>) {
        let page = self.fixture.owner.get(&self.rows_path(query)).await;
        let page = page.expect(200).json;
        let name = self.field("Name").await;
        let records = page["records"].as_array().unwrap().iter();
        let names = records.map(|record| record["fields"][&name].as_str().unwrap().to_owned());
        (page["total"].as_u64().unwrap(), names.collect())
    }

    pub(super) fn rows_path(&self, query: &str) -> String {
        let base = &self.fixture.base;
        format!("/api/airtable/bases/{base}/tables/Tasks/rows?{query}")
    }
}

pub(super) fn todo() -> Value {
    json!({
        "name": "To do",
        "filter": "{Status} != 'Archived'",
        "sort": [{"field": "Hours", "direction": "desc"}],
    })
}
