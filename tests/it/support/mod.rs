//! The application under test, real and in this process, and those who call it.

mod actor;
mod app;
mod database;

pub(crate) use actor::{Actor, Answer};
pub(crate) use app::TestApp;
