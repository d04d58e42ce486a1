use std::time::{Duration, Instant};

use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::support::Actor;
use crate::v0::find::many;
use crate::v0::fixture::{Fixture, names};

/// Reads a table again and again until it lists these names.
async fn until_names(reader: &Actor, path: &str, wanted: &[&str]) {
    let started = Instant::now();
    loop {
        let page = reader.get(path).await.expect(200).json;
        let found = names(&page);
        if found == wanted {
            return;
        }
        assert!(
            started.elapsed() < Duration::from_secs(3),
            "the other instance sees {found:?} instead of {wanted:?}"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn what_is_written_through_one_instance_is_read_through_the_other() {
    let fixture = Fixture::new().await;
    let other = fixture.app.sibling().await;
    let owner = fixture.owner_of(&other);
    let tasks = fixture.path("Tasks");
    until_names(&owner, &tasks, &[]).await;
    let id = fixture
        .create("Tasks", json!({"Name": "New", "Hours": 1}))
        .await;
    until_names(&owner, &tasks, &["New"]).await;
    let record = fixture.path(&format!("Tasks/{id}"));
    let body = json!({"fields": {"Name": "Changed", "Done": true}});
    fixture.owner.patch(&record, body).await.expect(200);
    until_names(&owner, &tasks, &["Changed"]).await;
    let page = owner.get(&tasks).await.expect(200).json;
    let cells = json!({"Name": "Changed", "Hours": 1, "Done": true});
    assert_eq!(page["records"][0]["fields"], cells);
    // A writer that lags behind still writes on top of what the other has written.
    let body = json!({"fields": {"Name": "Second"}});
    owner.post(&tasks, body).await.expect(200);
    until_names(&owner, &tasks, &["Changed", "Second"]).await;
    fixture.owner.delete(&record).await.expect(200);
    until_names(&owner, &tasks, &["Second"]).await;
}

#[tokio::test]
async fn a_record_is_found_by_what_another_instance_wrote_into_it() {
    let (fixture, ids) = many().await;
    let other = fixture.app.sibling().await;
    let owner = fixture.owner_of(&other);
    let named = |name: &str| {
        let formula = format!("%7BName%7D%3D%27{name}%27");
        fixture.path(&format!("Tasks?filterByFormula={formula}"))
    };
    until_names(&owner, &named("Task%205"), &["Task 5"]).await;
    until_names(&owner, &named("New"), &[]).await;
    let record = fixture.path(&format!("Tasks/{}", ids[5]));
    let body = json!({"fields": {"Name": "New"}});
    fixture.owner.patch(&record, body).await.expect(200);
    until_names(&owner, &named("New"), &["New"]).await;
    until_names(&owner, &named("Task%205"), &[]).await;
}

#[tokio::test]
async fn a_cold_table_is_read_before_the_write_waits_for_its_turn() {
    let fixture = Fixture::new().await;
    fixture.create("Tasks", json!({"Name": "Broken"})).await;
    let table = fixture.table_id("Tasks").await;
    let broken = format!("UPDATE airtable_records SET cells = '[]' WHERE table_id = '{table}'");
    fixture.tamper(&[&broken]).await;
    let other = fixture.app.sibling().await;
    let owner = fixture.owner_of(&other);
    owner.get(&fixture.path("People")).await.expect(200);
    let holder = fixture.begin().await;
    let hold = format!(
        "UPDATE airtable_bases SET name = name WHERE id = '{}'",
        fixture.base
    );
    holder.conn().execute_unprepared(&hold).await.unwrap();
    // The table cannot be read, which shows only to who reads it: here while somebody else is writing.
    let body = json!({"fields": {"Name": "New"}});
    let tasks = fixture.path("Tasks");
    let answer = tokio::time::timeout(Duration::from_secs(4), owner.post(&tasks, body)).await;
    answer.expect("the write does not wait").expect(500);
    drop(holder);
}

#[tokio::test]
async fn an_unreadable_base_does_not_keep_others_from_being_fresh() {
    let fixture = Fixture::new().await;
    let other = fixture.app.sibling().await;
    let owner = fixture.owner_of(&other);
    let mut broken = Vec::new();
    for number in 0..7 {
        let body = json!({"name": format!("Broken {number}"), "workspaceId": fixture.workspace, "tables": [
            {"name": "Things", "fields": [{"name": "Name", "type": "singleLineText"}]},
        ]});
        let made = fixture.owner.post("/v0/meta/bases", body).await.expect(200);
        broken.push(made.json["id"].as_str().unwrap().to_owned());
    }
    let tasks = fixture.path("Tasks");
    until_names(&owner, &tasks, &[]).await;
    for base in &broken {
        owner.get(&format!("/v0/{base}/Things")).await.expect(200);
    }
    let bases = format!("('{}')", broken.join("','"));
    fixture
        .tamper(&[
            &format!("UPDATE airtable_tables SET definition = '{{' WHERE base_id IN {bases}"),
            &format!("UPDATE airtable_bases SET seq = seq + 1 WHERE id IN {bases}"),
        ])
        .await;
    fixture.create("Tasks", json!({"Name": "New"})).await;
    until_names(&owner, &tasks, &["New"]).await;
    // And nobody is shown what a base was before it could no longer be read.
    for base in &broken {
        let started = Instant::now();
        while owner.get(&format!("/v0/{base}/Things")).await.status != 500 {
            assert!(
                started.elapsed() < Duration::from_secs(3),
                "{base} is stale"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}
