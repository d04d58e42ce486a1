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
        "select kind, before, after from airtable_changes where record_id = '{id}' order by seq"
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
    let image = |row: &sea_orm::QueryResult, column: &str| {
        let image = text(row, column).map(|image| serde_json::from_str::<Value>(&image).unwrap());
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
