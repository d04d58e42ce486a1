use std::collections::HashSet;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use super::world::World;

#[tokio::test]
async fn pages_follow_the_numbers() {
    let world = World::new().await;
    let hook = world.watch_data().await;
    let empty = json!({"payloads": [], "cursor": 1, "mightHaveMore": false, "payloadFormat": "v0"});
    assert_eq!(world.page(&hook, "").await, empty);
    for number in 1..=5 {
        world
            .fixture
            .create("Tasks", json!({"Name": "x", "Hours": number}))
            .await;
    }
    assert_eq!(world.listed(&hook).await["cursorForNextPayload"], 6);
    let hours = world.field("Hours").await;
    let numbers = |page: &Value| -> Vec<i64> {
        let payloads = page["payloads"].as_array().unwrap().iter();
        let told = payloads.map(|payload| {
            let made = &payload["changedTablesById"][&world.tasks]["createdRecordsById"];
            let record = made.as_object().unwrap().values().next().unwrap();
            record["cellValuesByFieldId"][&hours].as_i64().unwrap()
        });
        told.collect()
    };
    let first = world.page(&hook, "?limit=2").await;
    assert_eq!((numbers(&first), &first["cursor"]), (vec![1, 2], &json!(3)));
    assert_eq!(first["mightHaveMore"], true);
    let rest = world.page(&hook, "?cursor=3&limit=50").await;
    assert_eq!(
        (numbers(&rest), &rest["cursor"]),
        (vec![3, 4, 5], &json!(6))
    );
    assert_eq!(rest["mightHaveMore"], false);
    let ahead = world.page(&hook, "?cursor=9").await;
    assert_eq!(
        (&ahead["cursor"], &ahead["payloads"]),
        (&json!(9), &json!([]))
    );
    for wrong in ["cursor=0", "cursor=x", "limit=0", "limit=51", "offset=1"] {
        let path = world.path(&format!("/{hook}/payloads?{wrong}"));
        let refused = world.owner().get(&path).await.expect(422).json;
        assert_eq!(refused["error"]["type"], "INVALID_REQUEST_UNKNOWN");
    }
}

#[tokio::test]
async fn writers_and_readers_at_once_lose_and_double_nothing() {
    let world = World::new().await;
    let sibling = world.fixture.app.sibling().await;
    let other = world.fixture.owner_of(&sibling);
    let hooks = [world.watch_data().await, world.watch_data().await];
    let path = world.fixture.path("Tasks");
    let writer = async |number: usize| {
        // Both instances write, and both make payloads while others do.
        let who = [world.owner(), &other][number % 2];
        for turn in 0..4 {
            let body = json!({"fields": {"Name": format!("{number}/{turn}")}});
            who.post(&path, body).await.expect(200);
            let read = world.path(&format!("/{}/payloads", hooks[turn % 2]));
            who.get(&read).await.expect(200);
        }
    };
    join_all((0..6).map(writer)).await;
    for hook in &hooks {
        let payloads = world.payloads(hook).await;
        assert_eq!(payloads.len(), 24);
        assert_eq!(world.listed(hook).await["cursorForNextPayload"], 25);
        let made = payloads.iter().flat_map(|payload| {
            let made = &payload["changedTablesById"][&world.tasks]["createdRecordsById"];
            made.as_object().unwrap().keys()
        });
        assert_eq!(made.collect::<HashSet<_>>().len(), 24);
        let numbers = payloads
            .iter()
            .map(|it| it["baseTransactionNumber"].as_i64());
        assert!(numbers.is_sorted(), "the order of the commits");
    }
}

#[tokio::test]
async fn what_a_crash_took_is_made_again_the_same() {
    let world = World::new().await;
    let hook = world.watch_data().await;
    for name in ["A", "B", "C"] {
        world.fixture.create("Tasks", json!({"Name": name})).await;
    }
    let before = world.payloads(&hook).await;
    // As if the instance had ended behind the second commit, before anybody looked at it.
    let seq = &before[0]["baseTransactionNumber"];
    world
        .fixture
        .tamper(&[
            "DELETE FROM airtable_webhook_payloads WHERE number > 1",
            &format!("UPDATE airtable_webhooks SET log_seq = {seq}, next_number = 2"),
        ])
        .await;
    let sibling = world.fixture.app.sibling().await;
    sibling.deliver_events().await;
    let other = world.fixture.owner_of(&sibling);
    let path = world.path(&format!("/{hook}/payloads"));
    let after = other.get(&path).await.expect(200).json;
    assert_eq!(after["payloads"], json!(before));
    assert_eq!(after["cursor"], 4);
}

#[tokio::test]
async fn events_alone_make_payloads() {
    let world = World::new().await;
    let hook = world.watch_data().await;
    // Large steps: far more entries than are read at once.
    for _ in 0..12 {
        let records: Vec<Value> = (0..10).map(|n| json!({"fields": {"Hours": n}})).collect();
        let path = world.fixture.path("Tasks");
        let body = json!({"records": records});
        world.owner().post(&path, body).await.expect(200);
    }
    let began = Instant::now();
    // The instance delivers by itself too, and whoever is first has the lease for a while.
    while next_number(&world, &hook).await < 13 {
        world.fixture.app.deliver_events().await;
        assert!(began.elapsed() < Duration::from_secs(20));
        tokio::task::yield_now().await;
    }
    assert_eq!(world.payloads(&hook).await.len(), 12);
}

/// As it is stored, without asking the application, which would make what is missing.
async fn next_number(world: &World, hook: &str) -> i64 {
    let tx = world.fixture.begin().await;
    let sql = format!("SELECT next_number FROM airtable_webhooks WHERE id = '{hook}'");
    let select = Statement::from_string(tx.conn().get_database_backend(), sql);
    let row = tx.conn().query_one_raw(select).await.unwrap();
    row.unwrap().try_get("", "next_number").unwrap()
}
