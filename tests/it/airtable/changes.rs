use pyairtable::platform::vault::Place;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use crate::v0::fixture::Fixture;

#[tokio::test]
async fn every_write_leaves_its_images_in_the_change_log() {
    let fixture = Fixture::new().await;
    let id = fixture.create("Tasks", json!({"Name": "Before"})).await;
    let path = fixture.path(&format!("Tasks/{id}"));
    fixture
        .owner
        .patch(&path, json!({"fields": {"Name": "After"}}))
        .await
        .expect(200);
    fixture.owner.delete(&path).await.expect(200);
    let name = fixture.field("Tasks", "Name").await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let me = fixture.owner.get("/api/auth/me").await.expect(200).json;
    let tenant = me["tenant"]["id"].as_str().unwrap().parse().unwrap();
    let tx = fixture.app.platform.db.read(tenant).await.unwrap();
    let sql = format!(
        "select seq, kind, before, after from airtable_changes where record_id = '{id}' order by seq"
    );
    let backend = tx.conn().get_database_backend();
    let rows = tx
        .conn()
        .query_all_raw(Statement::from_string(backend, sql))
        .await
        .unwrap();
    let text = |row: &sea_orm::QueryResult, column: &str| -> Option<String> {
        row.try_get("", column).unwrap()
    };
    let key = fixture.app.platform.vault.of(tenant).await.unwrap();
    let image = |row: &sea_orm::QueryResult, column: &str| {
        let seq: i64 = row.try_get("", "seq").unwrap();
        let place = Place {
            kind: &format!("airtable_changes.{column}"),
            row: &format!("{}/{seq}", fixture.base),
        };
        let image = text(row, column).map(|image| key.open(place, &image).unwrap());
        let image = image.map(|image| serde_json::from_str::<Value>(&image).unwrap());
        image.and_then(|image| image.get(&name).cloned())
    };
    let entries: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                text(row, "kind").unwrap(),
                image(row, "before"),
                image(row, "after"),
            )
        })
        .collect();
    assert_eq!(
        entries,
        [
            ("create".to_owned(), None, Some(json!("Before"))),
            (
                "update".to_owned(),
                Some(json!("Before")),
                Some(json!("After"))
            ),
            ("delete".to_owned(), Some(json!("After")), None),
        ]
    );
}

#[tokio::test]
async fn a_deleted_base_takes_its_change_log_along_and_no_other() {
    let fixture = Fixture::new().await;
    fixture.create("Tasks", json!({"Name": "Gone"})).await;
    let me = fixture.owner.get("/api/auth/me").await.expect(200).json;
    let tenant = me["tenant"]["id"].as_str().unwrap().parse().unwrap();
    let request = json!({
        "workspace_id": fixture.workspace,
        "name": "Kept",
        "tables": [{"name": "Things", "fields": [{"name": "Name", "type": "singleLineText"}]}],
    });
    let kept = fixture.owner.post("/api/airtable/bases", request).await;
    let kept = kept.expect(201).json["id"].as_str().unwrap().to_owned();
    let bases = async || {
        let tx = fixture.app.platform.db.read(tenant).await.unwrap();
        let sql = "select distinct base_id from airtable_changes order by base_id";
        let statement = Statement::from_string(tx.conn().get_database_backend(), sql);
        let rows = tx.conn().query_all_raw(statement).await.unwrap();
        let text = |row: &sea_orm::QueryResult| row.try_get_by_index::<String>(0).unwrap();
        rows.iter().map(text).collect::<Vec<_>>()
    };
    assert!(bases().await.contains(&fixture.base));
    let path = format!("/api/airtable/bases/{}", fixture.base);
    fixture.owner.delete(&path).await.expect(204);
    assert_eq!(bases().await, [kept]);
}
