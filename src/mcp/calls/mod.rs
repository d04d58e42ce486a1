//! Calls of tools that change something: planned, confirmed, carried out once, and stopped between steps when nobody waits.

mod confirm;
mod digest;
mod flights;
mod proposal;
mod propose;
mod request;
mod runner;

pub(super) use flights::Flights;
pub(super) use propose::{Proposed, propose};
pub(super) use request::{Asks, Question, Reply, Request};
pub(super) use runner::{Runner, Work};
