use serde_json::{Value, json};

use super::world::World;

#[tokio::test]
async fn records_come_in_pages_in_the_order_asked_for() {
    let world = World::new().await;
    world.add_tasks(25).await;
    let sort = json!([{"field": "Points", "direction": "desc"}]);
    let first = json!({"table_id": "Tasks", "max_records": 10, "sort": sort, "fields": ["Points"]});
    let page = world.ok("get_records", first).await;
    let points: Vec<&Value> = page["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| &record["fields"]["Points"])
        .collect();
    assert_eq!(points[0], 24);
    assert_eq!(points[9], 15);
    assert!(page["records"][0]["fields"].get("Name").is_none());
    let next = json!({"table_id": "Tasks", "max_records": 100, "sort": sort, "cursor": page["next_cursor"]});
    let rest = world.ok("get_records", next).await;
    assert_eq!(rest["record_count"], 15);
    assert!(rest.get("next_cursor").is_none());
    world
        .fault(
            "get_records",
            json!({"table_id": "Tasks", "fields": ["Nope"]}),
            "unknown_field",
        )
        .await;
    world
        .fault(
            "get_records",
            json!({"table_id": "Tasks", "cursor": "junk"}),
            "invalid_cursor",
        )
        .await;
    world
        .fault(
            "get_records",
            json!({"table_id": "Tasks", "view": "Nope"}),
            "view_not_found",
        )
        .await;
    let fault = world
        .fault(
            "get_records",
            json!({"table_id": "Tasks", "maxRecords": 3}),
            "invalid_argument",
        )
        .await;
    assert!(fault["message"].as_str().unwrap().contains("`maxRecords`"));
}

#[tokio::test]
async fn a_formula_is_passed_on_to_the_engine() {
    let world = World::new().await;
    world.add_tasks(3).await;
    let arguments = json!({"table_id": "Tasks", "filter_by_formula": "FIND('2', {Name})"});
    let page = world.ok("get_records", arguments).await;
    assert_eq!(page["record_count"], 1);
    assert_eq!(page["records"][0]["fields"]["Name"], "Task 2");
    let arguments = json!({"table_id": "Tasks", "filter_by_formula": "{Nmae}='x'"});
    let fault = world
        .fault("get_records", arguments, "invalid_formula")
        .await;
    assert_eq!(
        fault["message"],
        "Unknown field {Nmae}; did you mean {Name}? (at 0)"
    );
}

#[tokio::test]
async fn one_record_comes_whole_or_not_at_all() {
    let world = World::new().await;
    let ids = world.add_tasks(1).await;
    let record = world
        .ok(
            "get_record",
            json!({"table_id": "Tasks", "record_id": ids[0]}),
        )
        .await;
    assert_eq!(record["fields"]["Name"], "Task 0");
    assert_eq!(record["id"], ids[0].as_str());
    let missing = json!({"table_id": "Tasks", "record_id": "recNoSuchRecord00"});
    let (success, fault) = world.call("get_record", missing).await;
    assert!(!success);
    assert!(
        ["not_found", "record_not_found"].contains(&fault["code"].as_str().unwrap()),
        "{fault}"
    );
}

#[tokio::test]
async fn a_search_needs_no_formula_and_no_case() {
    let world = World::new().await;
    world.add_tasks(12).await;
    let extra =
        json!({"table_id": "Tasks", "fields": {"Name": "O'Brien \"created\" an update, DROP it"}});
    world.ok("create_record", extra).await;
    for query in ["o'brien", "\"CREATED\"", "drop"] {
        let found = world
            .ok(
                "search_records",
                json!({"table_id": "Tasks", "query": query}),
            )
            .await;
        assert_eq!(found["record_count"], 1, "{query}");
    }
    let by_choice = json!({"table_id": "Tasks", "query": "oPEN", "max_records": 5});
    let found = world.ok("search_records", by_choice).await;
    assert_eq!(found["record_count"], 5);
    let rest = json!({"table_id": "Tasks", "query": "oPEN", "cursor": found["next_cursor"]});
    assert_eq!(world.ok("search_records", rest).await["record_count"], 7);
    let narrow = json!({"table_id": "Tasks", "query": "open", "fields": ["Name"]});
    assert_eq!(world.ok("search_records", narrow).await["record_count"], 0);
    world
        .fault(
            "search_records",
            json!({"table_id": "Tasks", "query": " "}),
            "invalid_argument",
        )
        .await;
}

#[tokio::test]
async fn a_full_answer_is_cut_and_goes_on() {
    let world = World::new().await;
    let long = "x".repeat(20_000);
    let records: Vec<Value> = (0..40)
        .map(|n| json!({"Name": format!("{n} {long}")}))
        .collect();
    world
        .ok(
            "batch_create_records",
            json!({"table_id": "Tasks", "records": records}),
        )
        .await;
    let (mut seen, mut cursor) = (0, Value::Null);
    loop {
        let page = world
            .ok(
                "get_records",
                json!({"table_id": "Tasks", "cursor": cursor}),
            )
            .await;
        assert!(page.to_string().len() <= 256 * 1024);
        for record in page["records"].as_array().unwrap() {
            assert!(
                record["fields"]["Name"]
                    .as_str()
                    .unwrap()
                    .starts_with(&format!("{seen} "))
            );
            seen += 1;
        }
        cursor = page["next_cursor"].clone();
        if cursor.is_null() {
            break;
        }
        assert!(page["notice"].is_string());
    }
    assert_eq!(seen, 40);
}

#[tokio::test]
async fn a_view_filters_and_sorts_what_a_tool_reads() {
    let world = World::new().await;
    world.add_tasks(6).await;
    let path = format!("/api/airtable/bases/{}/tables/Tasks/views", world.base);
    let view = json!({
        "name": "Late",
        "filter": "{Points} > 2",
        "sort": [{"field": "Points", "direction": "desc"}],
    });
    world.owner.post(&path, view).await.expect(201);
    let read = async |more: Value| {
        let mut arguments = json!({"table_id": "Tasks", "view": "Late", "max_records": 2});
        arguments
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let page = world.ok("get_records", arguments).await;
        let records = page["records"].as_array().unwrap().iter();
        let points: Vec<Value> = records
            .map(|record| record["fields"]["Points"].clone())
            .collect();
        (points, page["next_cursor"].clone())
    };
    let (points, next) = read(json!({})).await;
    assert_eq!(points, [json!(5), json!(4)]);
    assert_eq!(
        read(json!({"cursor": next})).await,
        (vec![json!(3)], Value::Null)
    );
    let (points, _) = read(json!({"filter_by_formula": "{Points} < 5"})).await;
    assert_eq!(points, [json!(4), json!(3)]);
    let csv = world
        .ok(
            "export_table_csv",
            json!({"table_id": "Tasks", "view": "Late"}),
        )
        .await;
    assert_eq!(csv["row_count"], 3);
}
