use std::time::Duration;

use pyairtable::platform::durable::NewRun;
use pyairtable::platform::settings::Settings;
use serde_json::{Value, json};
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::world::{Part, World, png};

/// With what is lost by looking only at every step.
const A_WHILE: Duration = Duration::from_secs(3 * 3600);
const STEP: Duration = Duration::from_secs(300);

/// A world with a server of files.
struct Bench {
    world: World,
    server: MockServer,
}

impl Bench {
    async fn new() -> Self {
        Self::with_settings(|_| {}).await
    }

    async fn with_settings(change: impl FnOnce(&mut Settings)) -> Self {
        Self {
            world: World::with_settings(change).await,
            server: MockServer::start().await,
        }
    }

    async fn serve(&self, at: &str, answer: ResponseTemplate) -> Value {
        let mock = Mock::given(path(at)).respond_with(answer);
        mock.mount(&self.server).await;
        json!(format!("{}{at}", self.server.uri()))
    }

    async fn hits(&self) -> usize {
        self.server.received_requests().await.unwrap().len()
    }

    /// A record with the file of a URL, which was tried once.
    async fn fetched(&self, url: &Value) -> Value {
        let record = self.world.record(json!([{"url": url}])).await;
        self.world.run().await;
        self.world.files(&record).await.remove(0)
    }
}

fn file(bytes: &[u8], content_type: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(bytes, content_type)
}

#[tokio::test]
async fn a_url_is_answered_at_once_and_its_file_comes_later() {
    let bench = Bench::new().await;
    let picture = png(100, 50);
    let url = bench
        .serve("/a%20picture.png", file(&picture, "image/png"))
        .await;
    let body = json!({"fields": {"Files": [{"url": url}, {"url": url, "filename": "other.png"}]}});
    let path = bench.world.fixture.path("Tasks");
    let made = bench.world.owner().post(&path, body).await.expect(200).json;
    let given = &made["fields"]["Files"];
    assert_eq!(
        given[0],
        json!({"id": given[0]["id"], "url": url, "filename": "a picture.png"})
    );
    assert_eq!(given[1]["filename"], "other.png");
    assert_eq!(bench.hits().await, 0);
    bench.world.run().await;
    let record = made["id"].as_str().unwrap();
    let files = bench.world.files(record).await;
    for (file, given) in files.iter().zip(given.as_array().unwrap()) {
        assert_eq!(
            (&file["id"], &file["filename"]),
            (&given["id"], &given["filename"])
        );
        assert_eq!(file["size"], picture.len());
        assert_eq!(
            (&file["type"], &file["width"]),
            (&json!("image/png"), &json!(100))
        );
        assert_eq!(file["thumbnails"]["small"]["height"], 36);
        bench.world.follow(&file["url"]).await.expect(200);
    }
    // The person's change is the person's, what followed is not.
    let page = format!("/api/airtable/bases/{}/changes", bench.world.fixture.base);
    let page = bench.world.owner().get(&page).await.expect(200).json;
    assert_eq!(page["items"][0]["by"]["name"], "PyAirtable");
    assert_eq!(page["items"][2]["by"]["name"], "Olga Owner");
}

#[tokio::test]
async fn what_is_listed_again_by_its_id_stays_whole() {
    let bench = Bench::new().await;
    let url = bench.serve("/a.txt", file(b"text", "text/plain")).await;
    let record = bench.world.record(json!([{"url": url}])).await;
    // Before the file has come, and after.
    for _ in 0..2 {
        let before = bench.world.files(&record).await;
        let id = &before[0]["id"];
        bench
            .world
            .set(&record, json!([{"id": id}]))
            .await
            .expect(200);
        assert_eq!(bench.world.files(&record).await, before);
        bench.world.run().await;
    }
    assert_eq!(bench.world.files(&record).await[0]["size"], 4);
    assert_eq!(bench.hits().await, 1);
    let whole = bench.world.files(&record).await;
    bench.world.set(&record, json!(whole)).await.expect(200);
    assert_eq!(bench.world.files(&record).await, whole);
    let unknown = json!([{"id": "att00000000000000"}]);
    let refused = bench.world.set(&record, unknown).await.expect(422);
    assert_eq!(refused.json["error"]["type"], "INVALID_ATTACHMENT_OBJECT");
}

#[tokio::test]
async fn a_link_of_this_instance_is_copied_and_not_called() {
    let bench = Bench::new().await;
    let from = bench.world.record(json!([])).await;
    let part = [Part::file("a.txt", "text/plain", b"text")];
    bench.world.upload(&from, &part).await.expect(201);
    let original = bench.world.files(&from).await.remove(0);
    let to = bench.world.record(json!([{"url": original["url"]}])).await;
    bench.world.run().await;
    let copy = bench.world.files(&to).await.remove(0);
    assert_ne!(copy["id"], original["id"]);
    assert_eq!(
        (&copy["filename"], &copy["size"]),
        (&json!("a.txt"), &json!(4))
    );
    bench.world.follow(&copy["url"]).await.expect(200);
}

#[tokio::test]
async fn a_failing_server_is_tried_again_and_the_reason_stays_with_the_attachment() {
    let mut bench = Bench::new().await;
    bench.world = bench.world.for_months().await;
    let url = bench.serve("/busy", ResponseTemplate::new(503)).await;
    let record = bench.world.record(json!([{"url": url}])).await;
    bench.world.run().await;
    assert!(bench.world.files(&record).await[0].get("error").is_none());
    let mut waited = Duration::ZERO;
    while bench.world.files(&record).await[0].get("error").is_none() {
        bench.world.fixture.app.clock.advance(STEP);
        bench.world.run().await;
        waited += STEP;
        assert!(waited <= A_WHILE, "{}", bench.hits().await);
    }
    assert_eq!(bench.hits().await, 7);
    let file = bench.world.files(&record).await.remove(0);
    assert_eq!(
        file["error"],
        json!({"type": "bad_status", "message": "the server answered with status 503"})
    );
    assert_eq!((&file["url"], file.get("size")), (&url, None));
}

#[tokio::test]
async fn what_will_never_come_is_not_tried_again() {
    let bench = Bench::with_settings(|settings| settings.files.fetch_limit = 100).await;
    let gone = bench.serve("/gone", ResponseTemplate::new(404)).await;
    assert_eq!(bench.fetched(&gone).await["error"]["type"], "bad_status");
    let large = bench
        .serve("/large", file(&[b'x'; 101], "text/plain"))
        .await;
    assert_eq!(bench.fetched(&large).await["error"]["type"], "too_large");
    let fits = bench.serve("/fits", file(&[b'x'; 100], "text/plain")).await;
    assert_eq!(bench.fetched(&fits).await["size"], 100);
    assert_eq!(bench.hits().await, 3);
}

#[tokio::test]
async fn private_addresses_are_not_called_not_even_by_a_detour() {
    let bench = Bench::new().await;
    for (url, code) in [
        ("http://10.0.0.1/a", "blocked_target"),
        ("http://169.254.169.254/latest/meta-data", "blocked_target"),
        ("https://[::1]/a", "blocked_target"),
    ] {
        assert_eq!(
            bench.fetched(&json!(url)).await["error"]["type"],
            code,
            "{url}"
        );
    }
    let strict = Bench::with_settings(|settings| settings.outbound.allow_private.clear()).await;
    for (url, code) in [
        ("http://127.0.0.1/a", "blocked_target"),
        ("http://example.com/a", "scheme_not_allowed"),
        ("https://example.com:22/a", "port_not_allowed"),
        ("https://user:secret@example.com/a", "bad_url"),
    ] {
        assert_eq!(
            strict.fetched(&json!(url)).await["error"]["type"],
            code,
            "{url}"
        );
    }
    let to = |target: &str| ResponseTemplate::new(302).insert_header("location", target);
    let away = bench.serve("/away", to("http://10.0.0.1/a")).await;
    assert_eq!(
        bench.fetched(&away).await["error"]["type"],
        "blocked_target"
    );
    bench.serve("/end", file(b"text", "text/plain")).await;
    for at in 1..=4 {
        let target = if at == 1 {
            "/end".to_owned()
        } else {
            format!("/r{}", at - 1)
        };
        bench.serve(&format!("/r{at}"), to(&target)).await;
    }
    let at = |at: &str| json!(format!("{}{at}", bench.server.uri()));
    assert_eq!(bench.fetched(&at("/r3")).await["size"], 4);
    assert_eq!(
        bench.fetched(&at("/r4")).await["error"]["type"],
        "redirect_refused"
    );
    // What is no URL at all is refused at once.
    let record = bench.world.record(json!([])).await;
    for url in [
        "data:text/plain,a",
        "file:///etc/passwd",
        "javascript:1",
        "",
    ] {
        let refused = bench
            .world
            .set(&record, json!([{"url": url}]))
            .await
            .expect(422);
        assert_eq!(refused.json["error"]["type"], "INVALID_ATTACHMENT_OBJECT");
    }
}

#[tokio::test]
async fn a_slow_server_does_not_hold_the_run_for_ever() {
    let bench = Bench::with_settings(|settings| {
        settings.outbound.total_timeout = Duration::from_millis(200);
    })
    .await;
    let slow = file(b"text", "text/plain").set_delay(Duration::from_secs(60));
    let url = bench.serve("/slow", slow).await;
    let file = bench.fetched(&url).await;
    assert_eq!(
        (&file["url"], file.get("error")),
        (&url, None),
        "it is tried again"
    );
}

#[tokio::test]
async fn a_file_that_is_there_already_is_neither_fetched_nor_told_twice() {
    let bench = Bench::new().await;
    let url = bench.serve("/a.txt", file(b"text", "text/plain")).await;
    let done = bench.fetched(&url).await;
    let changes = format!("/api/airtable/bases/{}/changes", bench.world.fixture.base);
    let before = bench.world.owner().get(&changes).await.expect(200).text;
    let tenant = bench.world.fixture.tenant().await;
    let run = NewRun::new("airtable.attachment", json!({"attachment": done["id"]}));
    bench
        .world
        .fixture
        .app
        .platform
        .durable
        .start(tenant, run)
        .await
        .unwrap();
    bench.world.run().await;
    assert_eq!(bench.hits().await, 1);
    assert_eq!(
        bench.world.owner().get(&changes).await.expect(200).text,
        before
    );
}

#[tokio::test]
async fn a_run_that_died_with_the_file_in_the_store_ends_well_the_next_time() {
    let bench = Bench::new().await;
    let url = bench.serve("/a.txt", file(b"text", "text/plain")).await;
    // The store as the dead run left it: the file is there, and no row names it.
    let other = bench.world.record(json!([])).await;
    let part = [Part::file("a.txt", "text/plain", b"text")];
    bench.world.upload(&other, &part).await.expect(201);
    bench
        .world
        .fixture
        .tamper(&["DELETE FROM airtable_attachments"])
        .await;
    assert_eq!(bench.fetched(&url).await["size"], 4);
    assert_eq!(bench.world.stored(), 1);
}

#[tokio::test]
async fn an_attachment_that_was_removed_meanwhile_stays_removed() {
    let bench = Bench::new().await;
    let url = bench.serve("/a.txt", file(b"text", "text/plain")).await;
    let record = bench.world.record(json!([{"url": url}])).await;
    bench.world.set(&record, Value::Null).await.expect(200);
    let deleted = bench.world.record(json!([{"url": url}])).await;
    let path = bench.world.fixture.path(&format!("Tasks/{deleted}"));
    bench.world.owner().delete(&path).await.expect(200);
    bench.world.run().await;
    assert!(bench.world.files(&record).await.is_empty());
}
