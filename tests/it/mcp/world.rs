use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Actor, Answer, TestApp};

pub(super) const ACCEPT: &str = "application/json, text/event-stream";
pub(super) const MODERN: &str = "2026-07-28";
pub(super) const LEGACY: &str = "2025-11-25";

/// An instance with a base of tasks and people, and its owner.
pub(super) struct World {
    pub(super) app: TestApp,
    pub(super) owner: Actor,
    pub(super) base: String,
}

impl World {
    pub(super) async fn new() -> Self {
        Self::trusting(10).await
    }

    /// One that lets calls touch this many records unasked.
    pub(super) async fn trusting(confirm_above: usize) -> Self {
        let app = TestApp::with_settings(|settings| {
            settings.mcp.confirm_above = confirm_above;
            // Sessions outlive the questions that tests let expire.
            settings.identity.access_ttl = Duration::from_secs(3600);
        })
        .await;
        let owner = app.owner().await;
        let workspace = app.workspace_of(&owner).await;
        let choices = json!({"choices": [{"name": "Open"}, {"name": "Done"}]});
        let tables = json!([
            {"name": "Tasks", "fields": [
                {"name": "Name", "type": "singleLineText"},
                {"name": "Status", "type": "singleSelect", "options": choices},
                {"name": "Points", "type": "number", "options": {"precision": 0}},
            ]},
            {"name": "People", "fields": [{"name": "Name", "type": "singleLineText"}]},
        ]);
        let body = json!({"workspace_id": workspace, "name": "Work", "tables": tables});
        let made = owner
            .post("/api/airtable/bases", body)
            .await
            .expect(201)
            .json;
        let base = made["id"].as_str().unwrap().to_owned();
        Self { app, owner, base }
    }

    /// Adds this many tasks, `Task 0` and so on.
    pub(super) async fn add_tasks(&self, count: usize) -> Vec<String> {
        let records: Vec<Value> = (0..count)
            .map(|n| json!({"Name": format!("Task {n}"), "Points": n, "Status": "Open"}))
            .collect();
        let report = self
            .ok(
                "batch_create_records",
                json!({"table_id": "Tasks", "records": records}),
            )
            .await;
        assert_eq!(report["created_count"], count, "{report}");
        let results = report["results"].as_array().unwrap();
        results
            .iter()
            .map(|result| result["id"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Calls a tool of the owner's; answers whether it worked, and its JSON.
    pub(super) async fn call(&self, name: &str, arguments: Value) -> (bool, Value) {
        self.call_as(&self.owner, name, arguments).await
    }

    pub(super) async fn call_as(
        &self,
        who: &Actor,
        name: &str,
        mut arguments: Value,
    ) -> (bool, Value) {
        const WITHOUT_BASE: [&str; 5] = [
            "list_bases",
            "sync_tables",
            "list_changes",
            "undo_changes",
            "preview_changes",
        ];
        if arguments.get("base_id").is_none() && !WITHOUT_BASE.contains(&name) {
            arguments["base_id"] = json!(self.base);
        }
        let answer = modern(
            who,
            "tools/call",
            json!({"name": name, "arguments": arguments}),
        )
        .await;
        let result = &answer.expect(200).json["result"];
        let text = result["content"][0]["text"]
            .as_str()
            .unwrap_or_else(|| panic!("{result}"));
        let value: Value = serde_json::from_str(text).unwrap();
        let success = result["isError"] == false;
        if success {
            assert_eq!(result["structuredContent"], value);
        } else {
            assert!(result.get("structuredContent").is_none());
            for member in ["code", "message", "next"] {
                assert!(value[member].is_string(), "{member}: {value}");
            }
        }
        (success, value)
    }

    /// As [`World::call`], approving as the owner when asked, and failing the test when the tool fails.
    pub(super) async fn ok(&self, name: &str, arguments: Value) -> Value {
        let (mut success, mut value) = self.call(name, arguments.clone()).await;
        if value["code"] == "approval_required" {
            self.owner.approve(&value).await;
            (success, value) = self.call(name, arguments).await;
        }
        assert!(success, "{name}: {value}");
        value
    }

    /// Calls a tool that must fail with this code.
    pub(super) async fn fault(&self, name: &str, arguments: Value, code: &str) -> Value {
        let (success, value) = self.call(name, arguments).await;
        assert!(!success, "{name}: {value}");
        assert_eq!(value["code"], code, "{value}");
        value
    }
}

/// A request of revision 2026-07-28.
pub(super) async fn modern(who: &Actor, method: &str, mut params: Value) -> Answer {
    params["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!(MODERN);
    let capabilities = &mut params["_meta"]["io.modelcontextprotocol/clientCapabilities"];
    if capabilities.is_null() {
        *capabilities = json!({});
    }
    let mut headers = vec![
        ("mcp-protocol-version", MODERN.to_owned()),
        ("mcp-method", method.to_owned()),
    ];
    let name = params
        .get("name")
        .or(params.get("uri"))
        .and_then(Value::as_str);
    if let Some(name) =
        name.filter(|_| ["tools/call", "prompts/get", "resources/read"].contains(&method))
    {
        headers.push(("mcp-name", name.to_owned()));
    }
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
    raw(who, &headers, &body).await
}

/// A request of the era before.
pub(super) async fn legacy(who: &Actor, method: &str, params: Value) -> Answer {
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
    raw(who, &[("mcp-protocol-version", LEGACY.to_owned())], &body).await
}

/// A POST with exactly these headers beside the usual media types.
pub(super) async fn raw(who: &Actor, headers: &[(&str, String)], body: &Value) -> Answer {
    let mut request = who
        .request(Method::POST, "/mcp")
        .header("accept", ACCEPT)
        .json(body);
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    who.send(request).await
}
