//! The integration tests: one binary, a tree that mirrors the API.
#![allow(
    clippy::disallowed_methods,
    reason = "tests choose their database by variables and call the server as an outside client"
)]

mod support;

#[cfg(all(feature = "airtable", feature = "identity"))]
mod airtable;
mod gateway;
mod platform;
mod tidy;
#[cfg(all(feature = "airtable", feature = "identity"))]
mod v0;
