use crate::contracts::ToolOutcome;
use crate::mcp::kit::escape_into;

/// What stands around a tool's answer in an era: the beginning of the result and its end.
pub(super) struct Frame {
    /// Members before `content`, with a comma behind.
    pub(super) head: String,
    /// Members after `isError`, with a comma before.
    pub(super) tail: String,
}

/// A JSON-RPC response with a tool's answer, byte for byte put together: as text, and as structured content unless it is a fault.
pub(super) fn tool_response(id: &str, frame: &Frame, outcome: &ToolOutcome) -> Vec<u8> {
    let json = &outcome.json;
    let mut out = Vec::with_capacity(json.len() * 9 / 4 + 512);
    out.extend_from_slice(b"{\"jsonrpc\":\"2.0\",\"id\":");
    out.extend_from_slice(id.as_bytes());
    out.extend_from_slice(b",\"result\":{");
    out.extend_from_slice(frame.head.as_bytes());
    out.extend_from_slice(b"\"content\":[{\"type\":\"text\",\"text\":\"");
    escape_into(&mut out, json);
    out.extend_from_slice(b"\"}]");
    if outcome.is_error {
        out.extend_from_slice(b",\"isError\":true");
    } else {
        out.extend_from_slice(b",\"structuredContent\":");
        out.extend_from_slice(json);
        out.extend_from_slice(b",\"isError\":false");
    }
    out.extend_from_slice(frame.tail.as_bytes());
    out.extend_from_slice(b"}}");
    out
}
