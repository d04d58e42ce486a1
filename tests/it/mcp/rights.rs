use pyairtable::contracts::Role;
use serde_json::{Value, json};

use super::world::{World, modern};
use crate::support::Actor;

async fn tool_names(who: &Actor) -> Vec<String> {
    let list = modern(who, "tools/list", json!({})).await.expect(200).json;
    let tools = list["result"]["tools"].as_array().unwrap();
    tools
        .iter()
        .map(|tool| tool["name"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_viewer_and_a_read_only_key_see_and_use_only_reading_tools() {
    let world = World::new().await;
    world.add_tasks(1).await;
    let viewer = world.app.member(&world.owner, Role::Viewer).await;
    let key = world
        .app
        .key(&world.owner, &["data.records:read", "schema.bases:read"])
        .await;
    for who in [viewer, key] {
        let names = tool_names(&who).await;
        assert!(names.contains(&"get_records".to_owned()));
        assert!(
            !names
                .iter()
                .any(|name| name.contains("create") || name.contains("delete")),
            "{names:?}"
        );
        let (success, page) = world
            .call_as(&who, "get_records", json!({"table_id": "Tasks"}))
            .await;
        assert!(success, "{page}");
        let write = json!({"table_id": "Tasks", "fields": {"Name": "x"}});
        let (success, fault) = world.call_as(&who, "create_record", write).await;
        assert!(!success, "{fault}");
        assert!(
            ["forbidden", "not_found"].contains(&fault["code"].as_str().unwrap()),
            "{fault}"
        );
    }
    assert_eq!(
        world.ok("get_records", json!({"table_id": "Tasks"})).await["record_count"],
        1
    );
}

#[tokio::test]
async fn an_editor_writes_records_but_no_schema() {
    let world = World::new().await;
    let editor = world.app.member(&world.owner, Role::Editor).await;
    let names = tool_names(&editor).await;
    assert!(names.contains(&"create_record".to_owned()));
    assert!(!names.contains(&"create_metadata_table".to_owned()));
    let write = json!({"table_id": "Tasks", "fields": {"Name": "x"}});
    assert!(world.call_as(&editor, "create_record", write).await.0);
}

/// Arguments that fit the tool's schema, with one id wherever a base is named.
fn arguments_for(tool: &Value, base: &str) -> Value {
    let mut arguments = json!({});
    for name in tool["inputSchema"]["required"].as_array().unwrap() {
        let name = name.as_str().unwrap();
        arguments[name] = match name {
            _ if name.ends_with("base_id") => json!(base),
            _ if name.ends_with("table_id") => json!("Tasks"),
            "record_id" => json!("rec00000000000000"),
            "record_ids" => json!(["rec00000000000000"]),
            "fields" if tool["inputSchema"]["properties"]["fields"]["type"] == "array" => {
                json!(["Name"])
            }
            "fields" => json!({"Name": "x"}),
            "records" => json!([{"id": "rec00000000000000", "fields": {"Name": "x"}}]),
            "fields_to_merge_on" => json!(["Name"]),
            "key_field" | "query" => json!("Name"),
            "sql" => json!("SELECT 1"),
            "tool" => json!("create_record"),
            "arguments" => json!({"base_id": base, "table_id": "Tasks", "fields": {"Name": "x"}}),
            "change_set_id" => json!("chg00000000000000"),
            "text" => json!("x"),
            other => panic!("no sample for the argument {other}"),
        };
    }
    arguments
}

#[tokio::test]
async fn every_tool_answers_for_another_tenants_base_as_for_an_unknown_one() {
    let world = World::new().await;
    world.add_tasks(1).await;
    let stranger = world.app.other_tenant().await;
    let list = modern(&stranger, "tools/list", json!({}))
        .await
        .expect(200)
        .json;
    let unknown = "app00000000000000";
    let mut swept = 0;
    for tool in list["result"]["tools"].as_array().unwrap() {
        let name = tool["name"].as_str().unwrap();
        // Those list what the caller may see.
        if ["list_bases", "list_changes"].contains(&name) {
            continue;
        }
        let mut answers = Vec::new();
        for base in [world.base.as_str(), unknown] {
            let params = json!({"name": name, "arguments": arguments_for(tool, base)});
            let answer = modern(&stranger, "tools/call", params).await.expect(200);
            answers.push(answer.text.replace(base, "BASE"));
        }
        assert_eq!(answers[0], answers[1], "{name}");
        assert!(answers[0].contains("not_found"), "{name}: {}", answers[0]);
        swept += 1;
    }
    assert_eq!(swept, 23, "every tool but the lists names a base");
    for base in [world.base.as_str(), unknown] {
        let uri = format!("airtable://bases/{base}/schema");
        let answer = modern(&stranger, "resources/read", json!({"uri": uri})).await;
        assert_eq!(answer.json["error"]["code"], -32602);
    }
}

#[tokio::test]
async fn a_base_of_a_workspace_one_is_no_member_of_looks_like_none() {
    let world = World::new().await;
    let editor = world.app.member(&world.owner, Role::Editor).await;
    let body = json!({"name": "Closed"});
    let closed = world.owner.post("/api/workspaces", body).await.expect(201);
    let fields = json!([{"name": "Name", "type": "singleLineText"}]);
    let body = json!({
        "workspace_id": closed.json["id"], "name": "Secret",
        "tables": [{"name": "Tasks", "fields": fields}],
    });
    let secret = world.owner.post("/api/airtable/bases", body).await;
    let secret = secret.expect(201).json["id"].clone();
    let arguments = |base: &Value| json!({"base_id": base, "table_id": "Tasks"});
    let own = world
        .call_as(&world.owner, "get_records", arguments(&secret))
        .await;
    assert!(own.0, "{}", own.1);
    let hidden = world
        .call_as(&editor, "get_records", arguments(&secret))
        .await;
    let unknown = json!("appNoSuchBase0000");
    let missing = world
        .call_as(&editor, "get_records", arguments(&unknown))
        .await;
    assert!(!hidden.0);
    assert_eq!(hidden.1.to_string(), missing.1.to_string());
    let bases = world.call_as(&editor, "list_bases", json!({})).await.1;
    assert!(!bases.to_string().contains("Secret"), "{bases}");
}

#[tokio::test]
async fn every_tool_has_schemas_and_truthful_hints() {
    let world = World::new().await;
    let list = modern(&world.owner, "tools/list", json!({}))
        .await
        .expect(200)
        .json;
    let tools = list["result"]["tools"].as_array().unwrap();
    for tool in tools {
        assert_eq!(tool["inputSchema"]["type"], "object", "{tool}");
        assert_eq!(tool["outputSchema"]["type"], "object", "{tool}");
        assert!(tool["title"].is_string() && tool["description"].is_string());
        assert_eq!(tool["annotations"]["openWorldHint"], false);
        let properties = tool["inputSchema"]["properties"].as_object().unwrap();
        assert!(
            properties
                .values()
                .all(|property| property["description"].is_string()),
            "{tool}"
        );
        assert_eq!(
            tool["inputSchema"]["additionalProperties"],
            Value::Bool(false)
        );
    }
    let again = modern(&world.owner, "tools/list", json!({})).await.json;
    assert_eq!(again["result"]["tools"], list["result"]["tools"]);
}
