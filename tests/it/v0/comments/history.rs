use std::time::Duration;

use serde_json::{Value, json};

use super::{HIDDEN, commented, id, say, texts};
use crate::support::Actor;
use crate::v0::fixture::Fixture;

async fn last_change(who: &Actor) -> Value {
    let page = who.get("/api/saga/changes?limit=1").await.expect(200).json;
    page["items"][0].clone()
}

async fn undo_last(who: &Actor) {
    let change = id(&last_change(who).await);
    let path = format!("/api/saga/changes/{change}/undo");
    who.post(&path, json!({})).await.expect(200);
}

#[tokio::test]
async fn comments_go_with_their_record_and_come_back_with_it() {
    let fixture = Fixture::new().await;
    let (task, path) = commented(&fixture).await;
    say(&fixture.owner, &path, "Keep me").await;
    let record = fixture.path(&format!("Tasks/{task}"));
    fixture.owner.delete(&record).await.expect(200);
    let gone = fixture.owner.get(&path).await.expect(403).json;
    assert_eq!(gone["error"]["type"], HIDDEN);
    let body = json!({"text": "Too late"});
    fixture.owner.post(&path, body).await.expect(403);
    undo_last(&fixture.owner).await;
    assert_eq!(texts(&fixture.owner, &path).await, ["Keep me"]);
    let one = fixture.path(&format!("Tasks/{task}?recordMetadata[]=commentCount"));
    let back = fixture.owner.get(&one).await.expect(200).json;
    assert_eq!(back["commentCount"], 1);
}

#[tokio::test]
async fn the_history_tells_of_a_comment_and_undoing_it_leaves_it() {
    let fixture = Fixture::new().await;
    let (_, path) = commented(&fixture).await;
    fixture.names("Tasks").await;
    say(&fixture.owner, &path, "Said").await;
    let change = last_change(&fixture.owner).await;
    assert_eq!(
        change["bases"][0]["schema"],
        json!(["A comment on \"Paint\" of \"Tasks\" was added"])
    );
    undo_last(&fixture.owner).await;
    assert_eq!(texts(&fixture.owner, &path).await, ["Said"]);
    // A record written after it is undone as ever.
    fixture.create("Tasks", json!({"Name": "Later"})).await;
    undo_last(&fixture.owner).await;
    assert_eq!(fixture.names("Tasks").await, ["Paint"]);
}

#[tokio::test]
async fn comments_of_a_record_that_cannot_come_back_are_forgotten() {
    let fixture = Fixture::new().await;
    let (gone, gone_path) = commented(&fixture).await;
    let (back, back_path) = commented(&fixture).await;
    say(&fixture.owner, &gone_path, "Forgotten").await;
    say(&fixture.owner, &back_path, "Remembered").await;
    for record in [&gone, &back] {
        let record = fixture.path(&format!("Tasks/{record}"));
        fixture.owner.delete(&record).await.expect(200);
    }
    undo_last(&fixture.owner).await;
    let app = &fixture.app;
    app.run_once("airtable.images").await;
    let kept = fixture.texts_of(&["airtable_comments"]).await;
    assert!(kept.iter().any(|text| text == "Forgotten"));
    let tenant = fixture.tenant().await;
    app.clock.advance(Duration::from_secs(31 * 86_400));
    app.run_once("airtable.images").await;
    let tx = app.platform.db.read(tenant).await.unwrap();
    let texts = comment_texts(&tx).await;
    assert_eq!(texts, ["Remembered"]);
}

async fn comment_texts(tx: &pyairtable::platform::db::TenantTx) -> Vec<String> {
    use sea_orm::{ConnectionTrait, Statement};

    let backend = tx.conn().get_database_backend();
    let select = Statement::from_string(backend, "SELECT text FROM airtable_comments");
    let rows = tx.conn().query_all_raw(select).await.unwrap();
    rows.iter()
        .map(|row| row.try_get("", "text").unwrap())
        .collect()
}
