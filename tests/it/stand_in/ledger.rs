use reqwest::Method;
use serde_json::{Value, json};

use crate::support::TestStandIn;

fn ids(answer: &Value) -> Vec<Value> {
    let records = answer["records"].as_array().unwrap();
    records.iter().map(|record| record["id"].clone()).collect()
}

#[tokio::test]
async fn every_accepted_effect_is_in_the_ledger_and_nothing_else() {
    let stand_in = TestStandIn::new("[limits]\nenabled = false").await;
    let (script, tasks) = (&stand_in.script, stand_in.path("Tasks"));
    let records = json!({"records": [{"fields": {"Name": "A"}}, {"fields": {"Name": "B"}}]});
    let request = script
        .request(Method::POST, &tasks)
        .header("Idempotency-Key", "k1");
    let made = ids(&script.send(request.json(&records)).await.expect(200).json);
    let one = made[0].as_str().unwrap();
    let path = format!("{tasks}/{one}");
    script
        .patch(&path, json!({"fields": {"Name": "A2"}}))
        .await
        .expect(200);
    let upsert = json!({"performUpsert": {"fieldsToMergeOn": ["Name"]},
        "records": [{"fields": {"Name": "B"}}, {"fields": {"Name": "C"}}]});
    let upserted = script.patch(&tasks, upsert).await.expect(200).json;
    script.delete(&path).await.expect(200);
    let table = json!({"name": "More", "fields": [{"name": "Name", "type": "singleLineText"}]});
    let meta = format!("/v0/meta/bases/{}/tables", stand_in.base);
    let table = script.post(&meta, table).await.expect(200).json;
    // Neither what was refused nor what only reads is an effect.
    script
        .post(&tasks, json!({"fields": {"Nothing": 1}}))
        .await
        .expect(422);
    script.delete(&path).await.expect(403);
    script
        .post(&format!("{tasks}/listRecords"), json!({}))
        .await
        .expect(200);
    script.get(&tasks).await.expect(200);
    stand_in
        .script
        .with_token("wrong")
        .post(&tasks, records)
        .await
        .expect(401);

    let ledger = stand_in.ledger(0).await;
    let short: Vec<Value> = ledger
        .iter()
        .map(|effect| {
            json!([
                effect["method"],
                effect["created"],
                effect["updated"],
                effect["deleted"]
            ])
        })
        .collect();
    let wanted = [
        json!(["POST", made, [], []]),
        json!(["PATCH", [], [one], []]),
        json!([
            "PATCH",
            upserted["createdRecords"],
            upserted["updatedRecords"],
            []
        ]),
        json!(["DELETE", [], [], [one]]),
        json!(["POST", [table["id"]], [], []]),
    ];
    assert_eq!(short, wanted);
    assert_eq!(upserted["updatedRecords"], json!([made[1]]));
    assert_eq!(ledger[0]["idempotency_key"], "k1");
    assert_eq!(ledger[1]["idempotency_key"], Value::Null);
    assert_eq!(ledger[1]["path"], path);
    let numbers: Vec<u64> = ledger
        .iter()
        .map(|effect| effect["seq"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5]);
    assert_eq!(stand_in.ledger(3).await, ledger[3..]);
    let page = script
        .get("/_standin/ledger?after=1&limit=2")
        .await
        .expect(200)
        .json;
    assert_eq!(page["effects"].as_array().unwrap(), &ledger[1..3]);
    assert_eq!(page["last"], 5);
}
