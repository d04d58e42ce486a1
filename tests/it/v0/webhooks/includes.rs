use serde_json::{Value, json};

use super::world::World;

#[tokio::test]
async fn previous_cells_come_where_they_are_asked_for() {
    let world = World::new().await;
    let task = world
        .fixture
        .create("Tasks", json!({"Name": "Saw", "Hours": 1}))
        .await;
    let includes = json!({"includePreviousCellValues": true});
    let data = json!({"dataTypes": ["tableData"]});
    let hook = world.watch(data, includes).await;
    world.update(&task, json!({"Hours": 2, "Done": true})).await;
    let (hours, done) = (world.field("Hours").await, world.field("Done").await);
    let change = json!({
        "current": {"cellValuesByFieldId": {&hours: 2, &done: true}},
        "previous": {"cellValuesByFieldId": {&hours: 1, &done: null}},
    });
    assert_eq!(
        world.told(&hook).await,
        json!({"changedRecordsById": {task: change}})
    );
}

#[tokio::test]
async fn unchanged_cells_are_those_of_the_moment() {
    let world = World::new().await;
    let (name, hours) = (world.field("Name").await, world.field("Hours").await);
    let status = world.field("Status").await;
    let task = world
        .fixture
        .create(
            "Tasks",
            json!({"Name": "Saw", "Hours": 1, "Status": "Todo"}),
        )
        .await;
    let data = json!({"dataTypes": ["tableData"]});
    let some = json!({"includeCellValuesInFieldIds": [name, hours]});
    let some = world.watch(data.clone(), some).await;
    let all = json!({"includeCellValuesInFieldIds": "all"});
    let all = world.watch(data, all).await;
    // Nobody looks before all of this is done: what came later must not show in what was told of before.
    world.update(&task, json!({"Hours": 2})).await;
    world.update(&task, json!({"Name": "Saws"})).await;
    world.update(&task, json!({"Status": "Doing"})).await;
    world.delete(&task).await;
    let payloads = world.payloads(&some).await;
    let change = |payloads: &[Value], at: usize| {
        payloads[at]["changedTablesById"][&world.tasks]["changedRecordsById"][&task].clone()
    };
    let cells = |cells: Value| json!({"cellValuesByFieldId": cells});
    assert_eq!(
        change(&payloads, 0),
        json!({"current": cells(json!({&hours: 2})), "unchanged": cells(json!({&name: "Saw"}))})
    );
    assert_eq!(
        change(&payloads, 1),
        json!({"current": cells(json!({&name: "Saws"})), "unchanged": cells(json!({&hours: 2}))})
    );
    assert_eq!(
        change(&payloads, 2)["unchanged"],
        cells(json!({&name: "Saws", &hours: 2}))
    );
    let payloads = world.payloads(&all).await;
    let unchanged = change(&payloads, 0)["unchanged"]["cellValuesByFieldId"].clone();
    assert_eq!(unchanged[&name], "Saw");
    assert_eq!(unchanged[&status]["name"], "Todo");
    assert_eq!(unchanged[world.field("Done").await], Value::Null);
    assert_eq!(unchanged.get(&hours), None, "it is among the changed ones");
}

#[tokio::test]
async fn an_included_field_that_changes_with_a_watched_one_is_told_as_changed() {
    let world = World::new().await;
    let (name, hours) = (world.field("Name").await, world.field("Hours").await);
    let task = world
        .fixture
        .create("Tasks", json!({"Name": "Saw", "Hours": 1}))
        .await;
    let filters = json!({"dataTypes": ["tableData"], "watchDataInFieldIds": [hours]});
    let includes =
        json!({"includeCellValuesInFieldIds": [name], "includePreviousCellValues": true});
    let hook = world.watch(filters, includes).await;
    world.update(&task, json!({"Name": "Saws"})).await;
    world
        .update(&task, json!({"Name": "Nail", "Hours": 2, "Done": true}))
        .await;
    let change = json!({
        "current": {"cellValuesByFieldId": {&name: "Nail", &hours: 2}},
        "previous": {"cellValuesByFieldId": {&name: "Saws", &hours: 1}},
        "unchanged": {"cellValuesByFieldId": {}},
    });
    assert_eq!(
        world.told(&hook).await,
        json!({"changedRecordsById": {task: change}})
    );
}
