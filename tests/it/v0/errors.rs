use pyairtable::contracts::Role;
use pyairtable::platform::db::Dialect;
use reqwest::Method;
use sea_orm::{ConnectionTrait, Database};
use serde_json::json;

use super::fixture::{Fixture, line};

const NOT_FOUND: &str = r#"{"error":"NOT_FOUND"}"#;

#[tokio::test]
async fn the_shape_of_the_route_comes_before_authentication() {
    let fixture = Fixture::new().await;
    let anonymous = fixture.app.anonymous();
    for path in [
        "/v0/",
        "/v0/nothing",
        "/v0/app123/Tasks",
        "/v0/meta/nothing",
        "/v0/meta/bases/app1/tables",
    ] {
        let answer = anonymous.get(path).await.expect(404);
        assert_eq!(answer.text, NOT_FOUND, "{path}");
    }
    assert_eq!(
        anonymous
            .get(&fixture.path("Tasks/rec1"))
            .await
            .expect(404)
            .text,
        NOT_FOUND
    );
    let answer = anonymous.get(&fixture.path("Tasks")).await;
    insta::assert_snapshot!(line(&answer), @r#"401 {"error":{"type":"AUTHENTICATION_REQUIRED","message":"Authentication required"}}"#);
    let basic = anonymous
        .request(Method::GET, &fixture.path("Tasks"))
        .basic_auth("x", Some("y"));
    anonymous.send(basic).await.expect(401);
}

#[tokio::test]
async fn unknown_things_look_like_forbidden_ones() {
    let fixture = Fixture::new().await;
    let unknown_base = fixture.owner.get("/v0/app00000000000000/Tasks").await;
    insta::assert_snapshot!(line(&unknown_base), @r#"403 {"error":{"type":"INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND","message":"Invalid permissions, or the requested model was not found. Check that both your user and your token have the required permissions, and that the model names and/or ids are correct."}}"#);
    let unknown_table = fixture.owner.get(&fixture.path("Nope")).await;
    assert_eq!(line(&unknown_table), line(&unknown_base));
    let record = fixture.path("Tasks/rec00000000000000");
    assert_eq!(line(&fixture.owner.get(&record).await), line(&unknown_base));
    assert_eq!(
        line(&fixture.owner.delete(&record).await),
        line(&unknown_base)
    );
    assert_eq!(
        line(&fixture.owner.patch(&record, json!({"fields": {}})).await),
        line(&unknown_base)
    );
    let key = fixture
        .app
        .key(&fixture.owner, &["schema.bases:read"])
        .await;
    assert_eq!(
        line(&key.get(&fixture.path("Tasks")).await),
        line(&unknown_base)
    );
}

#[tokio::test]
async fn a_viewer_reads_and_does_not_write() {
    let fixture = Fixture::new().await;
    let viewer = fixture.app.member(&fixture.owner, Role::Viewer).await;
    viewer.get(&fixture.path("Tasks")).await.expect(200);
    let answer = viewer
        .post(&fixture.path("Tasks"), json!({"fields": {}}))
        .await;
    insta::assert_snapshot!(line(&answer), @r#"403 {"error":{"type":"INVALID_PERMISSIONS","message":"You are not permitted to perform this operation"}}"#);
    // The right comes before what is wrong with the body.
    viewer
        .post(&fixture.path("Tasks"), json!({"nonsense": 1}))
        .await
        .expect(403);
}

#[tokio::test]
async fn bodies_of_the_wrong_shape_are_named() {
    let fixture = Fixture::new().await;
    let path = fixture.path("Tasks");
    let broken = fixture
        .owner
        .request(Method::POST, &path)
        .body("{\"fields\": NaN}");
    let answer = fixture.owner.send(broken).await;
    insta::assert_snapshot!(line(&answer), @r#"422 {"error":{"type":"INVALID_REQUEST_BODY","message":"Could not parse request body"}}"#);
    let answer = fixture.owner.post(&path, json!({})).await;
    insta::assert_snapshot!(line(&answer), @r#"422 {"error":{"type":"INVALID_REQUEST_MISSING_FIELDS","message":"Could not find field \"fields\" in the request body"}}"#);
    let records: Vec<_> = (0..11).map(|_| json!({"fields": {}})).collect();
    let answer = fixture.owner.post(&path, json!({"records": records})).await;
    insta::assert_snapshot!(line(&answer), @r#"422 {"error":{"type":"INVALID_RECORDS","message":"A maximum of 10 records can be created per request but you have provided 11."}}"#);
    let answer = fixture
        .owner
        .patch(&path, json!({"records": [{"fields": {}}]}))
        .await;
    insta::assert_snapshot!(line(&answer), @r#"422 {"error":{"type":"INVALID_RECORDS","message":"You must provide an array of up to 10 record objects, each with an \"id\" ID field and a \"fields\" object for cell values."}}"#);
    for body in [
        json!([]),
        json!({"fields": []}),
        json!({"fields": {}, "records": []}),
        json!({"records": []}),
        json!({"records": [{"id": "rec00000000000000", "fields": {}}]}),
        json!({"fields": {}, "x": 1}),
        json!({"fields": {}, "typecast": "yes"}),
    ] {
        fixture.owner.post(&path, body).await.expect(422);
    }
    let answer = fixture.owner.delete(&path).await;
    insta::assert_snapshot!(line(&answer), @r#"422 {"error":{"type":"INVALID_RECORDS","message":"You must provide an array of up to 10 record IDs"}}"#);
}

#[tokio::test]
async fn parameters_and_values_are_checked() {
    let fixture = Fixture::new().await;
    fixture.create("Tasks", json!({"Name": "X"})).await;
    for query in [
        "pageSize=0",
        "pageSize=101",
        "nope=1",
        "cellFormat=string",
        "maxRecords=0",
    ] {
        let answer = fixture
            .owner
            .get(&fixture.path(&format!("Tasks?{query}")))
            .await;
        assert_eq!(
            line(&answer),
            r#"422 {"error":{"type":"INVALID_REQUEST_UNKNOWN","message":"Invalid request: parameter validation failed. Check your request data."}}"#
        );
    }
    let answer = fixture
        .owner
        .get(&fixture.path("Tasks?fields[]=Nope"))
        .await;
    insta::assert_snapshot!(line(&answer), @r#"422 {"error":{"type":"UNKNOWN_FIELD_NAME","message":"Unknown field name: \"Nope\""}}"#);
    let answer = fixture.owner.get(&fixture.path("Tasks?view=Nope")).await;
    insta::assert_snapshot!(line(&answer), @r#"422 {"error":{"type":"VIEW_NAME_NOT_FOUND","message":"View Nope not found"}}"#);
    let answer = fixture.owner.get(&fixture.path("Tasks?offset=junk")).await;
    insta::assert_snapshot!(line(&answer), @r#"422 {"error":{"type":"INVALID_OFFSET_VALUE","message":"The value of offset junk is invalid"}}"#);
    fixture.create("Tasks", json!({"Name": "Y"})).await;
    let page = fixture
        .owner
        .get(&fixture.path("Tasks?pageSize=1"))
        .await
        .expect(200)
        .json;
    let offset = page["offset"].as_str().unwrap();
    let other = format!("Tasks?pageSize=1&sort[0][field]=Name&offset={offset}");
    let answer = fixture.owner.get(&fixture.path(&other)).await;
    insta::assert_snapshot!(line(&answer), @r#"422 {"error":{"type":"LIST_RECORDS_ITERATOR_NOT_AVAILABLE"}}"#);
    let answer = fixture
        .owner
        .get(&fixture.path("Tasks?filterByFormula=1%3D"))
        .await
        .expect(422);
    assert_eq!(answer.json["error"]["type"], "INVALID_FILTER_BY_FORMULA");
    let answer = fixture
        .owner
        .post(
            &fixture.path("Tasks"),
            json!({"fields": {"Status": "Nope"}}),
        )
        .await;
    insta::assert_snapshot!(line(&answer), @r#"422 {"error":{"type":"INVALID_MULTIPLE_CHOICE_OPTIONS","message":"Insufficient permissions to create new select option \"\"Nope\"\""}}"#);
    let answer = fixture
        .owner
        .post(&fixture.path("Tasks"), json!({"fields": {"Hours": "two"}}))
        .await;
    insta::assert_snapshot!(line(&answer), @r#"422 {"error":{"type":"INVALID_VALUE_FOR_COLUMN","message":"Field \"Hours\" cannot accept the provided value"}}"#);
    let long = format!("Tasks?filterByFormula={}", "x".repeat(16_000));
    fixture.owner.get(&fixture.path(&long)).await.expect(413);
}

#[tokio::test]
async fn a_write_whose_commit_was_lost_is_not_called_safe_to_retry() {
    use secrecy::ExposeSecret;

    let fixture = Fixture::new().await;
    let platform = &fixture.app.platform;
    // A file does not go away between the last statement and the commit.
    if platform.db.dialect() != Dialect::Postgres {
        return;
    }
    let url = platform.settings.database.url.as_ref().unwrap();
    let owner = Database::connect(url.expose_secret()).await.unwrap();
    let run = async |sql: &str| owner.execute_unprepared(sql).await.unwrap();
    run(
        "CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS \
         'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'",
    )
    .await;
    run(
        "CREATE CONSTRAINT TRIGGER lose AFTER INSERT ON airtable_records \
         DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION lose()",
    )
    .await;
    let path = fixture.path("Tasks");
    let body = json!({"fields": {"Name": "Lost"}});
    let answer = fixture.owner.post(&path, body.clone()).await.expect(503);
    assert_eq!(answer.json["error"]["type"], "SERVICE_UNAVAILABLE");
    let message = answer.json["error"]["message"].as_str().unwrap();
    assert!(message.contains("look before you repeat it"), "{message}");

    run("DROP TRIGGER lose ON airtable_records").await;
    owner.close().await.unwrap();
    let page = fixture.owner.get(&path).await.expect(200).json;
    assert_eq!(page["records"], json!([]));
    fixture.owner.post(&path, body).await.expect(200);
}
