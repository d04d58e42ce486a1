use std::time::Duration;

use serde_json::json;

use super::world::Mirrored;

#[tokio::test]
async fn what_changes_at_airtable_is_here_soon() {
    let mirrored = Mirrored::new().await;
    let there = mirrored.there();
    let person = mirrored
        .make(there, "tblTest0000000002", json!({"Name": "Ännchen 安"}))
        .await;
    let task =
        json!({"Name": "New", "Hours": 3, "Owner": [person], "Tags": ["work"], "Urgent": true});
    let task = mirrored.make(there, "Tasks", task).await;
    mirrored.followed().await;
    mirrored.expect_equal().await;
    let found = mirrored.path(&format!("tblTest0000000002/{person}"));
    let found = mirrored.here().get(&found).await.expect(200).json;
    assert_eq!(found["fields"]["Load"], 3.0, "{found}");
    mirrored
        .change(
            there,
            &format!("Tasks/{task}"),
            json!({"Hours": 4.5, "Urgent": null}),
        )
        .await;
    mirrored.followed().await;
    mirrored.expect_equal().await;
    there
        .delete(&mirrored.path(&format!("Tasks/{task}")))
        .await
        .expect(200);
    there
        .delete(&mirrored.path(&format!("tblTest0000000002/{person}")))
        .await
        .expect(200);
    mirrored.followed().await;
    mirrored.expect_equal().await;
    assert_eq!(mirrored.compared().await, 0);
}

#[tokio::test]
async fn changed_tables_and_fields_are_followed() {
    let mirrored = Mirrored::new().await;
    let there = mirrored.there();
    let schema = |rest: &str| format!("/v0/meta/bases/{}/tables{rest}", mirrored.base());
    let tasks = schema("/tblTest0000000001");
    there
        .patch(&tasks, json!({"name": "Aufgaben"}))
        .await
        .expect(200);
    let hours = schema("/tblTest0000000001/fields/fldTest0000000005");
    there
        .patch(&hours, json!({"name": "Stunden 時"}))
        .await
        .expect(200);
    let field =
        json!({"name": "Price", "type": "currency", "options": {"precision": 2, "symbol": "€"}});
    there
        .post(&schema("/tblTest0000000001/fields"), field)
        .await
        .expect(200);
    let task = json!({"Name": "Dear", "Price": 12.5, "Status": "Waiting"});
    let body = json!({"fields": task, "typecast": true});
    there
        .post(&mirrored.path("Aufgaben"), body)
        .await
        .expect(200);
    let table = json!({"name": "Third", "fields": [{"name": "Name", "type": "singleLineText"}]});
    there.post(&schema(""), table).await.expect(200);
    mirrored.make(there, "Third", json!({"Name": "x"})).await;
    mirrored.compared().await;
    mirrored.expect_equal().await;
}

#[tokio::test]
async fn what_differs_is_found_and_mended() {
    use sea_orm::{ConnectionTrait, Statement};

    let mirrored = Mirrored::new().await;
    let db = &mirrored.app().platform.db;
    let me = mirrored
        .world
        .owner
        .get("/api/auth/me")
        .await
        .expect(200)
        .json;
    let tenant = me["tenant"]["id"].as_str().unwrap().parse().unwrap();
    let records = mirrored.records(mirrored.there(), "Tasks").await;
    let id = |at: usize| records[at]["id"].as_str().unwrap().to_owned();
    let tx = db.begin(tenant).await.unwrap();
    let backend = tx.conn().get_database_backend();
    for sql in [
        format!(
            "UPDATE airtable_records SET cells = '{{}}' WHERE id = '{}'",
            id(0)
        ),
        format!("DELETE FROM airtable_records WHERE id = '{}'", id(1)),
        format!(
            "UPDATE airtable_bases SET seq = seq + 2 WHERE id = '{}'",
            mirrored.base()
        ),
    ] {
        let statement = Statement::from_string(backend, sql);
        tx.conn().execute_raw(statement).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(mirrored.compared().await, 2);
    mirrored.expect_equal().await;
    assert_eq!(mirrored.compared().await, 0);
}

#[tokio::test]
async fn a_webhook_that_airtable_has_forgotten_is_made_anew_and_all_compared() {
    let mirrored = Mirrored::new().await;
    let hooks = format!("/v0/bases/{}/webhooks", mirrored.base());
    let listed = mirrored.webhooks().await;
    let hook = listed[0]["id"].as_str().unwrap();
    mirrored
        .there()
        .delete(&format!("{hooks}/{hook}"))
        .await
        .expect(200);
    mirrored
        .make(mirrored.there(), "Tasks", json!({"Name": "Untold"}))
        .await;
    let compared = mirrored.status().await["compared_at"].clone();
    mirrored
        .until("all is compared", |status| {
            status["compared_at"] != compared && status["hearing"] == "asked"
        })
        .await;
    mirrored.expect_equal().await;
}

#[tokio::test]
async fn without_a_webhook_changes_are_looked_for_by_their_time() {
    let mirrored = Mirrored::new().await;
    let there = mirrored.there();
    let hooks = format!("/v0/bases/{}/webhooks", mirrored.base());
    let listed = mirrored.webhooks().await;
    let hook = listed[0]["id"].as_str().unwrap();
    // It would make one anew before the others are made.
    mirrored.pause(true).await;
    there.delete(&format!("{hooks}/{hook}")).await.expect(200);
    let body = json!({"specification": {"options": {"filters": {"dataTypes": ["tableData"]}}}});
    while there.post(&hooks, body.clone()).await.status == 200 {}
    mirrored.pause(false).await;
    mirrored
        .until("no webhook is to be had", |status| {
            status["hearing"] == "looked"
        })
        .await;
    let made = mirrored
        .make(there, "Tasks", json!({"Name": "Looked for", "Hours": 2}))
        .await;
    let followed = mirrored.status().await["followed_at"].clone();
    mirrored.app().clock.advance(Duration::from_secs(31));
    mirrored
        .until("it is looked", |status| status["followed_at"] != followed)
        .await;
    let path = mirrored.path(&format!("Tasks/{made}"));
    mirrored.here().get(&path).await.expect(200);
    mirrored.expect_equal().await;
}
