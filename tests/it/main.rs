//! The integration tests: one binary, a tree that mirrors the API.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on panics, chooses its database by variables, and calls as an outside client"
)]

mod support;

#[cfg(all(feature = "airtable", feature = "identity"))]
mod airtable;
mod gateway;
#[cfg(feature = "identity")]
mod identity;
#[cfg(all(
    feature = "airtable",
    feature = "identity",
    feature = "mcp",
    feature = "saga"
))]
mod mcp;
mod platform;
#[cfg(all(feature = "airtable", feature = "identity", feature = "saga"))]
mod saga;
#[cfg(all(feature = "airtable", feature = "identity"))]
mod stand_in;
mod tidy;
#[cfg(all(feature = "airtable", feature = "identity"))]
mod v0;
