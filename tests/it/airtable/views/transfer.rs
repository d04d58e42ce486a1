use serde_json::json;

use super::{World, todo};
use crate::v0::fixture::names;

#[tokio::test]
async fn views_survive_export_and_import_and_what_is_broken_is_told() {
    let world = World::new().await;
    let owner = &world.fixture.owner;
    let mut view = todo();
    view["hiddenFieldIds"] = json!(["Done"]);
    view["fieldOrder"] = json!(["Status", "Hours"]);
    let made = world.make(view).await;
    let export = format!("/api/airtable/bases/{}/export", world.fixture.base);
    let mut document = owner.get(&export).await.expect(200).json;
    assert_eq!(document["tables"][1]["views"][1], made);
    owner
        .delete(&format!("/api/airtable/bases/{}", world.fixture.base))
        .await
        .expect(204);
    let import = format!(
        "/api/airtable/bases/import?workspace_id={}",
        world.fixture.workspace
    );
    let answer = owner.post(&import, document.clone()).await.expect(201).json;
    assert_eq!(answer["warnings"], json!([]));
    assert_eq!(owner.get(&export).await.expect(200).json, document);
    assert_eq!(
        world.listed(json!({"view": "To do"})).await,
        ["Paint", "Rest", "Plan"]
    );

    document["id"] = json!("app0000000000000A");
    let broken = &mut document["tables"][1]["views"][1];
    broken["filter"] = json!("{Missing}=1");
    broken["sort"][0]["field"] = json!("fld00000000000000");
    broken["hiddenFieldIds"] = json!(["fld00000000000000"]);
    let answer = owner.post(&import, document).await.expect(201).json;
    assert_eq!(
        answer["warnings"],
        json!([
            "view \"To do\" of table \"Tasks\": sort keys for fields that the table does not have were left out",
            "view \"To do\" of table \"Tasks\": fields that the table does not have were left out",
            "view \"To do\" of table \"Tasks\": its filter is invalid, so that it cannot be read until that is corrected: Unknown field {Missing} (at 0)",
        ])
    );
    let views = "/api/airtable/bases/app0000000000000A/tables/Tasks/views";
    let told = owner.get(views).await.expect(200).json["items"][1].clone();
    assert_eq!(told["filterError"], "Unknown field {Missing} (at 0)");
    assert_eq!((told.get("sort"), told.get("hiddenFieldIds")), (None, None));
    let sentence = "The filter of the view \"To do\" is invalid: Unknown field {Missing} (at 0)";
    let records = "/v0/app0000000000000A/Tasks?view=To%20do";
    let refused = owner.get(records).await.expect(422).json["error"].clone();
    assert_eq!(
        refused,
        json!({"type": "INVALID_FILTER_BY_FORMULA", "message": sentence})
    );
    let rows = "/api/airtable/bases/app0000000000000A/tables/Tasks/rows?view=To%20do";
    let refused = owner
        .get(rows)
        .await
        .expect_problem(422, "invalid_request")
        .json;
    assert_eq!(refused["detail"], sentence);
    // Other changes leave it as it is; a new filter mends it.
    let fields = "/api/airtable/bases/app0000000000000A/tables/Tasks/fields";
    owner
        .post(fields, json!({"name": "Note", "type": "email"}))
        .await
        .expect(201);
    owner.get(records).await.expect(422);
    let mended = owner
        .patch(&format!("{views}/To%20do"), json!({"filter": "{Hours}=9"}))
        .await;
    assert_eq!(mended.expect(200).json["view"].get("filterError"), None);
    assert_eq!(names(&owner.get(records).await.expect(200).json), ["Sleep"]);
}
