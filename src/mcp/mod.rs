//! The tools for AI clients and the MCP server that offers them over HTTP and stdio.

mod calls;
mod context;
mod http;
mod kit;
mod server;
mod stdio;
#[cfg(test)]
mod testing;
mod tools;

pub use context::Mcp;
pub use server::LocalCaller;
pub use stdio::serve_stdio;
pub use tools::Tools;
