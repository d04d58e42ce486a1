use std::time::Duration;

use reqwest::Method;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use super::hidden::without_hours;
use super::world::{Mirrored, eventually};
use crate::support::TestApp;

/// Airtable has the effect, and who asked for it waits.
const UNANSWERED: &str = "[limits]\nenabled = false\n[[faults]]\nkind = \"latency\"\nms = 86400000\nwhen = \"after\"\nnth = 1\nmethods = [\"POST\", \"PATCH\", \"DELETE\"]\n";
const NO_LISTS: &str = "[limits]\nenabled = false\n[[faults]]\nkind = \"status\"\nstatus = 403\nprobability = 1\npath = \"/v0/app*/*/listRecords\"\n";
const NO_FAULTS: &str = "[limits]\nenabled = false";

#[tokio::test]
async fn what_airtable_did_and_its_sender_never_recorded_is_recorded_by_another() {
    let mirrored = Mirrored::new().await;
    let before = mirrored.records(mirrored.there(), "Tasks").await;
    let (first, second) = (&before[0], &before[1]);
    let one = format!("Tasks/{}", first["id"].as_str().unwrap());
    let other = format!("Tasks/{}", second["id"].as_str().unwrap());
    let merged = json!({
        "performUpsert": {"fieldsToMergeOn": ["Name"]},
        "records": [{"fields": {"Name": first["fields"]["Name"], "Hours": 8}}, {"fields": {"Name": "Merged", "Hours": 9}}],
    });
    let writes = [
        (Method::POST, "Tasks", json!({"fields": {"Name": "Made"}})),
        (
            Method::PATCH,
            &*one,
            json!({"fields": {"Hours": 99, "Status": "Done"}}),
        ),
        (Method::PATCH, "Tasks", merged),
        (Method::DELETE, &*other, Value::Null),
    ];
    for (method, path, body) in writes {
        mirrored.write_unheard(method, path, body).await;
    }
    mirrored.outlived();
    mirrored.followed().await;
    mirrored.expect_equal().await;
    for set in mirrored.sets().await {
        let path = format!("/api/saga/changes/{}/undo", set["id"].as_str().unwrap());
        let report = mirrored.world.owner.post(&path, json!({})).await;
        let report = report.expect(200).json;
        assert_eq!(report["totals"]["conflict"], 0, "{report}");
        assert_ne!(report["totals"]["restored"], 0, "{report}");
    }
    let names = |records: &[Value]| -> Vec<Value> {
        let cells = records.iter().map(|record| &record["fields"]);
        let mut names: Vec<Value> = cells
            .map(|cells| json!([cells["Name"], cells["Hours"], cells["Status"]]))
            .collect();
        names.sort_by_key(Value::to_string);
        names
    };
    let after = mirrored.records(mirrored.there(), "Tasks").await;
    assert_eq!(names(&after), names(&before));
}

#[tokio::test]
async fn what_somebody_else_did_meanwhile_is_not_taken_for_what_was_sent() {
    let mirrored = Mirrored::new().await;
    let record = mirrored.records(mirrored.there(), "Tasks").await.remove(0);
    let path = format!("Tasks/{}", record["id"].as_str().unwrap());
    // It never gets there.
    let plan = UNANSWERED.replace("after", "before");
    mirrored.world.airtable.plan(&plan).await;
    let ours = mirrored.path(&path);
    let write = mirrored
        .here()
        .patch(&ours, json!({"fields": {"Hours": 99}}));
    let other = mirrored.world.sibling().await;
    let meanwhile = async {
        mirrored.until_struck().await;
        mirrored
            .change(mirrored.there(), &path, json!({"Hours": 7}))
            .await;
        other.clock.advance(Duration::from_secs(21));
        mirrored.until_notes(&other, 0).await;
        assert!(mirrored.sets().await.is_empty(), "7 is not what was sent");
        mirrored.world.airtable.plan(NO_FAULTS).await;
    };
    let (answer, ()) = tokio::join!(write, meanwhile);
    answer.expect(200);
    mirrored.outlived();
    mirrored.followed().await;
    mirrored.expect_equal().await;
}

#[tokio::test]
async fn what_cannot_be_told_is_left_alone_after_an_hour() {
    let mirrored = Mirrored::new().await;
    let before = mirrored.planned(UNANSWERED).await;
    let ours = mirrored.path("Tasks");
    let twin = json!({"Name": "Twin"});
    let body = json!({ "fields": twin });
    let write = mirrored.here().post(&ours, body);
    let other = mirrored.world.sibling().await;
    let meanwhile = async {
        mirrored.until_done(before).await;
        mirrored.make(mirrored.there(), "Tasks", twin.clone()).await;
        other.clock.advance(Duration::from_secs(21));
        let looked = mirrored.status().await["followed_at"].clone();
        eventually("it is looked for", async || {
            other.run_once("airtable.mirrors").await;
            (mirrored.status().await["followed_at"] != looked).then_some(())
        })
        .await;
        assert_eq!(mirrored.notes().await, 1, "either of the two may be ours");
        other.clock.advance(Duration::from_secs(3600));
        mirrored.until_notes(&other, 0).await;
        assert!(mirrored.sets().await.is_empty());
        mirrored.world.airtable.plan(NO_FAULTS).await;
    };
    let (answer, ()) = tokio::join!(write, meanwhile);
    answer.expect(200);
}

#[tokio::test]
async fn a_record_comes_back_once_though_the_undo_that_brought_it_back_was_not_heard_of_again() {
    let mirrored = Mirrored::new().await;
    let owner = &mirrored.world.owner;
    let tasks = mirrored.records(mirrored.there(), "Tasks").await;
    let path = mirrored.path(&format!("Tasks/{}", tasks[1]["id"].as_str().unwrap()));
    mirrored.here().delete(&path).await.expect(200);
    let set = mirrored.sets().await.remove(0);
    let undo = format!("/api/saga/changes/{}/undo", set["id"].as_str().unwrap());
    // The questions before it are answered.
    let plan = format!("{UNANSWERED}path = \"/v0/app*/tblTest0000000001\"\n");
    let before = mirrored.planned(&plan).await;
    let other = mirrored.world.sibling().await;
    let there = other.speak_as(owner);
    let first = owner.post(&undo, json!({}));
    let second = async {
        mirrored.until_done(before).await;
        let refused = there.post(&undo, json!({})).await;
        assert_eq!(refused.status, 503, "the first is at it: {}", refused.text);
        other.clock.advance(Duration::from_secs(21));
        // The other's worker may be settling it at the same moment.
        let report = eventually("the undo is answered", async || {
            let answer = there.post(&undo, json!({})).await;
            (answer.status != 503).then_some(answer)
        });
        let report = report.await.expect(200).json;
        assert_eq!(report["totals"]["restored"], 0, "{report}");
        mirrored.world.airtable.plan(NO_FAULTS).await;
    };
    let (first, ()) = tokio::join!(first, second);
    assert_eq!(first.expect(200).json["totals"]["restored"], 1);
    mirrored.outlived();
    mirrored.followed().await;
    mirrored.expect_equal().await;
    let after = mirrored.records(mirrored.there(), "Tasks").await;
    assert_eq!(after.len(), tasks.len(), "it came back once");
}

#[tokio::test]
async fn a_late_answer_does_not_bring_back_what_was_taken_back_meanwhile() {
    let mirrored = Mirrored::new().await;
    let record = mirrored.records(mirrored.there(), "Tasks").await.remove(0);
    let path = format!("Tasks/{}", record["id"].as_str().unwrap());
    let (hours, name) = (&record["fields"]["Hours"], &record["fields"]["Name"]);
    // The copy does not hear of it before it is taken back.
    mirrored.pause(true).await;
    mirrored
        .change(mirrored.there(), &path, json!({"Hours": 99}))
        .await;
    let before = mirrored.planned(UNANSWERED).await;
    let ours = mirrored.path(&path);
    let write = mirrored
        .here()
        .patch(&ours, json!({"fields": {"Name": name}}));
    let meanwhile = async {
        mirrored.until_done(before).await;
        mirrored
            .change(mirrored.there(), &path, json!({"Hours": hours}))
            .await;
        mirrored.pause(false).await;
        mirrored.followed().await;
        mirrored.world.airtable.plan(NO_FAULTS).await;
    };
    let (answer, ()) = tokio::join!(write, meanwhile);
    answer.expect(200);
    mirrored.expect_equal().await;
}

#[tokio::test]
async fn what_cannot_be_looked_at_after_a_late_answer_is_compared_later() {
    let mirrored = Mirrored::new().await;
    let compared = mirrored.status().await["compared_at"].clone();
    let record = mirrored.records(mirrored.there(), "Tasks").await.remove(0);
    let path = format!("Tasks/{}", record["id"].as_str().unwrap());
    let before = mirrored.planned(UNANSWERED).await;
    let ours = mirrored.path(&path);
    let write = mirrored
        .here()
        .patch(&ours, json!({"fields": {"Hours": 98}}));
    let meanwhile = async {
        mirrored.until_done(before).await;
        mirrored
            .change(mirrored.there(), &path, json!({"Hours": 99}))
            .await;
        mirrored.followed().await;
        mirrored.world.airtable.plan(NO_LISTS).await;
    };
    let (answer, ()) = tokio::join!(write, meanwhile);
    answer.expect(200);
    mirrored.world.airtable.plan(NO_FAULTS).await;
    mirrored
        .until("it is compared", |status| status["compared_at"] != compared)
        .await;
    mirrored.expect_equal().await;
}

#[tokio::test]
async fn a_record_that_is_gone_already_does_not_come_with_the_late_answer_to_its_creation() {
    let mirrored = Mirrored::new().await;
    let before = mirrored.planned(UNANSWERED).await;
    let ours = mirrored.path("Tasks");
    let made = json!({"fields": {"Name": "Gone"}});
    let write = mirrored.here().post(&ours, made);
    let meanwhile = async {
        mirrored.until_done(before).await;
        let there = mirrored.records(mirrored.there(), "Tasks").await;
        let made = there.iter().find(|one| one["fields"]["Name"] == "Gone");
        let id = made.unwrap()["id"].as_str().unwrap();
        let path = mirrored.path(&format!("Tasks/{id}"));
        mirrored.there().delete(&path).await.expect(200);
        mirrored.followed().await;
        mirrored.world.airtable.plan(NO_FAULTS).await;
    };
    let (answer, ()) = tokio::join!(write, meanwhile);
    answer.expect(200);
    mirrored.expect_equal().await;
}

#[tokio::test]
async fn what_is_hidden_while_a_write_is_under_way_stays_hidden() {
    let mirrored = Mirrored::new().await;
    let record = mirrored.records(mirrored.there(), "Tasks").await.remove(0);
    let ours = mirrored.path(&format!("Tasks/{}", record["id"].as_str().unwrap()));
    let before = mirrored.planned(UNANSWERED).await;
    let body = json!({"fields": {"Notes": "late"}});
    let write = mirrored.here().patch(&ours, body);
    let meanwhile = async {
        mirrored.until_done(before).await;
        mirrored.offer(without_hours()).await.expect(200);
        mirrored.copied().await;
        mirrored.world.airtable.plan(NO_FAULTS).await;
    };
    let (answer, ()) = tokio::join!(write, meanwhile);
    let page = mirrored.here().get(&mirrored.path("Tasks")).await;
    for told in [answer.expect(200), page.expect(200)] {
        assert!(told.text.contains("late"), "{}", told.text);
        assert!(!told.text.contains("Hours"), "{}", told.text);
    }
}

impl Mirrored {
    /// Writes through an instance that hears nothing, while another finds out; the first one is answered afterwards.
    async fn write_unheard(&self, method: Method, path: &str, body: Value) {
        let known = self.sets().await.len();
        let before = self.planned(UNANSWERED).await;
        let request = self.here().request(method, &self.path(path));
        let request = match body {
            Value::Null => request,
            body => request.json(&body),
        };
        let write = self.here().send(request);
        let other = self.world.sibling().await;
        let meanwhile = async {
            self.until_done(before).await;
            assert_eq!(self.sets().await.len(), known);
            // Later than whatever the one before it may have held to its end.
            let ahead = 21 * (known as u64 + 1);
            other.clock.advance(Duration::from_secs(ahead));
            self.until_notes(&other, 0).await;
            let shown = self.newest().await;
            self.world.airtable.plan(NO_FAULTS).await;
            shown
        };
        let (answer, shown) = tokio::join!(write, meanwhile);
        answer.expect(200);
        assert_eq!(self.sets().await.len(), known + 1, "{path}");
        assert_eq!(self.newest().await, shown, "recorded once");
    }

    /// Other instances that are ahead may have ended in the middle of a round; they are waited for then.
    fn outlived(&self) {
        self.app().clock.advance(Duration::from_secs(120));
    }

    /// The records that the newest change set changed.
    async fn newest(&self) -> Value {
        let sets = self.sets().await;
        let path = format!(
            "/api/saga/changes/{}/records",
            sets[0]["id"].as_str().unwrap()
        );
        let page = self.world.owner.get(&path).await.expect(200).json;
        page["items"].clone()
    }

    /// Change sets, newest first.
    async fn sets(&self) -> Vec<Value> {
        let page = self.world.owner.get("/api/saga/changes").await.expect(200);
        page.json["items"].as_array().unwrap().clone()
    }

    /// From now on the stand-in follows this plan; answers how many effects it has had.
    async fn planned(&self, plan: &str) -> usize {
        self.world.airtable.plan(plan).await;
        self.world.airtable.ledger(0).await.len()
    }

    /// Until there is one more effect than before.
    async fn until_done(&self, before: usize) {
        eventually("it has its effect", async || {
            let effects = self.world.airtable.ledger(0).await;
            (effects.len() > before).then_some(())
        })
        .await;
    }

    /// Until the fault plan has met its request.
    async fn until_struck(&self) {
        eventually("something is sent", async || {
            let counts = self.there().get("/_standin/counts").await.expect(200).json;
            (counts["faults"][0]["struck"] == 1).then_some(())
        })
        .await;
    }

    /// Lets another instance settle what was not heard of, until so many writes are left.
    async fn until_notes(&self, other: &TestApp, left: i64) {
        eventually("what became of writes is found out", async || {
            other.run_once("airtable.mirrors").await;
            (self.notes().await == left).then_some(())
        })
        .await;
    }

    /// Writes of which it is not recorded what became of them.
    async fn notes(&self) -> i64 {
        let me = self.world.owner.get("/api/auth/me").await.expect(200).json;
        let tenant = me["tenant"]["id"].as_str().unwrap().parse().unwrap();
        let tx = self.app().platform.db.read(tenant).await.unwrap();
        let sql = "SELECT COUNT(*) AS many FROM airtable_unsettled_writes";
        let statement = Statement::from_string(tx.conn().get_database_backend(), sql);
        let row = tx.conn().query_one_raw(statement).await.unwrap().unwrap();
        row.try_get("", "many").unwrap()
    }
}
