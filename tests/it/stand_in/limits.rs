use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;

use crate::support::TestStandIn;

#[tokio::test]
async fn one_request_too_many_is_refused_for_thirty_seconds_as_airtable_refuses_it() {
    let stand_in = TestStandIn::new("").await;
    let path = stand_in.path("Tasks");
    // So many at once that no machine takes seconds over them all.
    let answers = join_all((0..30).map(|_| stand_in.script.get(&path))).await;
    let admitted = answers.iter().filter(|answer| answer.status == 200).count();
    assert!((5..=25).contains(&admitted), "{admitted}");
    let refused = answers.iter().find(|answer| answer.status == 429).unwrap();
    let wanted = json!({"error": {"type": "RATE_LIMIT_REACHED", "message": "Rate limit exceeded. Please try again later"}});
    assert_eq!(refused.json, wanted);
    assert_eq!(refused.header("retry-after"), "");
    stand_in.script.get("/v0/meta/whoami").await.expect(200);
    let schema = format!("/v0/meta/bases/{}/tables", stand_in.base);
    stand_in.script.get(&schema).await.expect(429);
    stand_in.clock.advance(Duration::from_secs(20));
    stand_in.script.get(&schema).await.expect(429);
    stand_in.clock.advance(Duration::from_secs(11));
    stand_in.script.get(&schema).await.expect(200);
}

#[tokio::test]
async fn a_refused_change_has_no_effect() {
    let stand_in = TestStandIn::new("[limits]\nper_base = 1\nlock_out = 3600").await;
    let path = stand_in.path("Tasks");
    let create = || {
        stand_in
            .script
            .post(&path, json!({"fields": {"Name": "A"}}))
    };
    let answers = join_all((0..20).map(|_| create())).await;
    let made = answers.iter().filter(|answer| answer.status == 200).count();
    assert!(made < 20);
    assert_eq!(stand_in.ledger(0).await.len(), made);
    create().await.expect(429);
    assert_eq!(stand_in.ledger(0).await.len(), made);
}

#[tokio::test]
async fn limits_can_be_switched_off() {
    let stand_in = TestStandIn::new("[limits]\nenabled = false").await;
    let path = stand_in.path("Tasks");
    let answers = join_all((0..100).map(|_| stand_in.script.get(&path))).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
}
