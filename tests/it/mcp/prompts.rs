use serde_json::{Value, json};

use super::world::{World, modern};

async fn result(world: &World, method: &str, params: Value) -> Value {
    modern(&world.owner, method, params).await.expect(200).json["result"].clone()
}

#[tokio::test]
async fn prompts_take_arguments_and_refuse_what_is_missing() {
    let world = World::new().await;
    let list = result(&world, "prompts/list", json!({})).await;
    assert_eq!(list["prompts"].as_array().unwrap().len(), 5);
    let arguments = json!({"base_id": world.base, "table_id": "Tasks"});
    let got = result(
        &world,
        "prompts/get",
        json!({"name": "find_stale_records", "arguments": arguments}),
    )
    .await;
    let text = got["messages"][0]["content"]["text"].as_str().unwrap();
    assert!(
        text.contains(&world.base) && text.contains("90 days") && !text.contains('{'),
        "{text}"
    );
    for params in [
        json!({"name": "nope"}),
        json!({"name": "summarise_base", "arguments": {}}),
    ] {
        let answer = modern(&world.owner, "prompts/get", params).await.json;
        assert_eq!(answer["error"]["code"], -32602, "{answer}");
    }
}

#[tokio::test]
async fn arguments_are_completed_from_the_base() {
    let world = World::new().await;
    let complete = async |reference: Value, name: &str, value: &str, known: Value| {
        let params = json!({"ref": reference, "argument": {"name": name, "value": value}, "context": {"arguments": known}});
        result(&world, "completion/complete", params).await["completion"]["values"].clone()
    };
    let prompt = json!({"type": "ref/prompt", "name": "clean_duplicates"});
    assert_eq!(
        complete(prompt.clone(), "base_id", "wor", json!({})).await,
        json!([world.base])
    );
    let known = json!({"base_id": world.base});
    assert_eq!(
        complete(prompt.clone(), "table_id", "ta", known).await,
        json!(["Tasks"])
    );
    let known = json!({"base_id": world.base, "table_id": "Tasks"});
    assert_eq!(
        complete(prompt, "field", "", known).await,
        json!(["Name", "Status", "Points"])
    );
    let template =
        json!({"type": "ref/resource", "uri": "airtable://bases/{baseId}/tables/{tableId}/schema"});
    let known = json!({"baseId": world.base});
    assert_eq!(
        complete(template, "tableId", "peo", known).await,
        json!(["People"])
    );
}

#[tokio::test]
async fn schemas_are_resources() {
    let world = World::new().await;
    let list = result(&world, "resources/list", json!({})).await;
    let uri = format!("airtable://bases/{}/schema", world.base);
    let listed = list["resources"].as_array().unwrap();
    assert!(
        listed
            .iter()
            .any(|resource| resource["uri"] == uri.as_str()),
        "{list}"
    );
    let templates = result(&world, "resources/templates/list", json!({})).await;
    assert_eq!(templates["resourceTemplates"].as_array().unwrap().len(), 2);
    let read = result(&world, "resources/read", json!({"uri": uri})).await;
    assert_eq!(
        (&read["ttlMs"], &read["cacheScope"]),
        (&json!(0), &json!("private"))
    );
    let schema: Value =
        serde_json::from_str(read["contents"][0]["text"].as_str().unwrap()).unwrap();
    assert_eq!(schema["tables"][0]["name"], "Tasks");
    let table = format!("airtable://bases/{}/tables/Tasks/schema", world.base);
    assert_eq!(
        result(&world, "resources/read", json!({"uri": table})).await["contents"][0]["mimeType"],
        "application/json"
    );
    let unknown = modern(
        &world.owner,
        "resources/read",
        json!({"uri": "airtable://nope"}),
    )
    .await
    .json;
    assert_eq!(unknown["error"]["code"], -32602);
}
