use pyairtable::contracts::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::{World, todo};
use crate::support::Actor;
use crate::v0::fixture::names;

#[tokio::test]
async fn a_view_knows_its_fields_and_tells_them_as_airtable_does() {
    let world = World::new().await;
    let (name, hours, status) = (
        world.field("Name").await,
        world.field("Hours").await,
        world.field("Status").await,
    );
    let table = world.fixture.table("Tasks").await;
    let fields = table["fields"].as_array().unwrap().iter();
    let all: Vec<Value> = fields.map(|field| field["id"].clone()).collect();
    let mut view = todo();
    view["hiddenFieldIds"] = json!([hours, "Done"]);
    view["fieldOrder"] = json!([status]);
    let made = world.make(view).await;
    let shown = made["visibleFieldIds"].as_array().unwrap();
    assert_eq!(shown[..2], [json!(name), json!(status)]);
    assert_eq!(shown.len(), all.len() - 2);
    let meta = format!("/v0/meta/bases/{}/tables", world.fixture.base);
    let told = async |query: &str| {
        let answer = world.fixture.owner.get(&format!("{meta}{query}")).await;
        answer.expect(200).json["tables"][1]["views"].clone()
    };
    let plain = json!({"id": made["id"], "name": "To do", "type": "grid"});
    assert_eq!(told("").await[1], plain);
    let mut shown_too = plain;
    shown_too["visibleFieldIds"] = made["visibleFieldIds"].clone();
    assert_eq!(told("?include=visibleFieldIds").await[1], shown_too);
    // Hidden fields are answered all the same, and a new one is shown.
    let page = world.fixture.path("Tasks?view=To%20do&maxRecords=1");
    let page = world.fixture.owner.get(&page).await.expect(200).json;
    assert_eq!(page["records"][0]["fields"]["Hours"], 3);
    let fresh = world
        .fixture
        .add_field(json!({"name": "Note", "type": "email"}))
        .await;
    let fresh = fresh.expect(200).json["id"].clone();
    let shown = told("?include=visibleFieldIds").await[1]["visibleFieldIds"].clone();
    assert_eq!(shown.as_array().unwrap().last(), Some(&fresh));
    let reset = json!({"hiddenFieldIds": [], "fieldOrder": []});
    let reset = world.change("To%20do", reset).await.expect(200).json;
    assert_eq!(reset["view"].get("visibleFieldIds"), None);
}

#[tokio::test]
async fn what_is_no_view_is_refused_with_what_is_wrong() {
    let world = World::new().await;
    world.make(json!({"name": "To do"})).await;
    let owner = &world.fixture.owner;
    let cases = [
        (
            json!({"name": " to DO "}),
            409,
            "View name \" to DO \" is already in use",
        ),
        (json!({"name": " "}), 422, "A view name must not be empty"),
        (
            json!({"name": "X", "type": "kanban"}),
            422,
            "Only views of the type grid can be made",
        ),
        (
            json!({"name": "X", "filter": "{Hour}=1"}),
            422,
            "Unknown field {Hour}; did you mean {Hours}? (at 0)",
        ),
        (
            json!({"name": "X", "sort": [{"field": "Nope"}]}),
            422,
            "Unknown field name: \"Nope\"",
        ),
        (
            json!({"name": "X", "sort": [{"field": "Hours"}, {"field": "Hours", "direction": "desc"}]}),
            422,
            "Field \"Hours\" is named twice",
        ),
        (
            json!({"name": "X", "hiddenFieldIds": ["Name"]}),
            422,
            "The primary field cannot be hidden",
        ),
        (
            json!({"name": "X", "fieldOrder": ["fld00000000000000"]}),
            422,
            "Unknown field name: \"fld00000000000000\"",
        ),
    ];
    for (view, status, detail) in cases {
        let answer = owner.post(&world.views, view.clone()).await.expect(status);
        assert_eq!(answer.json["detail"], detail, "{view}");
    }
    let taken = world.change("To%20do", json!({"name": "grid VIEW"})).await;
    taken.expect(409);
    world.change("To%20do", json!({})).await.expect(422);
    world.change("Nope", json!({"name": "X"})).await.expect(404);
    world
        .change("To%20do", json!({"name": "To Do"}))
        .await
        .expect(200);
    let list = owner.get(&world.views).await.expect(200).json;
    let found: Vec<&Value> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|view| &view["name"])
        .collect();
    assert_eq!(found, ["Grid view", "To Do"]);
    let gone = owner.delete(&format!("{}/Grid%20view", world.views)).await;
    assert_eq!(gone.expect(200).json["id"], list["items"][0]["id"]);
    let last = owner.delete(&format!("{}/To%20Do", world.views)).await;
    let last = last.expect_problem(422, "invalid_request").json;
    assert_eq!(last["detail"], "The last view of a table cannot be deleted");
}

#[tokio::test]
async fn views_are_changed_by_those_who_may_change_definitions() {
    let world = World::new().await;
    let (app, owner) = (&world.fixture.app, &world.fixture.owner);
    let view = world.make(todo()).await;
    let path = format!("{}/{}", world.views, view["id"].as_str().unwrap());
    let tries = async |actor: &Actor, status: u16| {
        let name = json!({"name": format!("By {status}")});
        actor.post(&world.views, name.clone()).await.expect(status);
        actor.patch(&path, name).await.expect(status);
        actor.delete(&path).await.expect(status);
    };
    for role in [Role::Viewer, Role::Editor] {
        let member = app.member(owner, role).await;
        let page = member.get(&world.fixture.path("Tasks?view=To%20do")).await;
        assert_eq!(names(&page.expect(200).json), ["Paint", "Rest", "Plan"]);
        let listed = member.get(&world.views).await.expect(200).json;
        assert_eq!(listed["items"][1], view);
        tries(&member, 403).await;
    }
    let stranger = app.other_tenant().await;
    stranger.get(&world.views).await.expect(404);
    tries(&stranger, 404).await;
    assert_eq!(
        owner.get(&world.views).await.expect(200).json["items"][1],
        view
    );
}

#[tokio::test]
async fn changes_of_views_stand_in_the_history_and_are_made_once() {
    let world = World::new().await;
    let owner = &world.fixture.owner;
    let send = async || {
        let request = owner.request(Method::POST, &world.views);
        let request = request.header("Idempotency-Key", "one").json(&todo());
        owner.send(request).await.expect(201).json
    };
    let made = send().await;
    assert_eq!(send().await, made);
    let change = json!({"name": "Late", "filter": "", "hiddenFieldIds": ["Done"]});
    world.change("To%20do", change).await.expect(200);
    let gone = owner
        .delete(&format!("{}/Late", world.views))
        .await
        .expect(200)
        .json;
    let path = format!(
        "/api/airtable/bases/{}/changes?kind=schema&limit=3",
        world.fixture.base
    );
    let said: Vec<Value> = owner.get(&path).await.expect(200).json["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["schema"].clone())
        .collect();
    assert_eq!(
        said,
        [
            json!(["View \"Late\" of \"Tasks\" was deleted"]),
            json!([
                "View \"To do\" of \"Tasks\" was renamed to \"Late\"",
                "View \"Late\" of \"Tasks\" got another filter, other hidden fields"
            ]),
            json!(["View \"To do\" was added to \"Tasks\""]),
        ]
    );
    let undo = format!(
        "/api/saga/changes/{}/undo",
        gone["change_set_id"].as_str().unwrap()
    );
    let report = owner.post(&undo, json!({})).await.expect(200).json;
    assert_eq!(
        report["irreversible"],
        json!(["View \"Late\" of \"Tasks\" was deleted"])
    );
}
