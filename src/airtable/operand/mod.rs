//! Fields and cells as the formula language sees them.

mod frozen;
mod kind;
mod record;
mod value;

pub(super) use kind::with_fields;
pub(super) use record::Record;
