use std::sync::Arc;

use serde_json::{Value, json};

use super::Tools;
use crate::contracts::{Actor, Role, Scope, ToolBox, ToolCall};
use crate::mcp::kit::BUDGET;
use crate::mcp::testing::{ASKS, Memory, members};
use crate::platform::clock::Clock;

struct World {
    memory: Arc<Memory>,
    tools: Tools,
    actor: Arc<Actor>,
}

impl World {
    fn new() -> Self {
        let memory = Memory::new();
        let tools = Tools::new(&memory.services(), Clock::default(), &ASKS);
        let actor = memory.owner();
        Self {
            memory,
            tools,
            actor,
        }
    }

    async fn call(&self, name: &str, mut arguments: Value) -> (bool, Value) {
        let base = self.memory.base.to_string();
        if name == "sync_tables" {
            arguments["source_base_id"] = json!(base);
            arguments["target_base_id"] = json!(base);
        } else {
            arguments["base_id"] = json!(base);
        }
        let call = ToolCall {
            name: name.to_owned(),
            arguments: members(arguments),
            change: None,
        };
        let outcome = self.tools.call(&self.actor, call).await.unwrap();
        assert!(
            outcome.json.len() < BUDGET * 2,
            "{name}: {}",
            outcome.json.len()
        );
        (
            !outcome.is_error,
            serde_json::from_slice(&outcome.json).unwrap(),
        )
    }

    async fn ok(&self, name: &str, arguments: Value) -> Value {
        let (success, json) = self.call(name, arguments).await;
        assert!(success, "{name}: {json}");
        json
    }
}

fn people(count: usize) -> Vec<Value> {
    (0..count)
        .map(|n| json!({"Name": format!("Person {n}"), "Note": "x".repeat(1000)}))
        .collect()
}

#[tokio::test]
async fn pages_are_cut_at_the_budget_and_lose_nothing() {
    let world = World::new();
    let table = world
        .memory
        .table("People", &["Name", "Note"], &people(1000));
    let (mut seen, mut cursor) = (Vec::new(), Value::Null);
    loop {
        let arguments = json!({"table_id": table, "max_records": 700, "cursor": cursor});
        let page = world.ok("get_records", arguments).await;
        let records = page["records"].as_array().unwrap();
        assert_eq!(page["record_count"], records.len());
        seen.extend(
            records
                .iter()
                .map(|record| record["fields"]["Name"].clone()),
        );
        cursor = page["next_cursor"].clone();
        if cursor.is_null() {
            break;
        }
        assert!(page["notice"].as_str().unwrap().contains("full"));
    }
    let wanted: Vec<Value> = (0..1000).map(|n| json!(format!("Person {n}"))).collect();
    assert_eq!(seen, wanted);
}

#[tokio::test]
async fn an_export_in_parts_is_the_whole_table() {
    let world = World::new();
    let table = world
        .memory
        .table("People", &["Name", "Note"], &people(500));
    let (mut csv, mut cursor) = (String::new(), Value::Null);
    loop {
        let arguments = json!({"table_id": table, "cursor": cursor});
        let part = world.ok("export_table_csv", arguments).await;
        assert_eq!(part["total_records"], 500);
        csv.push_str(part["csv"].as_str().unwrap());
        cursor = part["next_cursor"].clone();
        if cursor.is_null() {
            break;
        }
    }
    let lines: Vec<&str> = csv.split_terminator("\r\n").collect();
    assert_eq!(lines.len(), 501);
    assert_eq!(lines[0], "Record ID,Name,Note,Created Time");
    assert!(lines[500].contains("Person 499"));
}

#[tokio::test]
async fn a_batch_reports_each_record_and_one_bad_one_stops_no_other() {
    let world = World::new();
    let table = world.memory.table("People", &["Name"], &[]);
    let mut records: Vec<Value> = (0..25).map(|n| json!({"Name": n.to_string()})).collect();
    records[13] = json!({"fields": {"Name": "bad"}});
    records[20] = json!({"Nme": "typo"});
    let report = world
        .ok(
            "batch_create_records",
            json!({"table_id": table, "records": records}),
        )
        .await;
    assert_eq!(
        (&report["created_count"], &report["failed_count"]),
        (&json!(23), &json!(2))
    );
    assert_eq!(report["results"][0]["index"], 13);
    assert_eq!(report["results"][0]["error"]["code"], "invalid_value");
    assert_eq!(report["results"][1]["error"]["code"], "unknown_field");
    let page = world.ok("get_records", json!({"table_id": table})).await;
    assert_eq!(page["record_count"], 23);

    let id = page["records"][0]["id"].clone();
    let updates = json!([
        {"id": id, "fields": {"Name": "new"}},
        {"id": "recNoSuchRecord00", "fields": {"Name": "new"}},
    ]);
    let report = world
        .ok(
            "batch_update_records",
            json!({"table_id": table, "records": updates}),
        )
        .await;
    assert_eq!(
        (&report["updated_count"], &report["failed_count"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(report["results"][0]["error"]["code"], "record_not_found");

    let hopeless = json!({"table_id": table, "records": [{"Name": "bad"}]});
    let (success, fault) = world.call("batch_create_records", hopeless).await;
    assert!(!success);
    assert!(
        fault["message"]
            .as_str()
            .unwrap()
            .starts_with("None of the 1 records"),
        "{fault}"
    );
    assert_eq!(fault["details"][0]["index"], 0);
}

#[tokio::test]
async fn faults_name_the_argument_and_the_next_step() {
    let world = World::new();
    let table = world.memory.table("People", &["Name"], &[]);
    let (success, fault) = world
        .call(
            "get_records",
            json!({"table_id": table, "max_records": "9"}),
        )
        .await;
    assert!(!success);
    assert_eq!(fault["code"], "invalid_argument");
    assert!(
        fault["message"].as_str().unwrap().contains("`max_records`"),
        "{fault}"
    );
    let (_, fault) = world
        .call(
            "create_record",
            json!({"table_id": table, "fields": {"X": 1}}),
        )
        .await;
    assert_eq!(fault["code"], "unknown_field");
    assert!(fault["next"].as_str().unwrap().contains("get_field_info"));
    let (_, fault) = world
        .call("get_field_info", json!({"table_id": "nope"}))
        .await;
    assert_eq!(fault["code"], "not_found");
}

#[tokio::test]
async fn duplicates_and_analysis_look_at_the_whole_table() {
    let world = World::new();
    let mut rows = people(1500);
    rows[1400] = json!({"Name": "  PERSON 3 "});
    rows[1401] = json!({"Note": ""});
    rows[1402] = json!({});
    let table = world.memory.table("People", &["Name", "Note"], &rows);
    let found = world
        .ok(
            "find_duplicates",
            json!({"table_id": table, "fields": ["name"]}),
        )
        .await;
    assert_eq!(
        (&found["records_checked"], &found["group_count"]),
        (&json!(1500), &json!(1))
    );
    assert_eq!(found["groups"][0]["count"], 2);
    let all = json!({"table_id": table, "fields": ["Name"], "ignore_empty": false});
    assert_eq!(world.ok("find_duplicates", all).await["group_count"], 2);

    let about = world
        .ok("analyze_table_data", json!({"table_id": table}))
        .await;
    assert_eq!(about["scope"], "whole table: all 1500 records");
    assert_eq!(about["fields"][0]["empty"], 2);
    let part = world
        .ok(
            "analyze_table_data",
            json!({"table_id": table, "sample_size": 10}),
        )
        .await;
    assert_eq!(part["scope"], "sample: the first 10 records");
    assert_eq!(part["records_analyzed"], 10);
}

#[tokio::test]
async fn a_sync_does_what_its_dry_run_planned() {
    let world = World::new();
    let rows = [json!({"Key": "a", "N": "1"}), json!({"Key": "b", "N": "2"})];
    let source = world.memory.table("Source", &["Key", "N"], &rows);
    let rows = [json!({"Key": "b", "N": "old"}), json!({"Key": "z"})];
    let target = world.memory.table("Target", &["Key", "N"], &rows);
    let arguments = |dry_run: bool, plan: Value| json!({"source_table_id": source, "target_table_id": "target", "key_field": "Key", "dry_run": dry_run, "plan_id": plan});
    let plan = world.ok("sync_tables", arguments(true, Value::Null)).await;
    let counts =
        ["create_count", "update_count", "delete_count"].map(|name| plan["plan"][name].clone());
    assert_eq!(counts, [json!(1), json!(1), json!(1)]);
    let (success, fault) = world
        .call("sync_tables", arguments(false, json!("other")))
        .await;
    assert!(!success);
    assert_eq!(fault["code"], "plan_changed");
    let done = world
        .ok("sync_tables", arguments(false, plan["plan_id"].clone()))
        .await;
    assert_eq!(
        done["done"],
        json!({"created": 1, "updated": 1, "deleted": 1})
    );
    let again = world.ok("sync_tables", arguments(true, Value::Null)).await;
    assert_eq!(again["plan"]["unchanged_count"], 2);
    assert_eq!(
        world.ok("get_records", json!({"table_id": target})).await["record_count"],
        2
    );
}

#[tokio::test]
async fn the_metadata_table_is_updated_on_a_rerun() {
    let world = World::new();
    world.memory.table("Tasks", &["Name"], &[]);
    world.memory.table("Clients", &["Name", "Email"], &[]);
    let first = world.ok("create_metadata_table", json!({})).await;
    assert_eq!(
        (&first["table_created"], &first["rows_created"]),
        (&json!(true), &json!(2)),
        "{first}"
    );
    let second = world.ok("create_metadata_table", json!({})).await;
    assert_eq!(
        (&second["rows_created"], &second["rows_updated"]),
        (&json!(0), &json!(2)),
        "{second}"
    );
    let rows = world
        .ok("get_records", json!({"table_id": "Table Metadata"}))
        .await;
    assert_eq!(rows["record_count"], 2);
    assert_eq!(
        rows["records"][0]["fields"]["Purpose"],
        "Project/task management"
    );
}

#[tokio::test]
async fn tools_are_shown_by_right_and_unknown_ones_are_none() {
    let world = World::new();
    let names = |actor: &Actor| -> Vec<&'static str> {
        world
            .tools
            .offered(actor)
            .iter()
            .map(|tool| tool.name)
            .collect()
    };
    assert_eq!(names(&world.actor).len(), 25);
    let reads = [Scope::RecordsRead, Scope::SchemaRead, Scope::CommentsRead];
    let reader = world.memory.actor(Role::Owner, &reads);
    let viewer = world.memory.actor(Role::Viewer, &Scope::ALL);
    assert_eq!(names(&reader), names(&viewer));
    assert_eq!(names(&reader).len(), 14);
    assert!(
        world
            .tools
            .offered(&reader)
            .iter()
            .all(|tool| tool.read_only)
    );
    let unknown = ToolCall {
        name: "nope".to_owned(),
        arguments: members(json!({})),
        change: None,
    };
    assert!(world.tools.call(&world.actor, unknown).await.is_none());
    let hidden = ToolCall {
        name: "delete_base".to_owned(),
        arguments: members(json!({"base_id": "x", "unchanged_since": 1})),
        change: None,
    };
    let call = world.tools.call(&world.actor, hidden);
    assert!(call.await.is_none(), "only a saga calls it");
}
