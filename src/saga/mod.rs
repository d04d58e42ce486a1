//! Change sets and their undo, who said yes to what, and sagas: steps that are done one after the other, or taken back.

mod approvals;
mod calls;
mod definition;
mod join;
mod journal;
mod report;
mod routes;
mod runs;
mod service;
mod store;
mod transactions;

pub use journal::ChangeJournal;
pub use service::Saga;
