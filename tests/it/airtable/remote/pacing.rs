use std::time::{Duration, Instant};

use futures_util::future::join_all;
use pyairtable::platform::settings::Settings;
use reqwest::Method;
use serde_json::json;

use super::world::World;

#[tokio::test]
async fn many_at_once_are_paced_and_none_is_refused() {
    let world = World::offered("").await;
    let began = Instant::now();
    let answers = join_all((0..18).map(|number| world.create_table(number))).await;
    let took = began.elapsed();
    assert!(answers.iter().all(|status| *status == 200), "{answers:?}");
    assert_eq!(world.refused().await, 0);
    assert!(took > Duration::from_secs(2), "{took:?}");
}

#[tokio::test]
async fn instances_that_share_redis_keep_the_limits_together() {
    let world = World::new("", |_| {}).await;
    let connection = world.connect().await;
    world.offer(&connection, "write").await;
    let mut scripts = vec![world.script.clone()];
    // Without Redis an instance knows of no other.
    let sibling = match world.app.platform.redis {
        Some(_) => Some(world.sibling().await),
        None => None,
    };
    scripts.extend(
        sibling
            .iter()
            .map(|sibling| sibling.speak_as(&world.script)),
    );
    let path = world.path("Tasks");
    let ask = async |number: usize| {
        let request = scripts[number % scripts.len()].request(Method::GET, &path);
        let request = request.header("cache-control", "no-cache");
        scripts[0].send(request).await.status
    };
    let answers = join_all((0..20).map(ask)).await;
    assert!(answers.iter().all(|status| *status == 200), "{answers:?}");
    assert_eq!(world.refused().await, 0);
}

#[cfg(feature = "redis")]
#[tokio::test]
async fn without_its_redis_an_instance_keeps_to_its_share_and_says_so() {
    let away = |settings: &mut Settings| settings.redis.url = Some("redis://127.0.0.1:1".into());
    let world = World::new("", away).await;
    let connection = world.connect().await;
    world.offer(&connection, "write").await;
    let path = world.path("Tasks");
    let began = Instant::now();
    let ask = async |_: usize| {
        let request = world.script.request(Method::GET, &path);
        let request = request.header("cache-control", "no-cache");
        world.script.send(request).await.status
    };
    for number in 0..3 {
        assert_eq!(ask(number).await, 200);
    }
    // One a window, as one of five instances.
    assert!(
        began.elapsed() > Duration::from_secs(2),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(world.refused().await, 0);
    let health = world.owner.get("/health").await;
    assert!(health.text.contains("airtable_pacing"), "{}", health.text);
}

#[tokio::test]
async fn single_creations_that_wait_share_requests_and_each_gets_its_own_answer() {
    let world = World::offered("").await;
    let path = world.path("Tasks");
    let create = async |number: usize| {
        let hours = match number {
            13 => json!("no number"),
            number => json!(number),
        };
        let body = json!({"fields": {"Name": format!("Joined {number}"), "Hours": hours}});
        world.script.post(&path, body).await
    };
    let answers = join_all((0..40).map(create)).await;
    for (number, answer) in answers.iter().enumerate() {
        match number {
            13 => assert_eq!(answer.status, 422, "{}", answer.text),
            _ => assert_eq!(
                answer.json["fields"]["Name"],
                format!("Joined {number}"),
                "{}",
                answer.text
            ),
        }
    }
    assert_eq!(world.refused().await, 0);
    let made: usize = world.airtable.ledger(0).await.len();
    assert!(made < 30, "{made} requests made 39 records");
}

#[tokio::test]
async fn changes_that_wait_share_requests_and_each_gets_its_own_answer() {
    let world = World::offered("").await;
    let made = join_all((0..20).map(async |number| {
        let record = world.create(&format!("Before {number}")).await;
        record["id"].as_str().unwrap().to_owned()
    }));
    let made = made.await;
    let before = world.airtable.ledger(0).await.len();
    let change = async |number: usize| {
        let id = &made[number % 20];
        let (path, body) = match number {
            // Airtable has its own words for a record that is not there, and for a value that does not fit.
            7 => (
                "Tasks/rec00000000000404".to_owned(),
                json!({"fields": {"Name": "Nowhere"}}),
            ),
            13 => (
                format!("Tasks/{id}"),
                json!({"fields": {"Hours": "no number"}}),
            ),
            14 => (
                "Tasks".to_owned(),
                json!({"records": [{"id": id, "fields": {"Name": "Changed 14"}}]}),
            ),
            _ => (
                format!("Tasks/{id}"),
                json!({"fields": {"Name": format!("Changed {number}")}}),
            ),
        };
        world.script.patch(&world.path(&path), body).await
    };
    let answers = join_all((0..30).map(change)).await;
    assert_eq!(world.refused().await, 0);
    let requests = world.airtable.ledger(0).await.len() - before;
    assert!(requests < 25, "{requests} requests made 28 changes");
    world.airtable.plan("[limits]\nenabled = false").await;
    let nowhere = world.path("Tasks/rec00000000000404");
    let body = json!({"fields": {"Name": "Nowhere"}});
    let missing = world.airtable.script.patch(&nowhere, body).await;
    for (number, answer) in answers.iter().enumerate() {
        match number {
            7 => assert_eq!(
                (answer.status, &answer.text),
                (missing.status, &missing.text)
            ),
            13 => assert_eq!(answer.status, 422, "{}", answer.text),
            14 => assert_eq!(answer.json["records"][0]["fields"]["Name"], "Changed 14"),
            _ => {
                let wanted = json!([made[number % 20], format!("Changed {number}")]);
                let told = json!([answer.json["id"], answer.json["fields"]["Name"]]);
                assert_eq!(told, wanted, "{}", answer.text);
            }
        }
    }
    for (number, id) in made.iter().enumerate().skip(10) {
        let path = world.path(&format!("Tasks/{id}"));
        let found = world.script.get(&path).await.expect(200).json;
        let wanted = match number {
            13 => "Before 13".to_owned(),
            _ => format!("Changed {number}"),
        };
        assert_eq!(found["fields"]["Name"], wanted);
    }
}

#[tokio::test]
async fn records_that_are_asked_for_at_the_same_time_share_requests() {
    let world = World::offered("").await;
    let made = join_all((0..30).map(async |number| {
        let record = world.create(&format!("Asked {number}")).await;
        record["id"].as_str().unwrap().to_owned()
    }));
    let mut paths: Vec<String> = made
        .await
        .iter()
        .map(|id| world.path(&format!("Tasks/{id}")))
        .collect();
    paths.push(world.path("Tasks/rec00000000000404"));
    paths.push(world.path("Nowhere/rec00000000000404"));
    let before = world.count("admitted").await;
    let here = join_all(paths.iter().map(|path| world.script.get(path))).await;
    let requests = world.count("admitted").await - before;
    assert!(requests < 12, "{requests} requests asked for 32 records");
    assert_eq!(world.refused().await, 0);
    world.airtable.plan("[limits]\nenabled = false").await;
    for (path, here) in paths.iter().zip(here) {
        let there = world.airtable.script.get(path).await;
        assert_eq!(
            (here.status, &here.text),
            (there.status, &there.text),
            "{path}"
        );
    }
}

#[tokio::test]
async fn an_answer_says_how_long_it_waited() {
    let world = World::offered("").await;
    let record = world.create("Waits").await;
    let path = world.path(&format!("Tasks/{}", record["id"].as_str().unwrap()));
    let body = json!({"fields": {"Name": "Waits"}});
    let began = Instant::now();
    let answers = join_all((0..9).map(|_| world.script.patch(&path, body.clone()))).await;
    let waits = answers
        .iter()
        .map(|answer| answer.header("x-pyairtable-wait"));
    let waits: Vec<u64> = waits.map(|text| text.parse().unwrap()).collect();
    assert!(waits.iter().any(|wait| *wait > 500), "{waits:?}");
    let most = began.elapsed().as_millis();
    assert!(
        waits.iter().all(|wait| u128::from(*wait) <= most),
        "{waits:?}"
    );
}

impl World {
    async fn create_table(&self, number: usize) -> u16 {
        let path = format!("/v0/meta/bases/{}/tables", self.airtable.base);
        let field = json!({"name": "Name", "type": "singleLineText"});
        let body = json!({"name": format!("Paced {number}"), "fields": [field]});
        self.script.post(&path, body).await.status
    }
}
