use std::sync::Arc;

use rmcp::ServiceExt;
use rmcp::service::ServerInitializeError;
use rmcp::transport::io::stdio;

use super::server::Handler;
use super::tools::Tools;
use crate::contracts::Actor;

/// Speaks MCP over standard input and output as this actor until the input ends.
pub async fn serve_stdio(tools: Tools, actor: Arc<Actor>) -> Result<(), std::io::Error> {
    let handler = Handler::for_actor(tools, actor);
    let running = match handler.serve(stdio()).await {
        Ok(running) => running,
        // The input ended before anything was asked.
        Err(ServerInitializeError::ConnectionClosed(_)) => return Ok(()),
        Err(error) => return Err(std::io::Error::other(error)),
    };
    running.waiting().await.map_err(std::io::Error::other)?;
    Ok(())
}
