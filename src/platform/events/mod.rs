//! The event log: outbox, event store and bus in one table.

mod append;
mod deliver;
mod entity;
mod sequence;
mod types;

pub use append::{NewEvent, append};
pub use deliver::{APPENDED, deliver_pending, workers};
pub use types::{Event, EventHandler, HandlerError, Subscription};
