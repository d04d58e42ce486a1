use std::error::Error;
use std::io::ErrorKind;
use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::support::TestStandIn;

/// A request that makes a record.
fn create(stand_in: &TestStandIn, name: &str) -> RequestBuilder {
    let request = stand_in
        .script
        .request(Method::POST, &stand_in.path("Tasks"));
    request.json(&json!({"fields": {"Name": name}}))
}

async fn has_record(stand_in: &TestStandIn, name: &str) -> bool {
    let path = stand_in.path("Tasks?fields[]=Name");
    let page = stand_in.script.get(&path).await.expect(200).json;
    crate::v0::fixture::names(&page).contains(&name.to_owned())
}

/// The only effect there may be, and the fault that hid its answer.
async fn hidden_by(stand_in: &TestStandIn) -> Option<String> {
    let ledger = stand_in.ledger(0).await;
    assert!(ledger.len() <= 1, "{ledger:?}");
    let effect = ledger.first()?;
    assert_eq!(effect["created"].as_array().unwrap().len(), 1);
    Some(effect["fault"].as_str().unwrap_or("nothing").to_owned())
}

fn is_reset(error: &reqwest::Error) -> bool {
    let mut cause: Option<&dyn Error> = Some(error);
    while let Some(one) = cause {
        if let Some(io) = one.downcast_ref::<std::io::Error>() {
            return io.kind() == ErrorKind::ConnectionReset;
        }
        cause = one.source();
    }
    false
}

/// Looks again and again until it is so.
async fn becomes(is_so: impl AsyncFn() -> bool) {
    for _ in 0..LOOKS {
        if is_so().await {
            return;
        }
    }
    panic!("it does not come to pass");
}

/// Waits until the first rule of the plan has struck.
async fn struck(stand_in: &TestStandIn) {
    let is_struck = async || stand_in.counts().await["faults"][0]["struck"] != 0;
    becomes(is_struck).await;
}

const LOOKS: usize = 5000;
const FIRST_POST: &str = "methods = [\"POST\"]\nnth = 1\n";

fn plan(kind: &str) -> String {
    format!("[limits]\nenabled = false\n[[faults]]\n{kind}\n{FIRST_POST}")
}

#[tokio::test]
async fn an_error_before_the_effect_leaves_nothing_and_one_behind_it_hides_it() {
    for (when, effect) in [("before", None), ("after", Some("status"))] {
        for (status, body) in [
            (500, json!({"error": {"type": "SERVER_ERROR"}})),
            (502, Value::Null),
            (503, json!("RETRIABLE_ERROR")),
            (429, json!("RATE_LIMIT_REACHED")),
        ] {
            let kind = format!("kind = \"status\"\nstatus = {status}\nwhen = \"{when}\"");
            let stand_in = TestStandIn::new(&plan(&kind)).await;
            let answer = stand_in
                .script
                .send(create(&stand_in, "A"))
                .await
                .expect(status);
            match body {
                Value::String(kind) => assert_eq!(answer.json["error"]["type"], kind),
                body => assert_eq!(answer.json, body),
            }
            assert_eq!(hidden_by(&stand_in).await.as_deref(), effect);
            assert_eq!(has_record(&stand_in, "A").await, effect.is_some());
            stand_in
                .script
                .send(create(&stand_in, "B"))
                .await
                .expect(200);
        }
    }
}

#[tokio::test]
async fn a_connection_is_reset_before_the_effect_or_behind_it() {
    for (when, effect) in [("before", None), ("after", Some("reset"))] {
        let stand_in =
            TestStandIn::new(&plan(&format!("kind = \"reset\"\nwhen = \"{when}\""))).await;
        let error = create(&stand_in, "A").send().await.unwrap_err();
        assert!(is_reset(&error), "{error:?}");
        assert_eq!(hidden_by(&stand_in).await.as_deref(), effect);
        assert_eq!(has_record(&stand_in, "A").await, effect.is_some());
        stand_in
            .script
            .send(create(&stand_in, "B"))
            .await
            .expect(200);
    }
}

#[tokio::test]
async fn a_wait_ends_when_the_clock_says_so_before_the_effect_or_behind_it() {
    for (when, effects) in [("before", 0), ("after", 1)] {
        let kind = format!("kind = \"latency\"\nms = [600000, 600001]\nwhen = \"{when}\"");
        let stand_in = TestStandIn::new(&plan(&kind)).await;
        let waiting = tokio::spawn(create(&stand_in, "A").send());
        struck(&stand_in).await;
        becomes(async || stand_in.ledger(0).await.len() >= effects).await;
        stand_in.clock.advance(Duration::from_secs(599));
        assert_eq!(stand_in.ledger(0).await.len(), effects);
        assert!(!waiting.is_finished());
        stand_in.clock.advance(Duration::from_secs(2));
        assert_eq!(waiting.await.unwrap().unwrap().status(), 200);
        assert_eq!(hidden_by(&stand_in).await.as_deref(), Some("nothing"));
    }
}

#[tokio::test]
async fn who_hangs_up_does_not_take_back_what_was_asked_for() {
    let stand_in = TestStandIn::new(&plan("kind = \"latency\"\nms = 600000")).await;
    let address = stand_in.url.strip_prefix("http://").unwrap();
    let mut line = TcpStream::connect(address).await.unwrap();
    let body = r#"{"fields": {"Name": "A"}}"#;
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\nContent-Length: {}\r\n\r\n{body}",
        stand_in.path("Tasks"),
        stand_in.script.token().unwrap(),
        body.len()
    );
    line.write_all(head.as_bytes()).await.unwrap();
    struck(&stand_in).await;
    line.set_zero_linger().unwrap();
    drop(line);
    assert!(!has_record(&stand_in, "A").await);
    stand_in.clock.advance(Duration::from_secs(601));
    becomes(async || !stand_in.ledger(0).await.is_empty()).await;
    assert!(has_record(&stand_in, "A").await);
}

#[tokio::test]
async fn a_slow_answer_comes_byte_by_byte_and_whole() {
    let stand_in = TestStandIn::new(&plan("kind = \"slow_body\"\nbytes_per_second = 1")).await;
    let mut answer = create(&stand_in, "A").send().await.unwrap();
    let length = answer.content_length().unwrap();
    let mut body = answer.chunk().await.unwrap().unwrap().to_vec();
    assert!(
        (body.len() as u64) < length / 2,
        "{} of {length}",
        body.len()
    );
    assert_eq!(hidden_by(&stand_in).await.as_deref(), Some("slow_body"));
    stand_in.clock.advance(Duration::from_secs(length));
    while let Some(chunk) = answer.chunk().await.unwrap() {
        body.extend_from_slice(&chunk);
    }
    let record: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(record["fields"]["Name"], "A");
}

#[tokio::test]
async fn a_malformed_answer_calls_itself_json_and_is_none() {
    let stand_in = TestStandIn::new(&plan("kind = \"malformed_json\"")).await;
    let answer = stand_in
        .script
        .send(create(&stand_in, "A"))
        .await
        .expect(200);
    assert!(
        answer
            .header("content-type")
            .starts_with("application/json")
    );
    assert!(
        answer.text.starts_with("{\"id\":\"rec") && answer.json == Value::Null,
        "{}",
        answer.text
    );
    assert_eq!(
        hidden_by(&stand_in).await.as_deref(),
        Some("malformed_json")
    );
}

#[tokio::test]
async fn the_same_seed_strikes_the_same_requests() {
    let run = |seed: u64| async move {
        let text = "[limits]\nenabled = false\n[[faults]]\nkind = \"status\"\nstatus = 500\nprobability = 0.5\n";
        let stand_in = TestStandIn::new(&format!("seed = {seed}\n{text}")).await;
        let mut statuses = Vec::new();
        for _ in 0..40 {
            statuses.push(stand_in.script.get(&stand_in.path("Tasks")).await.status);
        }
        statuses
    };
    let first = run(1).await;
    assert_eq!(first, run(1).await);
    assert_ne!(first, run(2).await);
    assert!(first.contains(&200) && first.contains(&500));
}
