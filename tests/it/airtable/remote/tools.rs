use serde_json::{Value, json};

use super::world::World;

impl World {
    pub(super) async fn call(&self, tool: &str, arguments: Value) -> Value {
        let body = json!({"name": tool, "arguments": arguments});
        let answer = self.owner.post("/api/mcp/tools/call", body).await;
        answer.expect(200).json
    }
}

#[tokio::test]
async fn tools_read_bases_at_airtable_as_they_read_those_here() {
    let world = World::offered("[limits]\nenabled = false").await;
    let base = world.airtable.base.clone();
    let made = world.create("Needle \"in\" hay").await;
    let tables = world.call("list_tables", json!({"base_id": base})).await;
    assert_eq!(tables["success"], true, "{tables}");
    let found = world
        .call(
            "search_records",
            json!({"base_id": base, "table_id": "Tasks", "query": "needle \"IN\""}),
        )
        .await;
    assert_eq!(found["success"], true, "{found}");
    assert_eq!(found["result"]["records"][0]["id"], made["id"], "{found}");
    let rows = world
        .call("get_records", json!({"base_id": base, "table_id": "Tasks"}))
        .await;
    let many = rows["result"]["records"].as_array().unwrap().len();
    let theirs = world.airtable.script.get(&world.path("Tasks")).await.json;
    assert_eq!(many, theirs["records"].as_array().unwrap().len());
    let wrong = world
        .call(
            "get_records",
            json!({"base_id": base, "table_id": "Tasks", "filter_by_formula": "{Nope}=1"}),
        )
        .await;
    assert_eq!(wrong["success"], false);
    assert!(
        wrong["error"]["message"].as_str().unwrap().contains("nope"),
        "{wrong}"
    );
}

#[tokio::test]
async fn tools_say_what_they_cannot_do_at_airtable() {
    let world = World::offered("[limits]\nenabled = false").await;
    let arguments =
        json!({"base_id": world.airtable.base, "table_id": "Tasks", "fields": {"Name": "No"}});
    let answer = world.call("create_record", arguments).await;
    assert_eq!(answer["success"], false, "{answer}");
    let message = answer["error"]["message"].as_str().unwrap();
    assert!(message.contains("lies at Airtable"), "{message}");
    assert!(world.airtable.ledger(0).await.is_empty());
}
