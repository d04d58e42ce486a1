//! Fields and cells as the formula language sees them.

mod frozen;
mod kind;
mod record;
mod value;

pub(super) use kind::{element_of, with_fields};
pub(super) use record::Record;
pub(super) use value::operand;
