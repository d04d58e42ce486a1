use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use super::world::{Mirrored, eventually};

#[tokio::test]
async fn a_copy_stands_still_while_it_is_paused() {
    let mirrored = Mirrored::new().await;
    let path = format!("/api/airtable/mirrors/{}", mirrored.base());
    let owner = &mirrored.world.owner;
    let status = owner.patch(&path, json!({"is_paused": true})).await;
    assert_eq!(status.expect(200).json["is_paused"], true);
    let before = mirrored.records(mirrored.here(), "Tasks").await;
    mirrored
        .make(mirrored.there(), "Tasks", json!({"Name": "Meanwhile"}))
        .await;
    for _ in 0..3 {
        mirrored.app().run_once("airtable.mirrors").await;
    }
    assert_eq!(mirrored.records(mirrored.here(), "Tasks").await, before);
    owner
        .patch(&path, json!({"is_paused": false}))
        .await
        .expect(200);
    mirrored.followed().await;
    mirrored.expect_equal().await;
}

#[tokio::test]
async fn who_may_not_manage_connections_may_not_steer_a_copy() {
    let mirrored = Mirrored::new().await;
    let path = format!("/api/airtable/mirrors/{}", mirrored.base());
    mirrored.here().get(&path).await.expect(403);
    mirrored
        .here()
        .patch(&path, json!({"is_paused": true}))
        .await
        .expect(403);
    mirrored
        .here()
        .post(&format!("{path}/compare"), json!({}))
        .await
        .expect(403);
    let stranger = mirrored.app().other_tenant().await;
    stranger.get(&path).await.expect(404);
}

#[tokio::test]
async fn a_notification_without_airtables_signature_is_not_heard() {
    use sea_orm::{ConnectionTrait, Statement};

    let mirrored = Mirrored::new().await;
    let tx = mirrored.app().platform.db.system_read().await.unwrap();
    let sql = "SELECT hook FROM airtable_mirrors";
    let statement = Statement::from_string(tx.conn().get_database_backend(), sql);
    let row = tx.conn().query_one_raw(statement).await.unwrap().unwrap();
    let hook: String = row.try_get("", "hook").unwrap();
    let anybody = mirrored.app().anonymous();
    let tell = |hook: &str, mac: &str| {
        let request = anybody.request(Method::POST, &format!("/hooks/airtable/{hook}"));
        let request = request.header("x-airtable-content-mac", mac);
        let request = request.header("content-type", "application/json");
        anybody.send(request.body(format!("{{\"base\":{{\"id\":\"{}\"}}}}", mirrored.base())))
    };
    let wrong = format!("hmac-sha256={}", "0".repeat(64));
    for (hook, mac) in [(&*hook, &*wrong), (&hook, ""), ("nobody", &wrong)] {
        tell(hook, mac).await.expect(404);
    }
}

#[tokio::test]
async fn a_second_instance_reads_the_copy_and_takes_over_when_the_first_is_gone() {
    let mirrored = Mirrored::new().await;
    let other = mirrored.world.sibling().await;
    let script = other.speak_as(mirrored.here());
    let made = json!({"Name": "By the other", "Hours": 1});
    let made = mirrored.make(&script, "Tasks", made).await;
    let path = mirrored.path(&format!("Tasks/{made}"));
    let found = script.get(&path).await.expect(200);
    assert_eq!(found.header("x-pyairtable-source"), "mirror");
    assert_eq!(found.json["fields"]["Twice"], 2.0);
    eventually("the first hears of it", async || {
        let found = mirrored.here().get(&path).await;
        (found.status == 200).then_some(())
    })
    .await;
    mirrored.followed().await;
    mirrored.expect_equal().await;
    mirrored.app().begin_stop();
    assert!(mirrored.app().has_stopped_within(Duration::from_secs(10)));
    mirrored
        .change(
            mirrored.there(),
            &format!("Tasks/{made}"),
            json!({"Hours": 3}),
        )
        .await;
    // It may have stopped in the middle of a round, and is waited for then.
    other.clock.advance(Duration::from_secs(21));
    eventually("the other takes over", async || {
        other.run_once("airtable.mirrors").await;
        let found = script.get(&path).await.expect(200).json;
        (found["fields"]["Twice"] == 6.0).then_some(())
    })
    .await;
}

#[tokio::test]
async fn what_is_done_to_connections_and_copies_is_announced() {
    use sea_orm::{ConnectionTrait, Statement};

    let mirrored = Mirrored::new().await;
    let owner = &mirrored.world.owner;
    let path = format!("/api/airtable/mirrors/{}", mirrored.base());
    for is_paused in [true, false] {
        let body = json!({ "is_paused": is_paused });
        owner.patch(&path, body).await.expect(200);
    }
    let compare = format!("{path}/compare");
    owner.post(&compare, json!({})).await.expect(202);
    let offer = mirrored.world.offer_path(&mirrored.connection);
    owner.delete(&offer).await.expect(204);
    let connection = format!("/api/airtable/connections/{}", mirrored.connection);
    owner.delete(&connection).await.expect(204);
    let me = owner.get("/api/auth/me").await.expect(200).json;
    let tenant = me["tenant"]["id"].as_str().unwrap().parse().unwrap();
    let tx = mirrored.app().platform.db.read(tenant).await.unwrap();
    let sql = "SELECT payload FROM event_log WHERE event_type = 'connection.changed' ORDER BY seq";
    let statement = Statement::from_string(tx.conn().get_database_backend(), sql);
    let rows = tx.conn().query_all_raw(statement).await.unwrap();
    let change = |row: &sea_orm::QueryResult| {
        let payload: String = row.try_get("", "payload").unwrap();
        let payload: serde_json::Value = serde_json::from_str(&payload).unwrap();
        assert_eq!(payload["by"], me["user"]["id"]);
        payload["change"].as_str().unwrap().to_owned()
    };
    let changes: Vec<String> = rows.iter().map(change).collect();
    let wanted = [
        "made",
        "offered",
        "paused",
        "continued",
        "compared",
        "withdrawn",
        "deleted",
    ];
    assert_eq!(changes, wanted);
}
