//! MCP and plain tool calls over HTTP.

mod bridge;
mod endpoint;
mod fast;
mod guard;
mod json;
mod routes;
#[cfg(test)]
mod tests;

pub(super) use endpoint::{Endpoint, handle};
pub(super) use routes::{call_tool, list_tools};
