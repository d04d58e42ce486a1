//! The application under test, real and in this process, and those who call it.

mod actor;
mod app;
mod database;
#[cfg(all(feature = "airtable", feature = "identity"))]
mod stand_in;

pub(crate) use actor::{Actor, Answer};
pub(crate) use app::TestApp;
#[cfg(all(feature = "airtable", feature = "identity"))]
pub(crate) use stand_in::TestStandIn;
