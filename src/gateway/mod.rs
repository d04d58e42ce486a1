//! The door: HTTP server, the one middleware, health, OpenAPI, embedded web UI.

mod addresses;
mod admission;
mod bodies;
mod cors;
mod documents;
mod extractors;
mod fallback;
mod headers;
mod health;
mod hosts;
mod metrics;
mod observe;
mod server;
mod stand_in;
mod state;
mod surface;
#[cfg(feature = "web-ui")]
mod ui;
#[cfg(not(feature = "web-ui"))]
#[path = "no_ui.rs"]
mod ui;

pub use documents::openapi;
pub use server::{Running, start, start_metrics};
pub use stand_in::{FaultPlan, PlanFault, PlanFaults, StandIn};
pub use state::{Door, Readiness};
