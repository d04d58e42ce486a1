use serde_json::{Value, json};

use super::world::Mirrored;

#[tokio::test]
async fn who_writes_reads_it_at_once_on_both_sides() {
    let mirrored = Mirrored::new().await;
    let here = mirrored.here();
    let made = mirrored
        .make(here, "Tasks", json!({"Name": "Mine", "Hours": 2}))
        .await;
    let path = mirrored.path(&format!("Tasks/{made}"));
    let read = here.get(&path).await.expect(200);
    assert_eq!(read.header("x-pyairtable-source"), "mirror");
    assert_eq!(
        read.json["fields"]["Twice"], 4.0,
        "what is computed came along"
    );
    mirrored.expect_equal().await;
    mirrored
        .change(
            here,
            &format!("Tasks/{made}"),
            json!({"Hours": 5, "Status": "Done"}),
        )
        .await;
    mirrored.expect_equal().await;
    let upsert = json!({
        "performUpsert": {"fieldsToMergeOn": ["Name"]},
        "records": [{"fields": {"Name": "Mine", "Hours": 7}}, {"fields": {"Name": "Other", "Hours": 1}}],
    });
    let done = here
        .patch(&mirrored.path("Tasks"), upsert)
        .await
        .expect(200)
        .json;
    assert_eq!(done["updatedRecords"], json!([made]));
    assert_eq!(done["records"][1]["fields"]["Twice"], 2.0, "{done}");
    mirrored.expect_equal().await;
    let replaced = json!({"fields": {"Name": "Only"}});
    here.put(&path, replaced).await.expect(200);
    mirrored.expect_equal().await;
    here.delete(&path).await.expect(200);
    mirrored.expect_equal().await;
    assert_eq!(mirrored.compared().await, 0);
}

#[tokio::test]
async fn what_airtable_refuses_is_told_in_its_words_and_changes_nothing() {
    let mirrored = Mirrored::new().await;
    let body = json!({"fields": {"Name": "x", "Status": "Nowhere"}});
    let path = mirrored.path("Tasks");
    let there = mirrored.there().post(&path, body.clone()).await.expect(422);
    let here = mirrored.here().post(&path, body).await.expect(422);
    assert_eq!(here.json["error"], there.json["error"]);
    let unknown = json!({"fields": {"Nope": 1}});
    let here = mirrored.here().post(&path, unknown).await.expect(422);
    assert_eq!(here.json["error"]["type"], "UNKNOWN_FIELD_NAME");
    mirrored.expect_equal().await;
}

#[tokio::test]
async fn an_offer_for_reading_takes_no_writes() {
    let mirrored = Mirrored::with(json!({"access": "read", "mode": "mirror"})).await;
    let body = json!({"fields": {"Name": "x"}});
    mirrored
        .here()
        .post(&mirrored.path("Tasks"), body)
        .await
        .expect(403);
    let effects = mirrored.world.airtable.ledger(0).await;
    let is_hook = |effect: &Value| effect["path"].as_str().unwrap().contains("/webhooks");
    assert!(effects.iter().all(is_hook), "{effects:?}");
}

#[tokio::test]
async fn writes_by_tools_are_change_sets_that_show_what_was_before() {
    let mirrored = Mirrored::new().await;
    let owner = &mirrored.world.owner;
    let record = mirrored.records(mirrored.there(), "Tasks").await.remove(0);
    let arguments = json!({
        "base_id": mirrored.base(), "table_id": "Tasks",
        "record_id": record["id"], "fields": {"Hours": 99},
    });
    let body = json!({"name": "update_record", "arguments": arguments});
    let answer = owner
        .post("/api/mcp/tools/call", body)
        .await
        .expect(200)
        .json;
    assert_eq!(answer["success"], true, "{answer}");
    mirrored.followed().await;
    mirrored.expect_equal().await;
    let sets = owner.get("/api/saga/changes").await.expect(200).json;
    let set = &sets["items"][0];
    assert_eq!(set["title"], "update_record", "{sets}");
    let path = format!("/api/saga/changes/{}/records", set["id"].as_str().unwrap());
    let changes = owner.get(&path).await.expect(200).json;
    let fields = changes["items"][0]["fields"].as_array().unwrap();
    let hours: &Value = fields
        .iter()
        .find(|field| field["field"] == "Hours")
        .unwrap();
    assert_eq!(hours["before"], record["fields"]["Hours"], "{changes}");
    assert_eq!(hours["after"], 99.0);
}

#[tokio::test]
async fn an_undo_takes_back_at_airtable_what_was_written_and_nothing_else() {
    let mirrored = Mirrored::new().await;
    let owner = &mirrored.world.owner;
    let before = mirrored.records(mirrored.there(), "Tasks").await;
    let id = |at: usize| before[at]["id"].as_str().unwrap().to_owned();
    let call = async |name: &str, mut arguments: Value| {
        arguments["base_id"] = json!(mirrored.base());
        arguments["table_id"] = json!("Tasks");
        let body = json!({"name": name, "arguments": arguments});
        let ask = async || owner.post("/api/mcp/tools/call", body.clone()).await.json;
        let mut answer = ask().await;
        if answer["success"] == false {
            owner.approve(&answer["error"]).await;
            answer = ask().await;
        }
        assert_eq!(answer["success"], true, "{answer}");
        let sets = owner.get("/api/saga/changes").await.expect(200).json;
        sets["items"][0]["id"].as_str().unwrap().to_owned()
    };
    let undo = async |set: &str| {
        let path = format!("/api/saga/changes/{set}/undo");
        owner.post(&path, json!({})).await.expect(200).json
    };
    let hours = json!({"record_id": id(0), "fields": {"Hours": 99, "Notes": "Mine"}});
    let changed = call("update_record", hours).await;
    mirrored
        .change(
            mirrored.there(),
            &format!("Tasks/{}", id(0)),
            json!({"Notes": "Theirs"}),
        )
        .await;
    let report = undo(&changed).await;
    assert_eq!(report["totals"]["conflict"], 1, "{report}");
    let there = mirrored.records(mirrored.there(), "Tasks").await;
    assert_eq!(there[0]["fields"]["Hours"], before[0]["fields"]["Hours"]);
    assert_eq!(there[0]["fields"]["Notes"], "Theirs");
    let deleted = call("delete_record", json!({"record_id": id(1)})).await;
    let report = undo(&deleted).await;
    assert_eq!(report["totals"]["restored"], 1, "{report}");
    let new = report["records"][0]["new_record_id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_ne!(new, id(1), "Airtable gives no id twice");
    let path = mirrored.path(&format!("Tasks/{new}"));
    let back = mirrored.there().get(&path).await.expect(200).json;
    let fields = |record: &Value| {
        let mut fields = record["fields"].clone();
        fields["Made"] = Value::Null;
        fields
    };
    assert_eq!(fields(&back), fields(&before[1]));
    let again = undo(&deleted).await;
    assert_eq!(again["totals"]["restored"], 0, "{again}");
    let made = call("create_record", json!({"fields": {"Name": "Soon gone"}})).await;
    assert_eq!(undo(&made).await["totals"]["restored"], 1);
    mirrored.followed().await;
    mirrored.expect_equal().await;
    assert_eq!(
        mirrored.records(mirrored.there(), "Tasks").await.len(),
        before.len()
    );
}

#[tokio::test]
async fn more_records_than_airtable_takes_at_once_are_written_in_turn_and_a_failure_says_how_far() {
    let mirrored = Mirrored::new().await;
    let owner = &mirrored.world.owner;
    let path = format!(
        "/api/airtable/bases/{}/tables/tblTest0000000001/records",
        mirrored.base()
    );
    let records = |last: Value| {
        let mut records: Vec<Value> = (0..11)
            .map(|at| json!({"Name": format!("R{at}")}))
            .collect();
        records.push(last);
        let records = records
            .into_iter()
            .map(|fields| json!({ "fields": fields }));
        json!({"records": records.collect::<Vec<_>>()})
    };
    let made = owner.post(&path, records(json!({"Name": "R11"}))).await;
    assert!(made.status < 300, "{}", made.text);
    mirrored.expect_equal().await;
    let refused = owner.post(&path, records(json!({"Hours": "many"}))).await;
    let detail = refused.expect(422).json["detail"].clone();
    let said = detail.as_str().unwrap();
    assert!(said.starts_with("10 of 12 records were written"), "{said}");
    mirrored.expect_equal().await;
}

#[tokio::test]
async fn a_write_that_the_copy_hears_of_before_its_answer_is_its_writers_all_the_same() {
    let mirrored = Mirrored::new().await;
    let owner = &mirrored.world.owner;
    let record = mirrored.records(mirrored.there(), "Tasks").await.remove(0);
    let late = |method: &str| {
        format!(
            "[limits]\nenabled = false\n[[faults]]\nkind = \"latency\"\nms = [1500, 1500]\nwhen = \"after\"\nnth = 1\nmethods = [\"{method}\"]\npath = \"/v0/app*/tblTest0000000001\"\n"
        )
    };
    let calls = [
        (
            "PATCH",
            "update_record",
            json!({"record_id": record["id"], "fields": {"Hours": 98}}),
        ),
        (
            "POST",
            "create_record",
            json!({"fields": {"Name": "Heard of"}}),
        ),
    ];
    for (method, tool, mut arguments) in calls {
        mirrored.world.airtable.plan(&late(method)).await;
        arguments["base_id"] = json!(mirrored.base());
        arguments["table_id"] = json!("Tasks");
        let body = json!({"name": tool, "arguments": arguments});
        let call = owner.post("/api/mcp/tools/call", body);
        let (answer, ()) = tokio::join!(call, mirrored.followed());
        assert_eq!(answer.json["success"], true, "{}", answer.text);
        let sets = owner.get("/api/saga/changes").await.expect(200).json;
        let set = &sets["items"][0];
        assert_eq!(set["title"], tool, "{sets}");
        let undo = format!("/api/saga/changes/{}/undo", set["id"].as_str().unwrap());
        let report = owner.post(&undo, json!({})).await.expect(200).json;
        assert_eq!(report["totals"]["restored"], 1, "{report}");
    }
    mirrored
        .world
        .airtable
        .plan("[limits]\nenabled = false")
        .await;
    mirrored.followed().await;
    mirrored.expect_equal().await;
    let there = mirrored.records(mirrored.there(), "Tasks").await;
    assert_eq!(there.len(), 3);
    assert_eq!(there[0]["fields"]["Hours"], record["fields"]["Hours"]);
}
