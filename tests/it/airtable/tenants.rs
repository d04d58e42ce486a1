//! Every id parameter of every route with another tenant's id must answer like an unknown id.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::Answer;
use crate::v0::fixture::Fixture;

type Ids = BTreeMap<&'static str, String>;

async fn foreign_ids(fixture: &Fixture) -> Ids {
    let stranger = fixture.app.other_tenant().await;
    let workspace = fixture.app.workspace_of(&stranger).await;
    let fields = json!([{"name": "Name", "type": "singleLineText"}]);
    let request = json!({
        "workspace_id": workspace,
        "name": "Foreign",
        "tables": [{"name": "Secret", "fields": fields}],
    });
    let base = stranger
        .post("/api/airtable/bases", request)
        .await
        .expect(201)
        .json;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let id = text(&base["id"]);
    let hidden = json!({"fields": {"Name": "Hidden"}});
    let made = stranger
        .post(&format!("/v0/{id}/Secret"), hidden)
        .await
        .expect(200);
    let comments = format!("/v0/{id}/Secret/{}/comments", text(&made.json["id"]));
    let said = json!({"text": "Hidden"});
    let comment = stranger.post(&comments, said).await.expect(200);
    let table = &base["tables"][0];
    ids([
        id,
        text(&table["id"]),
        text(&table["fields"][0]["id"]),
        text(&table["views"][0]["id"]),
        text(&made.json["id"]),
        workspace,
        text(&comment.json["id"]),
    ])
}

async fn own_ids(fixture: &Fixture) -> Ids {
    let table = fixture.table("Tasks").await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let record = fixture.create("Tasks", json!({"Name": "Mine"})).await;
    let comments = fixture.path(&format!("Tasks/{record}/comments"));
    let said = json!({"text": "Mine"});
    let comment = fixture.owner.post(&comments, said).await.expect(200);
    ids([
        fixture.base.clone(),
        text(&table["id"]),
        text(&table["fields"][1]["id"]),
        text(&table["views"][0]["id"]),
        record,
        fixture.workspace.clone(),
        text(&comment.json["id"]),
    ])
}

fn unknown_ids() -> Ids {
    let prefixes = ["app", "tbl", "fld", "viw", "rec", "wsp", "com"];
    ids(prefixes.map(|prefix| format!("{prefix}00000000000000")))
}

fn ids([base, table, field, view, record, workspace, comment]: [String; 7]) -> Ids {
    let table_id = table.clone();
    BTreeMap::from([
        ("base_id", base),
        ("table", table),
        ("table_id", table_id),
        ("field_id", field),
        ("view_id", view),
        ("record_id", record),
        ("workspace_id", workspace),
        ("comment_id", comment),
    ])
}

fn fill(path: &str, ids: &Ids) -> String {
    // The name of a sync's source and an emoji are nobody's.
    let path = path
        .replace("{sync_id}", "source")
        .replace("{emoji}", "1f44d");
    ids.iter().fold(path, |path, (name, id)| {
        path.replace(&format!("{{{name}}}"), id)
    })
}

/// A body that passes the checks of shape, so that the ids are what decides.
fn body(path: &str, method: &Method) -> Value {
    match path {
        _ if path.ends_with("/listRecords") => json!({}),
        _ if path.ends_with("/query") => json!({"sql": "SELECT 1"}),
        _ if path.ends_with("/tables") => {
            json!({"name": "X", "fields": [{"name": "N", "type": "email"}]})
        }
        _ if path.ends_with("/fields") => json!({"name": "X", "type": "email"}),
        _ if path.contains("/comments") => json!({"text": "x"}),
        _ if path.contains("/meta/") || path.starts_with("/api/") => json!({"name": "X"}),
        _ if path.ends_with("{record_id}") || *method == Method::POST => json!({"fields": {}}),
        _ => json!({"records": [{"id": "rec00000000000000", "fields": {}}]}),
    }
}

fn comparable(answer: &Answer, ids: &Ids) -> String {
    let mut json = answer.json.clone();
    if let Value::Object(members) = &mut json {
        members.remove("request_id");
    }
    let text = format!("{} {} {json}", answer.status, answer.header("content-type"));
    ids.values()
        .fold(text, |text, id| text.replace(id.as_str(), "ID"))
}

#[tokio::test]
async fn a_foreign_id_answers_like_an_unknown_one() {
    let fixture = Fixture::new().await;
    let (own, foreign, unknown) = (
        own_ids(&fixture).await,
        foreign_ids(&fixture).await,
        unknown_ids(),
    );
    let document = fixture
        .owner
        .get("/api/openapi.json")
        .await
        .expect(200)
        .json;
    let mut checked = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        let is_ours = path.starts_with("/v0/") || path.starts_with("/api/airtable/");
        // Connections want an Airtable that answers; they are asked for beside the stand-in.
        if !is_ours || !path.contains('{') || path.contains("{connection_id}") {
            continue;
        }
        for method in [
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ] {
            if item.get(method.as_str().to_lowercase()).is_none() {
                continue;
            }
            let named: Vec<_> = own
                .keys()
                .filter(|name| path.contains(&format!("{{{name}}}")))
                .copied()
                .collect();
            assert!(
                !named.is_empty(),
                "{path} has a parameter that this test does not know"
            );
            let mut mixes: Vec<(Ids, Ids)> = named
                .iter()
                .map(|name| {
                    let swap = |with: &Ids| {
                        let mut ids = own.clone();
                        ids.insert(name, with[name].clone());
                        ids
                    };
                    (swap(&foreign), swap(&unknown))
                })
                .collect();
            mixes.push((foreign.clone(), unknown.clone()));
            for (foreign, unknown) in mixes {
                let ask = async |ids: &Ids| {
                    let mut request = fixture.owner.request(method.clone(), &fill(path, ids));
                    if method != Method::GET && method != Method::DELETE {
                        request = request.json(&body(path, &method));
                    }
                    comparable(&fixture.owner.send(request).await, ids)
                };
                let (theirs, nobodys) = (ask(&foreign).await, ask(&unknown).await);
                assert_eq!(theirs, nobodys, "{method} {path}");
                assert!(theirs.starts_with('4'), "{method} {path}: {theirs}");
                checked += 1;
            }
        }
    }
    assert!(checked >= 40, "only {checked} requests were compared");
}

#[tokio::test]
async fn a_foreign_workspace_or_record_in_a_body_answers_like_an_unknown_one() {
    let fixture = Fixture::new().await;
    let (foreign, unknown) = (foreign_ids(&fixture).await, unknown_ids());
    let tables = json!([{"name": "T", "fields": [{"name": "N", "type": "email"}]}]);
    let requests = |ids: &Ids| {
        let (workspace, record) = (ids["workspace_id"].clone(), ids["record_id"].clone());
        vec![
            (
                "/v0/meta/bases".to_owned(),
                json!({"name": "X", "workspaceId": workspace, "tables": tables}),
            ),
            (
                "/api/airtable/bases".to_owned(),
                json!({"name": "X", "workspace_id": workspace, "tables": tables}),
            ),
            (
                "/api/airtable/bases/sample".to_owned(),
                json!({"workspace_id": workspace}),
            ),
            (
                format!("/api/airtable/bases/import?workspace_id={workspace}"),
                json!({"name": "X", "tables": []}),
            ),
            (
                fixture.path("Tasks"),
                json!({"fields": {"Owner": [record]}}),
            ),
        ]
    };
    for ((path, theirs), (other, nobodys)) in requests(&foreign).into_iter().zip(requests(&unknown))
    {
        let theirs = fixture.owner.post(&path, theirs).await;
        let nobodys = fixture.owner.post(&other, nobodys).await;
        assert_eq!(
            comparable(&theirs, &foreign),
            comparable(&nobodys, &unknown),
            "{path}"
        );
        assert!(theirs.status >= 400);
    }
}
