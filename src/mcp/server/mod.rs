//! The MCP server: what rmcp asks for, answered from the tools and the bases.

mod completion;
mod elicitation;
mod handler;
mod local;
mod prompts;
mod resources;
mod text;

pub(super) use handler::{Handler, server_info};
pub use local::LocalCaller;
