use serde_json::json;

use super::world::World;

#[tokio::test]
async fn an_analysis_covers_the_table_and_says_so() {
    let world = World::new().await;
    world.add_tasks(20).await;
    world
        .ok(
            "create_record",
            json!({"table_id": "Tasks", "fields": {"Status": "Done"}}),
        )
        .await;
    let about = world
        .ok("analyze_table_data", json!({"table_id": "Tasks"}))
        .await;
    assert_eq!(about["scope"], "whole table: all 21 records");
    let (name, status, points) = (
        &about["fields"][0],
        &about["fields"][1],
        &about["fields"][2],
    );
    assert_eq!((&name["filled"], &name["empty"]), (&json!(20), &json!(1)));
    assert_eq!(name["text_length"]["min"], 6.0);
    assert_eq!(status["values"][0], json!({"value": "Open", "count": 20}));
    assert_eq!(status["remark"], "Always filled");
    assert_eq!(
        (&points["number"]["max"], &points["number"]["avg"]),
        (&json!(19.0), &json!(9.5))
    );
    let codes = about["findings"].as_array().unwrap().iter();
    let codes: Vec<&str> = codes.map(|found| found["code"].as_str().unwrap()).collect();
    assert!(codes.contains(&"empty_primary_field"), "{codes:?}");
    let sample = world
        .ok(
            "analyze_table_data",
            json!({"table_id": "Tasks", "sample_size": 5}),
        )
        .await;
    assert_eq!(sample["records_analyzed"], 5);
    assert_eq!(sample.get("findings"), None);
    assert_eq!(sample["scope"], "sample: the first 5 records");
    world
        .fault(
            "analyze_table_data",
            json!({"table_id": "Nope"}),
            "not_found",
        )
        .await;
}

#[tokio::test]
async fn duplicates_are_found_in_the_whole_table() {
    let world = World::new().await;
    world.add_tasks(3).await;
    let more = json!([{"Name": " task 1 "}, {"Points": 1}, {"Points": 2}]);
    world
        .ok(
            "batch_create_records",
            json!({"table_id": "Tasks", "records": more}),
        )
        .await;
    let found = world
        .ok(
            "find_duplicates",
            json!({"table_id": "Tasks", "fields": ["Name"]}),
        )
        .await;
    assert_eq!(
        (&found["group_count"], &found["duplicate_count"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(found["groups"][0]["records"].as_array().unwrap().len(), 2);
    assert!(found["groups"][0]["records"][0]["createdTime"].is_string());
    let all = json!({"table_id": "Tasks", "fields": ["Name"], "ignore_empty": false});
    assert_eq!(world.ok("find_duplicates", all).await["group_count"], 2);
    world
        .fault(
            "find_duplicates",
            json!({"table_id": "Tasks", "fields": ["Nope"]}),
            "unknown_field",
        )
        .await;
    world
        .fault(
            "find_duplicates",
            json!({"table_id": "Tasks", "fields": []}),
            "invalid_argument",
        )
        .await;
}

#[tokio::test]
async fn a_csv_holds_no_formula_for_a_spreadsheet() {
    let world = World::new().await;
    let evil = json!({"table_id": "Tasks", "fields": {"Name": "=HYPERLINK(\"x\")", "Points": -3}});
    world.ok("create_record", evil).await;
    let export = world
        .ok("export_table_csv", json!({"table_id": "Tasks"}))
        .await;
    let csv = export["csv"].as_str().unwrap();
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines[0], "Record ID,Name,Status,Points,Created Time");
    assert!(
        lines[1].contains(",\"'=HYPERLINK(\"\"x\"\")\",,-3,"),
        "{csv}"
    );
    assert_eq!(
        (&export["row_count"], &export["total_records"]),
        (&json!(1), &json!(1))
    );
    let narrow = world
        .ok(
            "export_table_csv",
            json!({"table_id": "Tasks", "fields": ["Points"]}),
        )
        .await;
    assert_eq!(
        narrow["columns"],
        json!(["Record ID", "Points", "Created Time"])
    );
    world
        .fault(
            "export_table_csv",
            json!({"table_id": "Tasks", "fields": ["Nope"]}),
            "unknown_field",
        )
        .await;
}

#[tokio::test]
async fn a_csv_goes_on_where_it_ended() {
    let world = World::new().await;
    world.add_tasks(30).await;
    let first = world
        .ok(
            "export_table_csv",
            json!({"table_id": "Tasks", "max_records": 20}),
        )
        .await;
    assert_eq!(first["row_count"], 20);
    let next = json!({"table_id": "Tasks", "cursor": first["next_cursor"]});
    let rest = world.ok("export_table_csv", next).await;
    assert_eq!(rest["row_count"], 10);
    assert!(rest["csv"].as_str().unwrap().starts_with("rec"));
}
