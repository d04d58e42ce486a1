use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use pyairtable::platform::durable::Kernel;
use pyairtable::platform::secrets::{hex, hmac_sha256};
use serde_json::{Value, json};
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use super::world::World;

const STEP: Duration = Duration::from_secs(600);
/// With what is lost by looking only at every step.
const DAY: Duration = Duration::from_secs(26 * 3600);

/// An instance that may call a receiver on this machine, and whose pings only the test sends.
struct Bench {
    world: World,
    kernel: Kernel,
    receiver: MockServer,
}

impl Bench {
    async fn new(answer: ResponseTemplate) -> Self {
        let world = World::with_settings(|settings| {
            settings.durable.workers = 0;
            settings.outbound.allow_private = vec!["127.0.0.0/8".parse().unwrap()];
        })
        .await
        .for_weeks()
        .await;
        let bench = Self {
            kernel: world.fixture.app.kernel(),
            receiver: MockServer::start().await,
            world,
        };
        bench.answer(answer).await;
        bench
    }

    /// From now on the receiver answers this.
    async fn answer(&self, answer: ResponseTemplate) {
        self.receiver.reset().await;
        let mock = Mock::given(method("POST")).respond_with(answer);
        mock.mount(&self.receiver).await;
    }

    /// A webhook on all records with the receiver's address: its id and its secret.
    async fn watch(&self) -> (String, String) {
        let url = json!(format!("{}/hook", self.receiver.uri()));
        let data = json!({"dataTypes": ["tableData"]});
        let made = self.world.create(data, Value::Null, url).await.expect(200);
        let text = |name: &str| made.json[name].as_str().unwrap().to_owned();
        (text("id"), text("macSecretBase64"))
    }

    /// Makes a record, whose payload is made too.
    async fn write(&self) {
        let fixture = &self.world.fixture;
        fixture.create("Tasks", json!({"Name": "canary"})).await;
        self.make().await;
    }

    /// Has the payloads made that are not yet.
    async fn make(&self) {
        let path = self.world.path("");
        self.world.owner().get(&path).await.expect(200);
    }

    /// Sends all that is due.
    async fn run(&self) {
        while self.kernel.run_due().await.unwrap() > 0 {}
    }

    async fn received(&self) -> Vec<Request> {
        self.receiver.received_requests().await.unwrap()
    }
}

#[tokio::test]
async fn a_ping_is_signed_and_says_only_where_to_look() {
    let bench = Bench::new(ResponseTemplate::new(200)).await;
    let (hook, secret) = bench.watch().await;
    bench.write().await;
    bench.run().await;
    let received = bench.received().await;
    assert_eq!(received.len(), 1);
    let body: Value = serde_json::from_slice(&received[0].body).unwrap();
    let expected = json!({
        "base": {"id": bench.world.fixture.base}, "webhook": {"id": hook}, "timestamp": body["timestamp"],
    });
    assert_eq!(body, expected);
    let mac = hmac_sha256(&BASE64_STANDARD.decode(secret).unwrap(), &received[0].body);
    let header = received[0].headers["x-airtable-content-mac"].to_str();
    assert_eq!(header.unwrap(), format!("hmac-sha256={}", hex(&mac)));
    let listed = bench.world.listed(&hook).await;
    let result = &listed["lastNotificationResult"];
    assert_eq!(
        (&result["success"], &result["retryNumber"]),
        (&json!(true), &json!(0))
    );
    assert!(result["durationMs"].is_number() && result.get("error").is_none());
    let at = &listed["lastSuccessfulNotificationTime"];
    assert_eq!((at, at.is_string()), (&result["completionTimestamp"], true));
}

#[tokio::test]
async fn one_ping_covers_all_that_is_there_when_it_is_sent() {
    let bench = Bench::new(ResponseTemplate::new(204)).await;
    let (hook, _) = bench.watch().await;
    for _ in 0..5 {
        bench.write().await;
    }
    bench.run().await;
    assert_eq!(bench.received().await.len(), 1);
    assert_eq!(
        bench.world.listed(&hook).await["lastNotificationResult"]["success"],
        true
    );
    bench.write().await;
    bench.run().await;
    assert_eq!(bench.received().await.len(), 2);
    // Nothing that passes the filters, nothing to tell.
    bench
        .world
        .describe_tasks(json!({"description": "x"}))
        .await;
    bench.make().await;
    bench.run().await;
    assert_eq!(bench.received().await.len(), 2);
}

#[tokio::test]
async fn what_is_made_while_a_ping_is_on_its_way_gets_its_own() {
    let slow = ResponseTemplate::new(200).set_delay(Duration::from_millis(400));
    let bench = Bench::new(slow).await;
    bench.watch().await;
    bench.write().await;
    let writing = async {
        while bench.received().await.is_empty() {
            tokio::task::yield_now().await;
        }
        bench.write().await;
    };
    tokio::join!(bench.run(), writing);
    bench.run().await;
    assert_eq!(bench.received().await.len(), 2);
}

#[tokio::test]
async fn a_failing_receiver_is_tried_for_a_day_and_then_left_alone() {
    let bench = Bench::new(ResponseTemplate::new(503)).await;
    let (hook, _) = bench.watch().await;
    bench.write().await;
    bench.run().await;
    let listed = bench.world.listed(&hook).await;
    let result = &listed["lastNotificationResult"];
    let text = "The HTTP request returned a 503 status code instead of 200 or 204";
    assert_eq!(result["error"]["message"], text);
    assert_eq!(
        (&result["success"], &result["willBeRetried"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(listed["areNotificationsEnabled"], true);
    bench.write().await;
    bench.run().await;
    assert_eq!(
        bench.received().await.len(),
        1,
        "the next attempt tells of this too"
    );
    let mut waited = Duration::ZERO;
    while bench.world.listed(&hook).await["areNotificationsEnabled"] == true {
        bench.world.fixture.app.clock.advance(STEP);
        bench.run().await;
        waited += STEP;
        assert!(waited <= DAY, "{:?}", bench.received().await.len());
    }
    assert_eq!(bench.received().await.len(), 13);
    let listed = bench.world.listed(&hook).await;
    let result = &listed["lastNotificationResult"];
    assert_eq!(
        (&result["willBeRetried"], &result["retryNumber"]),
        (&json!(false), &json!(12))
    );
    assert_eq!(listed["lastSuccessfulNotificationTime"], Value::Null);
    assert_eq!(listed["isHookEnabled"], true);
    bench.write().await;
    bench.run().await;
    assert_eq!(bench.received().await.len(), 13);
    assert_eq!(bench.world.payloads(&hook).await.len(), 3, "payloads go on");
    bench.answer(ResponseTemplate::new(200)).await;
    let path = bench.world.path(&format!("/{hook}/enableNotifications"));
    let enabled = bench
        .world
        .owner()
        .post(&path, json!({"enable": true}))
        .await;
    assert_eq!(enabled.expect(200).text, "{}");
    bench.write().await;
    bench.run().await;
    assert_eq!(bench.received().await.len(), 1);
    let listed = bench.world.listed(&hook).await;
    assert_eq!(listed["lastNotificationResult"]["success"], true);
}

#[tokio::test]
async fn pings_that_are_switched_off_or_whose_webhook_is_deleted_are_not_sent() {
    let bench = Bench::new(ResponseTemplate::new(200)).await;
    let (silent, _) = bench.watch().await;
    let (deleted, _) = bench.watch().await;
    bench.write().await;
    let path = bench.world.path(&format!("/{silent}/enableNotifications"));
    let owner = bench.world.owner();
    owner
        .post(&path, json!({"enable": false}))
        .await
        .expect(200);
    let path = bench.world.path(&format!("/{deleted}"));
    owner.delete(&path).await.expect(200);
    bench.write().await;
    bench.run().await;
    assert!(bench.received().await.is_empty());
    let listed = bench.world.listed(&silent).await;
    assert_eq!(listed["areNotificationsEnabled"], false);
    assert_eq!(bench.world.payloads(&silent).await.len(), 2);
}

#[tokio::test]
async fn no_ping_goes_where_the_server_must_not_call() {
    let world = World::with_settings(|settings| settings.durable.workers = 0).await;
    let data = json!({"dataTypes": ["tableData"]});
    for url in [
        "http://127.0.0.1:1/",
        "https://10.0.0.1/",
        "https://[::1]/",
        "http://example.com/",
        "https://example.com:1/",
        "file:///x",
        "x",
    ] {
        let refused = world.create(data.clone(), Value::Null, json!(url)).await;
        let error = refused.expect(422).json["error"].clone();
        assert_eq!(error["type"], "INVALID_REQUEST_UNKNOWN");
        assert!(
            error["message"]
                .as_str()
                .unwrap()
                .starts_with("notificationUrl: ")
        );
    }
    // What a name means is known only when it is looked up.
    let made = world
        .create(data, Value::Null, json!("https://localhost/"))
        .await;
    let hook = made.expect(200).json["id"].as_str().unwrap().to_owned();
    world.fixture.create("Tasks", json!({"Name": "A"})).await;
    world.listed(&hook).await;
    let kernel = world.fixture.app.kernel();
    while kernel.run_due().await.unwrap() > 0 {}
    let listed = world.listed(&hook).await;
    let message = &listed["lastNotificationResult"]["error"]["message"];
    assert_eq!(
        *message,
        "The HTTP request failed: this host may not be called"
    );
}
