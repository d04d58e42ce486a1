use std::sync::Arc;

use actix_web::web;
use async_trait::async_trait;

use super::http::{Endpoint, call_tool, handle, list_tools};
use super::tools::Tools;
use crate::contracts::{
    Actor, Context, HealthCheck, HealthStatus, Services, ToolBox, ToolCall, ToolDescriptor,
    ToolOutcome,
};
use crate::platform::Platform;
use crate::platform::routes::Routes;
use crate::platform::tasks::Worker;

/// The MCP context: the tools, and the ways to call them.
pub struct Mcp {
    tools: web::Data<Tools>,
    endpoint: web::Data<Endpoint>,
    has_bases: bool,
}

impl Mcp {
    /// The context over what the other contexts offer.
    pub fn new(platform: &Platform, services: &Services) -> Self {
        let tools = Tools::new(services, platform.clock.clone(), &platform.settings.mcp);
        let endpoint = Endpoint::new(tools.clone(), &platform.settings.server);
        Self {
            tools: web::Data::new(tools),
            endpoint: web::Data::from(Arc::new(endpoint)),
            has_bases: services.bases.is_some(),
        }
    }

    /// The tools, for callers inside the process.
    pub fn tools(&self) -> Tools {
        self.tools.get_ref().clone()
    }
}

#[async_trait]
impl Context for Mcp {
    fn name(&self) -> &'static str {
        "mcp"
    }

    fn api_routes(&self, config: &mut Routes<'_>) {
        config
            .app_data(self.tools.clone())
            .app_data(self.endpoint.clone())
            .service(list_tools)
            .service(call_tool);
    }

    fn root_routes(&self, config: &mut Routes<'_>) {
        config
            .app_data(self.endpoint.clone())
            .route("/mcp", web::route().to(handle));
    }

    fn workers(&self) -> Vec<Worker> {
        let tools = self.tools();
        vec![Worker {
            name: "mcp.calls",
            run: Box::new(move |stop| {
                let tools = tools.clone();
                Box::pin(async move {
                    stop.cancelled().await;
                    tools.settle().await;
                })
            }),
        }]
    }

    async fn health(&self) -> Vec<HealthCheck> {
        let (status, detail) = if self.has_bases {
            (HealthStatus::Ok, None)
        } else {
            let detail = "The tools have no bases to work on; add airtable to contexts";
            (HealthStatus::Degraded, Some(detail.to_owned()))
        };
        vec![HealthCheck {
            name: "mcp.tools".to_owned(),
            status,
            latency_ms: 0.0,
            detail,
        }]
    }
}

#[async_trait]
impl ToolBox for Mcp {
    fn tools(&self, actor: &Actor) -> Vec<ToolDescriptor> {
        self.tools.tools(actor)
    }

    async fn call(&self, actor: &Actor, call: ToolCall) -> Option<ToolOutcome> {
        self.tools.call(actor, call).await
    }
}
