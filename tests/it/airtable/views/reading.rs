use serde_json::json;

use super::{World, todo};
use crate::v0::fixture::names;

#[tokio::test]
async fn a_view_filters_and_sorts_what_is_listed() {
    let world = World::new().await;
    let status = world.field("Status").await;
    let hours = world.field("Hours").await;
    let made = world.make(todo()).await;
    assert_eq!(made["type"], "grid");
    assert_eq!(made["filter"], format!("{{{status}}} != 'Archived'"));
    assert_eq!(made["sort"], json!([{"field": hours, "direction": "desc"}]));
    let all = ["Paint", "Rest", "Plan"];
    let by_name = json!({"view": "To do"});
    assert_eq!(world.listed(by_name.clone()).await, all);
    assert_eq!(world.listed(json!({"view": made["id"]})).await, all);
    assert_eq!(world.fixture.names("Tasks?view=To%20do").await, all);
    // What is asked again is not answered from what a kept page said.
    let record = world
        .fixture
        .create("Tasks", json!({"Name": "Eat", "Hours": 8}))
        .await;
    assert_eq!(world.listed(by_name.clone()).await[0], "Eat");
    let path = world.fixture.path(&format!("Tasks/{record}"));
    world.fixture.owner.delete(&path).await.expect(200);
    assert_eq!(world.listed(by_name).await, all);
    let query = "view=To%20do&start=1&limit=1";
    assert_eq!(world.rows(query).await, (3, vec!["Rest".to_owned()]));
    let unviewed = world.listed(json!({"view": "Grid view"})).await;
    assert_eq!(unviewed, ["Paint", "Plan", "Rest", "Sleep"]);
}

#[tokio::test]
async fn a_request_joins_its_filter_and_replaces_the_sort() {
    let world = World::new().await;
    world.make(todo()).await;
    let by_name = json!([{"field": "Name", "direction": "desc"}]);
    let filtered = json!({"view": "To do", "filterByFormula": "{Hours} != 2"});
    assert_eq!(world.listed(filtered).await, ["Paint", "Plan"]);
    let sorted = json!({"view": "To do", "sort": by_name});
    assert_eq!(world.listed(sorted).await, ["Rest", "Plan", "Paint"]);
    let name = world.field("Name").await;
    let both = format!("view=To%20do&filter=%7BHours%7D%3E1&sort={name}:desc");
    let expected = vec!["Rest".to_owned(), "Paint".to_owned()];
    assert_eq!(world.rows(&both).await, (2, expected));
    let world = &world.fixture;
    let rows = format!(
        "/api/airtable/bases/{}/tables/Tasks/rows?view=Nope",
        world.base
    );
    let problem = world.owner.get(&rows).await;
    let problem = problem.expect_problem(422, "invalid_request").json;
    assert_eq!(problem["detail"], "View Nope not found");
}

#[tokio::test]
async fn pages_of_a_view_neither_repeat_nor_skip_and_end_when_the_view_changes() {
    let world = World::new().await;
    let view = world.make(todo()).await;
    let id = view["id"].as_str().unwrap();
    let path = world.fixture.path("Tasks/listRecords");
    let owner = &world.fixture.owner;
    let mut seen = Vec::new();
    let mut body = json!({"view": id, "pageSize": 1});
    loop {
        let page = owner.post(&path, body.clone()).await.expect(200).json;
        seen.extend(names(&page));
        if page["offset"].is_null() {
            break;
        }
        body["offset"] = page["offset"].clone();
    }
    assert_eq!(seen, ["Paint", "Rest", "Plan"]);
    for change in [json!({"sort": []}), json!({"filter": "{Hours} > 1"})] {
        let first = owner.post(&path, json!({"view": id, "pageSize": 1})).await;
        let offset = first.expect(200).json["offset"].clone();
        world.change(id, change).await.expect(200);
        let next = json!({"view": id, "pageSize": 1, "offset": offset});
        let answer = owner.post(&path, next).await.expect(422).json;
        assert_eq!(
            answer["error"]["type"],
            "LIST_RECORDS_ITERATOR_NOT_AVAILABLE"
        );
    }
}

#[tokio::test]
async fn the_filter_follows_names_and_values() {
    let world = World::new().await;
    let owner = &world.fixture.owner;
    let view = world
        .make(json!({"name": "Ada's", "filter": "{Owner}='Ada'"}))
        .await;
    let ada = world.fixture.create("People", json!({"Name": "Ada"})).await;
    world
        .fixture
        .create("Tasks", json!({"Name": "Owned", "Owner": [ada]}))
        .await;
    let by_view = json!({"view": "Ada's"});
    assert_eq!(world.listed(by_view.clone()).await, ["Owned"]);
    let table = world.fixture.table_id("Tasks").await;
    let field = world.field("Owner").await;
    let path = format!(
        "/v0/meta/bases/{}/tables/{table}/fields/{field}",
        world.fixture.base
    );
    owner.patch(&path, json!({"name": "Who"})).await.expect(200);
    assert_eq!(world.listed(by_view.clone()).await, ["Owned"]);
    let named_anew = json!({"filter": "{Who}='Bob'"});
    let changed = world.change("Ada's", named_anew).await.expect(200).json;
    assert_eq!(changed["view"]["filter"], format!("{{{field}}}='Bob'"));
    assert_eq!(world.listed(by_view.clone()).await, Vec::<String>::new());
    let person = world.fixture.path(&format!("People/{ada}"));
    let body = json!({"fields": {"Name": "Bob"}});
    owner.patch(&person, body).await.expect(200);
    assert_eq!(world.listed(by_view).await, ["Owned"]);
    let removed = world
        .change(view["id"].as_str().unwrap(), json!({"filter": ""}))
        .await;
    assert_eq!(removed.expect(200).json["view"].get("filter"), None);
}

#[tokio::test]
async fn another_instance_reads_by_the_new_definition() {
    let world = World::new().await;
    let other = world.fixture.app.sibling().await;
    let reader = world.fixture.owner_of(&other);
    let path = world.fixture.path("Tasks?view=Grid%20view");
    assert_eq!(names(&reader.get(&path).await.expect(200).json).len(), 4);
    world
        .change("Grid%20view", json!({"filter": "{Hours}=9"}))
        .await
        .expect(200);
    // A writer on the other instance brings its state up to date.
    let body = json!({"fields": {"Name": "Wake", "Hours": 9}});
    reader
        .post(&world.fixture.path("Tasks"), body)
        .await
        .expect(200);
    assert_eq!(
        names(&reader.get(&path).await.expect(200).json),
        ["Sleep", "Wake"]
    );
}
