//! The durable kernel: runs made of steps that survive any crash; what they mean is the business of contexts.
//!
//! A run belongs to one owner at a time, by a lease with a fencing epoch. Whatever happens to it is one transaction:
//! state, steps, history and event. An effect is announced before it is made, and settled when its answer is lost.

mod change;
mod client;
mod fault;
mod group;
mod handler;
mod held;
mod journal;
mod kernel;
mod policy;
mod resolve;
mod restored;
mod sql;
mod store;
mod turn;
mod types;
mod workers;

pub use change::Lease;
pub use client::{ControlError, DUE, Durable, NewRun, Started};
#[cfg(feature = "fault-points")]
pub use fault::{FAULT_POINTS, with_fault};
pub use handler::{AtOnce, Decision, Handler, Next, Settled, StepError, Undone};
pub use journal::Journal;
pub use kernel::{Claim, Kernel};
pub use policy::Policy;
pub use resolve::Resolution;
pub use types::{Class, Entry, Fault, Role, Run, RunState, Step, StepPlan, StepState};
pub use workers::Measures;
