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
async fn an_answer_says_how_long_it_waited() {
    let world = World::offered("").await;
    let record = world.create("Waits").await;
    let path = world.path(&format!("Tasks/{}", record["id"].as_str().unwrap()));
    let body = json!({"fields": {"Name": "Waits"}});
    let answers = join_all((0..9).map(|_| world.script.patch(&path, body.clone()))).await;
    let waits = answers
        .iter()
        .map(|answer| answer.header("x-pyairtable-wait"));
    let waits: Vec<u64> = waits.map(|text| text.parse().unwrap()).collect();
    assert!(waits.iter().any(|wait| *wait > 500), "{waits:?}");
    assert!(waits.iter().all(|wait| *wait < 5000), "{waits:?}");
}

impl World {
    async fn create_table(&self, number: usize) -> u16 {
        let path = format!("/v0/meta/bases/{}/tables", self.airtable.base);
        let field = json!({"name": "Name", "type": "singleLineText"});
        let body = json!({"name": format!("Paced {number}"), "fields": [field]});
        self.script.post(&path, body).await.status
    }
}
