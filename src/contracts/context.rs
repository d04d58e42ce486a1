use std::sync::Arc;

use async_trait::async_trait;
use serde::Serialize;
use utoipa::ToSchema;

use super::approvals::Approvals;
use super::bases::{BaseAdmin, BaseWriter, Bases};
use super::calls::{Calls, CallsSlot};
use super::changes::{BaseHistory, SharedJournal};
use super::comments::Comments;
use super::identity::{Authenticator, Directory};
use super::toolbox::{ToolBox, ToolBoxSlot};
use super::transactions::Transactions;
use super::workspaces::Workspaces;
use crate::platform::durable::Handler;
use crate::platform::events::Subscription;
use crate::platform::routes::Routes;
use crate::platform::tasks::Worker;

/// How a dependency is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum HealthStatus {
    /// Works.
    Ok,
    /// Works with less.
    Degraded,
    /// Does not work.
    Down,
}

/// One checked dependency.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HealthCheck {
    /// What was checked.
    pub name: String,
    /// How it is doing.
    pub status: HealthStatus,
    /// How long the check took, in milliseconds.
    pub latency_ms: f64,
    /// What is wrong and what to do, when something is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// What the contexts in this binary offer; `None` where the context is absent.
#[derive(Clone, Default)]
pub struct Services {
    /// Offered by identity.
    pub authenticator: Option<Arc<dyn Authenticator>>,
    /// Offered by identity.
    pub directory: Option<Arc<dyn Directory>>,
    /// Offered by identity.
    pub workspaces: Option<Arc<dyn Workspaces>>,
    /// Offered by airtable.
    pub bases: Option<Arc<dyn Bases>>,
    /// Offered by airtable.
    pub base_writer: Option<Arc<dyn BaseWriter>>,
    /// Offered by airtable.
    pub base_admin: Option<Arc<dyn BaseAdmin>>,
    /// Offered by airtable.
    pub comments: Option<Arc<dyn Comments>>,
    /// Offered by airtable.
    pub base_history: Option<Arc<dyn BaseHistory>>,
    /// Offered by saga.
    pub journal: SharedJournal,
    /// Offered by saga.
    pub transactions: Option<Arc<dyn Transactions>>,
    /// Offered by saga.
    pub approvals: Option<Arc<dyn Approvals>>,
    /// Offered by saga.
    pub calls: Option<Arc<dyn Calls>>,
    /// The same, for contexts that are built before saga.
    pub late_calls: CallsSlot,
    /// Offered by mcp.
    pub toolbox: Option<Arc<dyn ToolBox>>,
    /// The same, for contexts that are built before mcp.
    pub late_toolbox: ToolBoxSlot,
}

/// One of the contexts of the house.
#[async_trait]
pub trait Context: Send + Sync {
    /// Its name, as in `contexts = […]`.
    fn name(&self) -> &'static str;

    /// Mounts routes below `/api` (called once for `/api`, once for `/api/v1`); they are in the OpenAPI document.
    fn api_routes(&self, _config: &mut Routes<'_>) {}

    /// Mounts routes at the root, such as `/v0`; they are in the OpenAPI document.
    fn root_routes(&self, _config: &mut Routes<'_>) {}

    /// How it is doing.
    async fn health(&self) -> Vec<HealthCheck> {
        Vec::new()
    }

    /// Its long-running tasks.
    fn workers(&self) -> Vec<Worker> {
        Vec::new()
    }

    /// The kinds of durable runs that it works.
    fn run_handlers(&self) -> Vec<Arc<dyn Handler>> {
        Vec::new()
    }

    /// Its durable subscriptions to the event log.
    fn subscriptions(&self) -> Vec<Subscription> {
        Vec::new()
    }
}
