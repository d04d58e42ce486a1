use std::sync::Arc;

use rmcp::ServiceExt;
use rmcp::transport::io::stdio;

use super::server::Handler;
use super::tools::Tools;
use crate::contracts::Actor;

/// Speaks MCP over standard input and output as this actor until the input ends.
pub async fn serve_stdio(tools: Tools, actor: Arc<Actor>) -> Result<(), std::io::Error> {
    let handler = Handler::for_actor(tools, actor);
    let running = handler.serve(stdio()).await.map_err(std::io::Error::other)?;
    running.waiting().await.map_err(std::io::Error::other)?;
    Ok(())
}
