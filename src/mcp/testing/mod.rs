//! A small base in memory, so that the tools can be tested without the engine.

mod admin;
mod memory;
mod yes;

pub(super) use memory::Memory;

use serde_json::{Map, Value};

use crate::platform::settings;

/// The usual settings of the tools.
pub(super) const ASKS: settings::Mcp = settings::Mcp { confirm_above: 10 };

/// The members of a JSON object.
pub(super) fn members(value: Value) -> Map<String, Value> {
    let Value::Object(members) = value else {
        panic!("an object")
    };
    members
}
