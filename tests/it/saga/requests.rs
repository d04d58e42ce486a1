use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::bench::Bench;

fn request(url: &str, more: Value) -> Value {
    let mut http = json!({"url": url});
    let members = more.as_object().unwrap().clone();
    http.as_object_mut().unwrap().extend(members);
    json!({"id": "call", "kind": "R", "action": {"http": http}, "arguments": {"name": "${input.name}"}})
}

async fn keys(server: &MockServer) -> Vec<String> {
    let received = server.received_requests().await.unwrap();
    let key = |request: &wiremock::Request| {
        let key = request.headers.get("idempotency-key").unwrap();
        key.to_str().unwrap().to_owned()
    };
    received.iter().map(key).collect()
}

#[tokio::test]
async fn a_failing_request_is_sent_again_later_with_the_same_key_until_it_succeeds() {
    let (bench, server) = (Bench::new().await, MockServer::start().await);
    Mock::given(method("POST"))
        .and(path("/orders/a%2Fb"))
        .respond_with(ResponseTemplate::new(503))
        .up_to_n_times(2)
        .mount(&server)
        .await;
    Mock::given(method("POST"))
        .and(path("/orders/a%2Fb"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"order": 7})))
        .mount(&server)
        .await;
    let url = format!("{}/orders/${{input.name}}", server.uri());
    let steps = json!([request(&url, json!({"deduplicates": true}))]);
    bench.define("order", steps).await;
    let id = bench.start("order", json!({"name": "a/b"})).await;
    bench.work().await;
    let waits = bench.run(&id).await["status"] != "completed";
    assert!(waits, "further attempts take their time");
    let run = bench.finish(&id).await;
    assert_eq!(run["status"], "completed", "{run}");
    let keys = keys(&server).await;
    assert_eq!(keys.len(), 3);
    assert!(keys.iter().all(|key| *key == keys[0] && key.contains(&id)));
    let step = &bench.steps(&id).await[0];
    assert_eq!(step["assurance"], "keyed");
    assert_eq!(step["result"]["body"]["order"], 7);
    let sent = server.received_requests().await.unwrap();
    let body: Value = sent[0].body_json().unwrap();
    assert_eq!(body, json!({"name": "a/b"}));
}

#[tokio::test]
async fn a_request_that_may_have_arrived_is_not_sent_again_unless_its_receiver_deduplicates() {
    let (bench, server) = (Bench::new().await, MockServer::start().await);
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(500))
        .mount(&server)
        .await;
    let mut step = request(&format!("{}/mail", server.uri()), json!({}));
    step["kind"] = json!("P");
    bench
        .define("mail", json!([bench.make("a", "A"), step]))
        .await;
    let id = bench.start("mail", json!({"name": "x"})).await;
    let run = bench.finish(&id).await;
    assert_eq!(run["status"], "compensated");
    assert_eq!(run["error"]["code"], "may_have_been_sent");
    assert_eq!(keys(&server).await.len(), 1);
    assert_eq!(bench.steps(&id).await[1]["assurance"], "unverified");
    assert_eq!(bench.tasks().await, Vec::<String>::new());
}

#[tokio::test]
async fn only_an_answer_that_proves_that_nothing_happened_has_a_request_sent_again() {
    for (status, is_sent_again) in [
        (408, false),
        (502, false),
        (503, false),
        (504, false),
        (524, false),
        (425, true),
        (429, true),
    ] {
        let (bench, server) = (Bench::new().await, MockServer::start().await);
        Mock::given(method("POST"))
            .respond_with(ResponseTemplate::new(status))
            .up_to_n_times(1)
            .mount(&server)
            .await;
        Mock::given(method("POST"))
            .respond_with(ResponseTemplate::new(200))
            .mount(&server)
            .await;
        let url = format!("{}/mail", server.uri());
        bench
            .define("mail", json!([request(&url, json!({}))]))
            .await;
        let id = bench.start("mail", json!({"name": "x"})).await;
        let run = bench.finish(&id).await;
        let (ends, code, sent) = match is_sent_again {
            true => ("completed", Value::Null, 2),
            false => ("compensated", json!("may_have_been_sent"), 1),
        };
        assert_eq!(run["status"], ends, "{status}: {run}");
        assert_eq!(run["error"]["code"], code, "{status}: {run}");
        assert_eq!(keys(&server).await.len(), sent, "{status}");
    }
}

#[tokio::test]
async fn a_request_is_taken_back_by_its_own_compensation() {
    let (bench, server) = (Bench::new().await, MockServer::start().await);
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(201).set_body_json(json!({"id": 5})))
        .mount(&server)
        .await;
    Mock::given(method("DELETE"))
        .and(path("/hotel/5"))
        .respond_with(ResponseTemplate::new(404))
        .expect(1)
        .mount(&server)
        .await;
    let mut book = request(
        &format!("{}/hotel", server.uri()),
        json!({"deduplicates": true}),
    );
    book["kind"] = json!("C");
    let url = format!("{}/hotel/${{steps.call.result.body.id}}", server.uri());
    book["compensation"] = json!({"action": {"http": {"method": "DELETE", "url": url}}});
    bench
        .define("trip", json!([book, bench.fail("flight")]))
        .await;
    let id = bench.start("trip", json!({"name": "x"})).await;
    assert_eq!(bench.finish(&id).await["status"], "compensated");
    let keys = keys(&server).await;
    assert_eq!(keys.len(), 2);
    assert_ne!(keys[0], keys[1]);
}

#[tokio::test]
async fn a_saga_reaches_nobody_it_should_not() {
    let bench = Bench::new().await;
    let put = |url: &str| {
        let body = bench.definition(json!([request(url, json!({}))]));
        let owner = bench.owner.clone();
        async move { owner.put("/api/saga/definitions/forged", body).await }
    };
    for url in [
        "${input.url}",
        "https://${input.host}/",
        "https://example.org${input.rest}",
        "file:///etc/passwd",
    ] {
        put(url).await.expect_problem(422, "invalid_request");
    }
    // Where a cloud keeps the keys of its machines.
    put("https://169.254.169.254/latest/meta-data/")
        .await
        .expect(200);
    let id = bench.start("forged", json!({"name": "x"})).await;
    let run = bench.finish(&id).await;
    assert_eq!(run["error"]["code"], "blocked_target", "{run}");
}
