use pyairtable::contracts::Role;
use serde_json::{Value, json};

use super::world::World;
use crate::support::Answer;

const HIDDEN: &str = "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND";

fn body(types: Value) -> Value {
    json!({"specification": {"options": {"filters": {"dataTypes": types}}}})
}

#[track_caller]
fn refused(answer: Answer, status: u16, kind: &str) -> String {
    let error = answer.expect(status).json["error"].clone();
    assert_eq!(error["type"], kind);
    error["message"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn the_secret_is_shown_once() {
    let world = World::new().await;
    let url = json!("https://example.com/hook?token=canary-4711");
    let made = world
        .create(
            json!({"dataTypes": ["tableData"]}),
            Value::Null,
            url.clone(),
        )
        .await
        .expect(200)
        .json;
    let mut keys: Vec<&String> = made.as_object().unwrap().keys().collect();
    keys.sort();
    assert_eq!(keys, ["expirationTime", "id", "macSecretBase64"]);
    let secret = made["macSecretBase64"].as_str().unwrap();
    let listed = world.listed(made["id"].as_str().unwrap()).await;
    assert_eq!(
        listed,
        json!({
            "id": made["id"], "areNotificationsEnabled": true, "isHookEnabled": true,
            "cursorForNextPayload": 1, "notificationUrl": url, "expirationTime": made["expirationTime"],
            "lastSuccessfulNotificationTime": null, "lastNotificationResult": null,
            "specification": {"options": {"filters": {"dataTypes": ["tableData"]}}},
        })
    );
    let stored = world.fixture.texts_of(&["airtable_webhooks"]).await;
    assert!(
        !stored
            .iter()
            .any(|text| text.contains(secret) || text.contains("canary"))
    );
}

#[tokio::test]
async fn it_takes_the_scope_the_role_and_the_right_to_read_what_is_told() {
    let world = World::new().await;
    let app = &world.fixture.app;
    let data = body(json!(["tableData"]));
    let path = world.path("");
    let key = async |scopes: &[&str]| app.key(world.owner(), scopes).await;
    let without = key(&[
        "data.records:read",
        "data.records:write",
        "schema.bases:write",
    ])
    .await;
    refused(without.post(&path, data.clone()).await, 403, HIDDEN);
    refused(without.get(&path).await, 403, HIDDEN);
    let blind = key(&["webhook:manage"]).await;
    refused(blind.post(&path, data.clone()).await, 403, HIDDEN);
    let fields = body(json!(["tableFields"]));
    refused(blind.post(&path, fields.clone()).await, 403, HIDDEN);
    let reader = key(&["webhook:manage", "data.records:read"]).await;
    refused(reader.post(&path, fields).await, 403, HIDDEN);
    let made = reader.post(&path, data.clone()).await.expect(200).json;
    let payloads = format!("{path}/{}/payloads", made["id"].as_str().unwrap());
    reader.get(&payloads).await.expect(200);
    refused(blind.get(&payloads).await, 403, HIDDEN);
    let editor = app.member(world.owner(), Role::Editor).await;
    refused(
        editor.post(&path, data.clone()).await,
        403,
        "INVALID_PERMISSIONS",
    );
    refused(editor.get(&path).await, 403, "INVALID_PERMISSIONS");
    let admin = app.member(world.owner(), Role::Admin).await;
    admin.get(&payloads).await.expect(200);
    app.anonymous().get(&path).await.expect(401);
}

#[tokio::test]
async fn strangers_and_unknown_ids_find_nothing() {
    let world = World::new().await;
    let stranger = world.fixture.app.other_tenant().await;
    let hook = world.watch_data().await;
    let data = body(json!(["tableData"]));
    refused(stranger.get(&world.path("")).await, 403, HIDDEN);
    refused(
        stranger.post(&world.path(""), data.clone()).await,
        403,
        HIDDEN,
    );
    // A base of the stranger's own does not lead to it either.
    let workspace = world.fixture.app.workspace_of(&stranger).await;
    let base = json!({"name": "Mine", "workspaceId": workspace, "tables": [{"name": "T", "fields": [{"name": "N", "type": "singleLineText"}]}]});
    let mine = stranger.post("/v0/meta/bases", base).await.expect(200).json;
    let below = |base: &str, rest: &str| format!("/v0/bases/{base}/webhooks/{rest}");
    let (mine, ours) = (mine["id"].as_str().unwrap(), world.fixture.base.as_str());
    let unknown = "ach00000000000000";
    let owner = world.owner();
    for (who, base, hook) in [
        (&stranger, ours, hook.as_str()),
        (&stranger, mine, &hook),
        (owner, ours, unknown),
    ] {
        refused(
            who.get(&below(base, &format!("{hook}/payloads"))).await,
            403,
            HIDDEN,
        );
        refused(
            who.post(&below(base, &format!("{hook}/refresh")), Value::Null)
                .await,
            403,
            HIDDEN,
        );
        let enable = json!({"enable": false});
        refused(
            who.post(&below(base, &format!("{hook}/enableNotifications")), enable)
                .await,
            403,
            HIDDEN,
        );
        refused(who.delete(&below(base, hook)).await, 403, HIDDEN);
    }
    let malformed = owner.delete(&below(ours, "ach1")).await.expect(404);
    assert_eq!(malformed.json, json!({"error": "NOT_FOUND"}));
    assert_eq!(world.payloads(&hook).await.len(), 0);
}

#[tokio::test]
async fn a_base_has_ten_webhooks_at_most() {
    let world = World::new().await;
    let mut last = String::new();
    for _ in 0..10 {
        last = world.watch_data().await;
    }
    let data = body(json!(["tableData"]));
    let answer = world.owner().post(&world.path(""), data.clone()).await;
    refused(answer, 422, "TOO_MANY_WEBHOOKS_IN_BASE");
    let path = world.path(&format!("/{last}"));
    world.owner().delete(&path).await.expect(200);
    world.owner().post(&world.path(""), data).await.expect(200);
}

#[tokio::test]
async fn what_a_specification_cannot_mean_is_refused_with_its_reason() {
    let world = World::new().await;
    let tried = async |filters: Value, includes: Value| {
        let answer = world.create(filters, includes, Value::Null).await;
        refused(answer, 422, "INVALID_REQUEST_UNKNOWN")
    };
    let with = |name: &str, value: Value| {
        let mut filters = json!({"dataTypes": ["tableData"]});
        filters[name] = value;
        filters
    };
    for (filters, reason) in [
        (json!({"dataTypes": []}), "dataTypes must name"),
        (json!({"changeTypes": ["add"]}), "dataTypes"),
        (json!({"dataTypes": ["rows"]}), "unknown variant `rows`"),
        (
            with("changeTypes", json!(["create"])),
            "unknown variant `create`",
        ),
        (
            with("fromSources", json!(["email"])),
            "unknown variant `email`",
        ),
        (
            with("recordChangeScope", json!("tbl00000000000000")),
            "no table and no view",
        ),
        (
            with("watchDataInFieldIds", json!(["fld00000000000000"])),
            "in no table",
        ),
        (
            with("watchSchemasOfFieldIds", json!(["Name"])),
            "specification",
        ),
        (with("nonsense", json!(1)), "nonsense"),
    ] {
        let message = tried(filters, Value::Null).await;
        assert!(message.contains(reason), "{message}");
    }
    let data = json!({"dataTypes": ["tableData"]});
    for includes in [
        json!({"includeCellValuesInFieldIds": "some"}),
        json!({"includeCellValuesInFieldIds": ["fld00000000000000"]}),
        json!({"includePreviousCellValues": "yes"}),
    ] {
        tried(data.clone(), includes).await;
    }
    for wrong in [
        json!({}),
        json!({"specification": {}}),
        json!({"specification": null, "x": 1}),
    ] {
        let answer = world.owner().post(&world.path(""), wrong).await;
        refused(answer, 422, "INVALID_REQUEST_UNKNOWN");
    }
    let hook = world.watch_data().await;
    let path = world.path(&format!("/{hook}/enableNotifications"));
    let answer = world.owner().post(&path, json!({"enable": "no"})).await;
    refused(answer, 422, "INVALID_REQUEST_UNKNOWN");
}
