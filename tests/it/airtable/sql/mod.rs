mod limits;
mod reading;
mod refusing;

use serde_json::{Value, json};

use crate::support::Answer;
use crate::v0::fixture::Fixture;

impl Fixture {
    pub(super) async fn ask(&self, body: Value) -> Answer {
        let path = format!("/api/airtable/bases/{}/query", self.base);
        self.owner.post(&path, body).await
    }

    /// The rows that a statement answers.
    pub(super) async fn rows(&self, sql: &str) -> Value {
        self.ask(json!({"sql": sql})).await.expect(200).json["rows"].clone()
    }

    /// What is wrong with a statement.
    pub(super) async fn refusal(&self, sql: &str, code: &str) -> String {
        let answer = self.ask(json!({"sql": sql})).await;
        let problem = answer.expect_problem(422, code).json;
        assert!(problem["next"].is_string());
        problem["detail"].as_str().unwrap().to_owned()
    }

    pub(super) async fn people_and_tasks(&self) -> (String, String) {
        let ada = self.create("People", json!({"Name": "Ada"})).await;
        let bob = self.create("People", json!({"Name": "Bob"})).await;
        for (name, hours, owners) in [
            ("Plan", 1.5, vec![&ada]),
            ("Build", 4.0, vec![&bob, &ada]),
            ("Rest", 0.5, vec![]),
        ] {
            let fields = json!({
                "Name": name, "Hours": hours, "Owner": owners, "Status": "Todo",
                "Due": "2026-03-01", "Done": hours > 1.0, "Tags": ["home", "blue"],
            });
            self.create("Tasks", fields).await;
        }
        (ada, bob)
    }
}
