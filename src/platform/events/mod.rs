//! The event log: outbox, event store and bus in one table.

mod append;
mod backlog;
mod cursor;
mod deliver;
mod entity;
mod letters;
mod retention;
mod round;
mod sequence;
mod types;
mod upkeep;
mod work;

pub(in crate::platform) use append::append_each;
pub use append::{NewEvent, append};
pub use backlog::{Backlog, backlog, measure};
pub use deliver::{APPENDED, deliver_pending, workers};
pub use letters::{DeadLetter, Letters, dead_letters};
pub use retention::trim;
pub use types::{Event, EventHandler, HandlerError, Subscription};
