use std::borrow::Cow;

use actix_web::http::header::{ACCEPT, CONTENT_TYPE, HeaderMap, USER_AGENT};
use rmcp::model::{ClientCapabilities, Implementation, ProtocolVersion};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::json::{Frame, tool_response};
use crate::contracts::Actor;
use crate::mcp::calls::Request;
use crate::mcp::kit::Progress;
use crate::mcp::server::server_info;
use crate::mcp::tools::Tools;

/// Answers plain tool calls without the protocol library, byte for byte what it would answer.
///
/// Whatever is not a plain, well-formed call of a known tool is left to the library, which knows all the rules.
pub(super) struct FastPath {
    legacy: Frame,
    modern: Frame,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope<'a> {
    #[serde(borrow)]
    jsonrpc: Cow<'a, str>,
    #[serde(borrow)]
    id: &'a RawValue,
    #[serde(borrow)]
    method: Cow<'a, str>,
    #[serde(borrow)]
    params: Params<'a>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Params<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(default)]
    arguments: Option<Map<String, Value>>,
    #[serde(rename = "_meta", default)]
    meta: Option<Meta>,
}

#[derive(Deserialize)]
struct Meta {
    #[serde(rename = "io.modelcontextprotocol/protocolVersion")]
    version: Option<String>,
    #[serde(rename = "io.modelcontextprotocol/clientCapabilities")]
    capabilities: Option<ClientCapabilities>,
    #[serde(rename = "io.modelcontextprotocol/clientInfo")]
    client: Option<Implementation>,
    #[serde(rename = "progressToken")]
    progress_token: Option<Value>,
}

impl Meta {
    fn can_ask(&self) -> bool {
        let capabilities = self.capabilities.as_ref();
        capabilities.is_some_and(|capabilities| capabilities.elicitation.is_some())
    }
}

impl FastPath {
    /// The path for this server.
    pub(super) fn new() -> Self {
        let meta = json!({"io.modelcontextprotocol/serverInfo": server_info()});
        let modern = Frame {
            head: "\"resultType\":\"complete\",".to_owned(),
            tail: format!(",\"_meta\":{meta}"),
        };
        Self {
            legacy: Frame {
                head: String::new(),
                tail: String::new(),
            },
            modern,
        }
    }

    /// The response, or `None` when the library shall answer.
    pub(super) async fn answer(
        &self,
        tools: &Tools,
        actor: &Actor,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Option<Vec<u8>> {
        if !negotiates_plainly(headers) {
            return None;
        }
        let call: Envelope<'_> = serde_json::from_slice(body).ok()?;
        let is_call = call.jsonrpc == "2.0" && call.method == "tools/call";
        if !is_call || !is_plain_id(call.id.get()) {
            return None;
        }
        let only_reads = tools.only_reads(&call.params.name)?;
        // A client that can ask a person may be told to, which is more than a plain answer.
        if !only_reads && call.params.meta.as_ref().is_some_and(Meta::can_ask) {
            return None;
        }
        let frame = self.frame(headers, &call.params)?;
        let Params {
            name,
            arguments,
            meta,
        } = call.params;
        let named = meta.and_then(|meta| meta.client);
        let named = named.as_ref().map(|client| client.name.as_str());
        let agent = single(headers, USER_AGENT.as_str()).flatten();
        let request = Request::new(name, arguments.unwrap_or_default(), named.or(agent));
        let reply = tools.run(actor, request, &Progress::default()).await?;
        let outcome = reply.outcome()?;
        Some(tool_response(call.id.get(), frame, &outcome))
    }

    /// The frame of the era that headers and body agree on; `None` when they do not agree.
    fn frame(&self, headers: &HeaderMap, params: &Params<'_>) -> Option<&Frame> {
        let newest = ProtocolVersion::V_2026_07_28;
        let header = match single(headers, "mcp-protocol-version")? {
            Some(version) => version,
            None => ProtocolVersion::V_2025_03_26.as_str(),
        };
        let supported = ProtocolVersion::KNOWN_VERSIONS
            .iter()
            .any(|known| known.as_str() == header);
        let meta = params.meta.as_ref();
        if !supported || meta.is_some_and(|meta| meta.progress_token.is_some()) {
            return None;
        }
        let stated = meta.and_then(|meta| meta.version.as_deref());
        if header < newest.as_str() {
            return stated.is_none().then_some(&self.legacy);
        }
        let agrees = stated == Some(header)
            && meta.is_some_and(|meta| meta.capabilities.is_some())
            && single(headers, "mcp-method")? == Some("tools/call")
            && single(headers, "mcp-name")? == Some(params.name.as_ref());
        agrees.then_some(&self.modern)
    }
}

/// The header's only value; `None` when it is there twice or unreadable.
fn single<'h>(headers: &'h HeaderMap, name: &str) -> Option<Option<&'h str>> {
    let mut values = headers.get_all(name);
    let Some(first) = values.next() else {
        return Some(None);
    };
    let alone = values.next().is_none();
    first.to_str().ok().filter(|_| alone).map(Some)
}

/// Whether the client takes both answers and sends JSON, said the usual way.
fn negotiates_plainly(headers: &HeaderMap) -> bool {
    let Some(Some(accept)) = single(headers, ACCEPT.as_str()) else {
        return false;
    };
    let Some(Some(content)) = single(headers, CONTENT_TYPE.as_str()) else {
        return false;
    };
    let mut types = accept.split(',').map(str::trim);
    let both = types.clone().any(|kind| kind == "application/json")
        && types.any(|kind| kind == "text/event-stream");
    let essence = content.split(';').next().unwrap_or_default().trim();
    both && essence.eq_ignore_ascii_case("application/json")
}

/// A whole number or a text without escapes: what can be sent back as it came.
fn is_plain_id(id: &str) -> bool {
    let number = !id.is_empty() && id.len() < 16 && id.bytes().all(|byte| byte.is_ascii_digit());
    let canonical = number && (id == "0" || !id.starts_with('0'));
    canonical || id.starts_with('"') && !id.contains('\\')
}
