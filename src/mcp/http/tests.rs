use std::sync::Arc;

use actix_web::dev::Service;
use actix_web::http::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, HttpMessage, web};
use serde_json::{Value, json};

use super::fast::FastPath;
use super::{Endpoint, handle};
use crate::contracts::{Actor, CallerState};
use crate::mcp::testing::{ASKS, Memory};
use crate::mcp::tools::Tools;
use crate::platform::clock::Clock;
use crate::platform::settings;

const PLAIN: &str = "application/json, text/event-stream";
/// Means the same and is not plain, so that the library answers.
const ROUNDABOUT: &str = "application/json;q=0.9, text/event-stream";
const MODERN: &str = "2026-07-28";

struct World {
    endpoint: web::Data<Endpoint>,
    memory: Arc<Memory>,
    actor: Arc<Actor>,
}

impl World {
    fn new() -> Self {
        let memory = Memory::new();
        let tools = Tools::new(&memory.services(), Clock::default(), &ASKS);
        let settings = settings::load(settings::Inputs::default())
            .unwrap()
            .settings;
        let endpoint = web::Data::new(Endpoint::new(tools, &settings.server));
        let actor = memory.owner();
        Self {
            endpoint,
            memory,
            actor,
        }
    }

    async fn send(&self, headers: &[(&str, &str)], body: &Value) -> (u16, Value) {
        let actor = self.actor.clone();
        let app = App::new()
            .app_data(self.endpoint.clone())
            .wrap_fn(move |request, service| {
                request
                    .extensions_mut()
                    .insert(CallerState::Known(actor.clone()));
                service.call(request)
            })
            .route("/mcp", web::route().to(handle));
        let app = init_service(app).await;
        let mut request = TestRequest::post()
            .uri("/mcp")
            .insert_header(("host", "localhost"));
        for header in headers {
            request = request.append_header(*header);
        }
        let response = call_service(&app, request.set_json(body).to_request()).await;
        let status = response.status().as_u16();
        let body = read_body(response).await;
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }

    async fn modern(&self, accept: &str, id: Value, params: Value) -> (u16, Value) {
        let name = params["name"].as_str().unwrap().to_owned();
        let body = modern_body(id, params);
        let headers = [
            ("accept", accept),
            ("mcp-protocol-version", MODERN),
            ("mcp-method", "tools/call"),
            ("mcp-name", &name),
        ];
        self.send(&headers, &body).await
    }

    async fn legacy(&self, accept: &str, id: Value, params: Value) -> (u16, Value) {
        let body = json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params});
        self.send(
            &[("accept", accept), ("mcp-protocol-version", "2025-11-25")],
            &body,
        )
        .await
    }
}

fn modern_body(id: Value, mut params: Value) -> Value {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": MODERN,
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params})
}

#[actix_web::test]
async fn fast_path_and_library_answer_alike_in_both_eras() {
    let world = World::new();
    let rows: Vec<Value> = (0..50)
        .map(|n| json!({"Name": format!("Zoë \"{n}\" \\ \u{7}\n\t<&> 🦀 {n}"), "N": n}))
        .collect();
    let table = world.memory.table("People", &["Name", "N"], &rows);
    let base = world.memory.base.to_string();
    let calls = [
        json!({"name": "get_records", "arguments": {"base_id": base, "table_id": table}}),
        json!({"name": "get_records", "arguments": {"base_id": base, "table_id": table, "max_records": 3}}),
        json!({"name": "get_records", "arguments": {"base_id": base, "table_id": "none"}}),
        json!({"name": "get_records", "arguments": {"bse": "x"}}),
        json!({"name": "list_bases"}),
        json!({"name": "describe_base", "arguments": {"base_id": base, "detail": "full"}}),
    ];
    for params in calls {
        for id in [json!(7), json!("seven")] {
            let fast = world.legacy(PLAIN, id.clone(), params.clone()).await;
            assert_eq!(fast.0, 200);
            assert_eq!(fast.1["id"], id);
            assert!(
                fast.1["result"]["content"][0]["text"].is_string(),
                "{}",
                fast.1
            );
            assert_eq!(
                fast,
                world.legacy(ROUNDABOUT, id.clone(), params.clone()).await
            );

            let fast = world.modern(PLAIN, id.clone(), params.clone()).await;
            assert_eq!(fast.1["result"]["resultType"], "complete", "{}", fast.1);
            assert_eq!(
                fast,
                world.modern(ROUNDABOUT, id.clone(), params.clone()).await
            );
        }
    }
}

#[actix_web::test]
async fn only_plain_calls_take_the_fast_path() {
    let world = World::new();
    let tools = Tools::new(&world.memory.services(), Clock::default(), &ASKS);
    let fast = FastPath::new();
    let call = |accept: &'static str, body: Value| {
        let (tools, fast, actor) = (&tools, &fast, &world.actor);
        async move {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, HeaderValue::from_static(accept));
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            fast.answer(tools, actor, &headers, body.to_string().as_bytes())
                .await
                .is_some()
        }
    };
    let body = |params: Value| json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
    assert!(call(PLAIN, body(json!({"name": "list_bases", "arguments": {}}))).await);
    assert!(!call(ROUNDABOUT, body(json!({"name": "list_bases"}))).await);
    assert!(!call(PLAIN, body(json!({"name": "nope"}))).await);
    assert!(
        !call(
            PLAIN,
            body(json!({"name": "list_bases", "_meta": {"progressToken": 1}}))
        )
        .await
    );
    assert!(
        !call(
            PLAIN,
            body(json!({"name": "list_bases", "requestState": "x"}))
        )
        .await
    );
    assert!(!call(PLAIN, json!([body(json!({"name": "list_bases"}))])).await);
}

#[actix_web::test]
async fn headers_that_disagree_with_the_body_are_refused() {
    let world = World::new();
    let body = modern_body(json!(1), json!({"name": "list_bases"}));
    let usual = [("accept", PLAIN), ("mcp-protocol-version", MODERN)];
    for (method, name) in [("tools/list", "list_bases"), ("tools/call", "list_tables")] {
        let named = [("mcp-method", method), ("mcp-name", name)];
        let (status, answer) = world
            .send(&[usual.as_slice(), &named].concat(), &body)
            .await;
        assert_eq!(
            (status, &answer["error"]["code"]),
            (400, &json!(-32020)),
            "{answer}"
        );
    }
    let (status, answer) = world.send(&usual, &body).await;
    assert_eq!(
        (status, &answer["error"]["code"]),
        (400, &json!(-32020)),
        "{answer}"
    );

    let bare = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "list_bases"}});
    let named = [("mcp-method", "tools/call"), ("mcp-name", "list_bases")];
    let (status, answer) = world
        .send(&[usual.as_slice(), &named].concat(), &bare)
        .await;
    assert_eq!(
        (status, &answer["error"]["code"]),
        (400, &json!(-32602)),
        "{answer}"
    );
}

#[actix_web::test]
async fn unknown_tools_are_invalid_params_and_unknown_versions_are_refused() {
    let world = World::new();
    let (_, answer) = world.modern(PLAIN, json!(1), json!({"name": "nope"})).await;
    assert_eq!(answer["error"]["code"], -32602, "{answer}");
    let (_, answer) = world.legacy(PLAIN, json!(1), json!({"name": "nope"})).await;
    assert_eq!(answer["error"]["code"], -32602, "{answer}");

    let mut body = modern_body(json!(1), json!({"name": "list_bases"}));
    body["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!("2099-01-01");
    let headers = [
        ("accept", PLAIN),
        ("mcp-protocol-version", "2099-01-01"),
        ("mcp-method", "tools/call"),
        ("mcp-name", "list_bases"),
    ];
    let (status, answer) = world.send(&headers, &body).await;
    assert_eq!(
        (status, &answer["error"]["code"]),
        (400, &json!(-32022)),
        "{answer}"
    );
}
