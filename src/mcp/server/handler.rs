use std::sync::Arc;

use rmcp::ServerHandler;
use rmcp::model::CacheScope;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, CompleteRequestParams, CompleteResult,
    ContentBlock, DiscoverResult, ErrorData, GetPromptRequestParams, GetPromptResponse,
    Implementation, ListPromptsResult, ListResourceTemplatesResult, ListResourcesResult,
    ListToolsResult, MetaObject, PaginatedRequestParams, ProgressNotificationParam, ProgressToken,
    ProtocolVersion, ReadResourceRequestParams, ReadResourceResponse, ServerCapabilities,
    ServerConfig, Tool as McpTool, ToolAnnotations,
};
use rmcp::service::{RequestContext, RoleServer};
use serde_json::{Value, json};
use tokio::sync::mpsc::unbounded_channel;

use super::local::LocalCaller;
use super::{completion, elicitation, prompts, resources, text};
use crate::contracts::{Actor, ToolDescriptor, ToolOutcome};
use crate::mcp::calls::{Reply, Request};
use crate::mcp::kit::{Progress, Step};
use crate::mcp::tools::Tools;

/// Milliseconds that a client may keep a list; rights change rarely, and a call checks them anyway.
const LIST_TTL: u64 = 60_000;

/// Answers MCP requests; cheap to clone, one for each request.
#[derive(Clone)]
pub(in crate::mcp) struct Handler {
    tools: Tools,
    local: Option<LocalCaller>,
}

/// How this server names itself.
pub(in crate::mcp) fn server_info() -> Implementation {
    Implementation::new("pyairtable", env!("CARGO_PKG_VERSION")).with_title("PyAirtable")
}

impl Handler {
    /// One whose caller comes with each request.
    pub(in crate::mcp) fn for_requests(tools: Tools) -> Self {
        Self { tools, local: None }
    }

    /// One whose caller is whoever started the process.
    pub(in crate::mcp) fn for_local(tools: Tools, caller: LocalCaller) -> Self {
        Self {
            tools,
            local: Some(caller),
        }
    }

    async fn actor(&self, context: &RequestContext<RoleServer>) -> Result<Arc<Actor>, ErrorData> {
        if let Some(caller) = &self.local {
            return caller.for_request().await;
        }
        let from_request = || {
            let parts = context.extensions.get::<http::request::Parts>()?;
            parts.extensions.get::<Arc<Actor>>().cloned()
        };
        from_request().ok_or_else(|| ErrorData::invalid_request("Send a valid credential", None))
    }
}

fn is_modern(context: &RequestContext<RoleServer>) -> bool {
    let version = context.protocol_version();
    version.is_some_and(|version| version.as_str() >= ProtocolVersion::V_2026_07_28.as_str())
}

/// `_meta` of a result: since 2026-07-28 every result says which server made it.
fn meta(context: &RequestContext<RoleServer>) -> Option<MetaObject> {
    is_modern(context).then(|| {
        let mut meta = MetaObject::new();
        meta.0.insert(
            "io.modelcontextprotocol/serverInfo".to_owned(),
            json!(server_info()),
        );
        meta
    })
}

macro_rules! listed {
    ($kind:ident, $items:expr, $context:expr) => {{
        let mut result = $kind::with_all_items($items);
        if is_modern($context) {
            result = result
                .with_ttl_ms(LIST_TTL)
                .with_cache_scope(CacheScope::Private);
            result.meta = meta($context);
        }
        Ok(result)
    }};
}

/// These lists have one page, so that no cursor can be right.
fn no_cursor(request: Option<&PaginatedRequestParams>) -> Result<(), ErrorData> {
    match request.and_then(|request| request.cursor.as_ref()) {
        None => Ok(()),
        Some(_) => Err(ErrorData::invalid_params(
            "The cursor is not one this server gave",
            None,
        )),
    }
}

fn to_mcp(tool: ToolDescriptor) -> McpTool {
    let hints = ToolAnnotations::from_raw(
        Some(tool.title.to_owned()),
        Some(tool.read_only),
        Some(tool.destructive),
        Some(tool.idempotent),
        Some(false),
    );
    McpTool::new(tool.name, tool.description, tool.input_schema)
        .with_title(tool.title)
        .with_raw_output_schema(tool.output_schema)
        .with_annotations(hints)
}

/// The result of a call: the JSON as text and as structured content; a fault has no structured part, since it is not of the tool's output schema.
fn to_result(outcome: &ToolOutcome) -> Result<CallToolResult, ErrorData> {
    let broken = |error: &dyn std::error::Error| {
        tracing::error!(%error, "mcp.answer_broken");
        ErrorData::internal_error("The server could not finish the request", None)
    };
    let text = std::str::from_utf8(&outcome.json).map_err(|error| broken(&error))?;
    let content = vec![ContentBlock::text(text)];
    if outcome.is_error {
        return Ok(CallToolResult::error(content));
    }
    let mut result = CallToolResult::success(content);
    let value: Value = serde_json::from_str(text).map_err(|error| broken(&error))?;
    result.structured_content = Some(value);
    Ok(result)
}

/// The call with what is known of its client.
fn asked(request: CallToolRequestParams, context: &RequestContext<RoleServer>) -> Request {
    let named = context.client_info().map(|client| client.name);
    let agent = || {
        let parts = context.extensions.get::<http::request::Parts>()?;
        let agent = parts.headers.get(http::header::USER_AGENT)?;
        agent.to_str().ok().map(str::to_owned)
    };
    let client = named.or_else(agent);
    let asks = elicitation::asks(&request, context, is_modern(context));
    let arguments = request.arguments.unwrap_or_default();
    Request {
        asks,
        ..Request::new(request.name, arguments, client.as_deref())
    }
}

async fn tell(context: &RequestContext<RoleServer>, token: &ProgressToken, step: Step) {
    let mut note =
        ProgressNotificationParam::new(token.clone(), step.done as f64).with_message(step.message);
    if let Some(total) = step.total {
        note = note.with_total(total as f64);
    }
    if let Err(error) = context.peer.notify_progress(note).await {
        tracing::debug!(%error, "mcp.progress_not_delivered");
    }
}

impl ServerHandler for Handler {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder()
            .enable_tools()
            .enable_resources()
            .enable_prompts()
            .enable_completions()
            .build();
        ServerConfig::new(capabilities)
            .with_server_info(server_info())
            .with_instructions(text::INSTRUCTIONS)
    }

    async fn discover(&self, _: RequestContext<RoleServer>) -> Result<DiscoverResult, ErrorData> {
        let versions = self.supported_protocol_versions().into_owned();
        let result = DiscoverResult::from_server_info(versions, self.get_info());
        Ok(result
            .with_ttl_ms(LIST_TTL)
            .with_cache_scope(CacheScope::Private))
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        no_cursor(request.as_ref())?;
        let tools = self.tools.offered(&*self.actor(&context).await?);
        listed!(
            ListToolsResult,
            tools.into_iter().map(to_mcp).collect(),
            &context
        )
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let actor = self.actor(&context).await?;
        let token = context.meta.get_progress_token();
        let (sender, mut steps) = unbounded_channel();
        let progress = token
            .as_ref()
            .map(|_| Progress::to(sender))
            .unwrap_or_default();
        let name = request.name.clone();
        let work = self.tools.run(&actor, asked(request, &context), &progress);
        let telling = async {
            let mut told = None;
            while let Some(step) = steps.recv().await {
                // Progress must rise.
                if let Some(token) = token
                    .as_ref()
                    .filter(|_| told.is_none_or(|told| told < step.done))
                {
                    told = Some(step.done);
                    tell(&context, token, step).await;
                }
            }
            std::future::pending::<std::convert::Infallible>().await
        };
        // The work goes on whatever the client's stream does: others may wait for what it holds.
        let reply = tokio::select! {
            reply = work => reply,
            // Whoever drops this leaves; what has begun to change something comes to a safe end by itself.
            () = context.ct.cancelled() => {
                return Err(ErrorData::internal_error("The call was cancelled", None));
            }
            never = telling => match never {},
        };
        match reply {
            None => {
                let message = format!("Unknown tool: {name}");
                Err(ErrorData::invalid_params(message, None))
            }
            Some(Reply::Done(outcome)) => {
                let mut result = to_result(&outcome)?;
                result.meta = meta(&context);
                Ok(result.into())
            }
            Some(Reply::Question(question)) => {
                let mut result = elicitation::input_required(question);
                result.meta = meta(&context);
                Ok(result.into())
            }
        }
    }

    fn get_tool(&self, _: &str) -> Option<McpTool> {
        // Only asked for to check `Mcp-Param-*` headers, which no tool of ours uses.
        None
    }

    async fn list_prompts(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        no_cursor(request.as_ref())?;
        self.actor(&context).await?;
        listed!(ListPromptsResult, prompts::list(), &context)
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        self.actor(&context).await?;
        let mut result = prompts::get(&request)?;
        result.meta = meta(&context);
        Ok(result.into())
    }

    async fn list_resources(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        no_cursor(request.as_ref())?;
        let actor = self.actor(&context).await?;
        listed!(
            ListResourcesResult,
            resources::list(self.tools.source(), &actor).await?,
            &context
        )
    }

    async fn list_resource_templates(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        no_cursor(request.as_ref())?;
        self.actor(&context).await?;
        listed!(
            ListResourceTemplatesResult,
            resources::templates(),
            &context
        )
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let actor = self.actor(&context).await?;
        let mut result = resources::read(self.tools.source(), &actor, &request.uri).await?;
        if is_modern(&context) {
            result = result.with_ttl_ms(0).with_cache_scope(CacheScope::Private);
            result.meta = meta(&context);
        }
        Ok(result.into())
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        let actor = self.actor(&context).await?;
        let mut result = completion::complete(self.tools.source(), &actor, &request).await?;
        result.meta = meta(&context);
        Ok(result)
    }
}
