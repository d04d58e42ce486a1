use actix_web::http::header::USER_AGENT;
use actix_web::{HttpRequest, post, web};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::endpoint::Admitted;
use crate::contracts::{Caller, ToolDescriptor};
use crate::mcp::calls::{Reply, Request};
use crate::mcp::kit::Progress;
use crate::mcp::tools::Tools;
use crate::platform::problem::{Problem, ProblemDocument};

/// What a tool promises about its effects.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::mcp) struct ToolHints {
    /// Changes nothing.
    read_only_hint: bool,
    /// May remove or overwrite something.
    destructive_hint: bool,
    /// Calling twice has the effect of calling once.
    idempotent_hint: bool,
    /// Reaches nothing outside this instance when false.
    open_world_hint: bool,
}

/// A tool that the caller may use.
#[derive(Serialize, ToSchema)]
pub(in crate::mcp) struct ToolResponse {
    /// Unique name.
    name: &'static str,
    /// Short title for people.
    title: &'static str,
    /// What it does, for a model.
    description: &'static str,
    /// JSON Schema of the arguments.
    #[serde(rename = "inputSchema")]
    #[schema(value_type = Object)]
    input_schema: std::sync::Arc<Map<String, Value>>,
    /// JSON Schema of the result.
    #[serde(rename = "outputSchema")]
    #[schema(value_type = Object)]
    output_schema: std::sync::Arc<Map<String, Value>>,
    /// What it promises about its effects.
    annotations: ToolHints,
}

impl From<ToolDescriptor> for ToolResponse {
    fn from(tool: ToolDescriptor) -> Self {
        Self {
            name: tool.name,
            title: tool.title,
            description: tool.description,
            input_schema: tool.input_schema,
            output_schema: tool.output_schema,
            annotations: ToolHints {
                read_only_hint: tool.read_only,
                destructive_hint: tool.destructive,
                idempotent_hint: tool.idempotent,
                open_world_hint: false,
            },
        }
    }
}

/// The tools that the caller may use.
#[derive(Serialize, ToSchema)]
pub(in crate::mcp) struct ToolList {
    /// In a fixed order.
    tools: Vec<ToolResponse>,
}

/// A tool and its arguments.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::mcp) struct CallTool {
    /// Name of the tool.
    name: String,
    /// Its arguments by name.
    #[serde(default)]
    #[schema(value_type = Object)]
    arguments: Map<String, Value>,
}

/// What a tool answered.
#[derive(Serialize, ToSchema)]
pub(in crate::mcp) struct ToolCallResponse {
    /// Whether the tool did its work.
    success: bool,
    /// The structured result; null on failure.
    #[schema(value_type = Option<Object>)]
    result: Option<Box<RawValue>>,
    /// On failure: code, message, and what to do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    error: Option<Box<RawValue>>,
}

/// Lists the tools that the caller may use.
#[utoipa::path(
    tag = "mcp",
    operation_id = "list_tools",
    responses(
        (status = 200, description = "The tools", body = ToolList),
        (status = 401, description = "No valid credential", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "A foreign Host or Origin, or a forged cookie request", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "Asked too often", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 500, description = "The server failed", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "The credential could not be checked", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
#[post("/mcp/tools/list")]
pub(in crate::mcp) async fn list_tools(
    _: Admitted,
    tools: web::Data<Tools>,
    caller: Caller,
) -> web::Json<ToolList> {
    let tools = tools
        .offered(&caller)
        .into_iter()
        .map(ToolResponse::from)
        .collect();
    web::Json(ToolList { tools })
}

/// Calls a tool; work that failed is told in the answer, with status 200.
#[utoipa::path(
    tag = "mcp",
    operation_id = "call_tool",
    request_body = CallTool,
    responses(
        (status = 200, description = "What the tool answered", body = ToolCallResponse),
        (status = 400, description = "The body is no JSON", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "No valid credential", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "A foreign Host or Origin, or a forged cookie request", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "No tool of this name", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 415, description = "The body is not sent as JSON", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "A member of the body is wrong", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "Asked too often", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 500, description = "The server failed", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "The credential could not be checked", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
#[post("/mcp/tools/call")]
pub(in crate::mcp) async fn call_tool(
    _: Admitted,
    tools: web::Data<Tools>,
    caller: Caller,
    request: HttpRequest,
    body: web::Json<CallTool>,
) -> Result<web::Json<ToolCallResponse>, Problem> {
    let CallTool { name, arguments } = body.into_inner();
    let agent = request.headers().get(USER_AGENT);
    let client = agent.and_then(|agent| agent.to_str().ok());
    let call = Request::new(name, arguments, client);
    let reply = tools.run(&caller, call, &Progress::default()).await;
    let outcome = reply.and_then(Reply::outcome).ok_or_else(|| {
        Problem::not_found()
            .detail("There is no tool of this name")
            .next("POST /api/mcp/tools/list to see the tools")
    })?;
    let json: Box<RawValue> =
        serde_json::from_slice(&outcome.json).map_err(|error| Problem::internal().cause(error))?;
    let (result, error) = if outcome.is_error {
        (None, Some(json))
    } else {
        (Some(json), None)
    };
    Ok(web::Json(ToolCallResponse {
        success: !outcome.is_error,
        result,
        error,
    }))
}
