use rmcp::ServiceExt;
use rmcp::service::ServerInitializeError;
use rmcp::transport::io::stdio;

use super::server::{Handler, LocalCaller};
use super::tools::Tools;

/// Speaks MCP over standard input and output as this caller until the input ends.
pub async fn serve_stdio(tools: Tools, caller: LocalCaller) -> Result<(), std::io::Error> {
    let handler = Handler::for_local(tools.clone(), caller);
    let running = match handler.serve(stdio()).await {
        Ok(running) => running,
        // The input ended before anything was asked.
        Err(ServerInitializeError::ConnectionClosed(_)) => return Ok(()),
        Err(error) => return Err(std::io::Error::other(error)),
    };
    let ended = running.waiting().await.map_err(std::io::Error::other);
    tools.settle().await;
    ended.map(drop)
}
