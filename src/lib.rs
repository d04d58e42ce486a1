//! PyAirtable: a self-hosted Airtable gateway, base engine and MCP server in one binary.
#![cfg_attr(
    not(all(
        feature = "identity",
        feature = "airtable",
        feature = "saga",
        feature = "mcp"
    )),
    allow(dead_code, reason = "what is there for an absent context")
)]

pub mod platform;

pub mod contracts;

#[cfg(feature = "airtable")]
pub mod airtable;
#[cfg(feature = "identity")]
pub mod identity;
#[cfg(feature = "mcp")]
pub mod mcp;
#[cfg(feature = "saga")]
pub mod saga;

pub mod gateway;

pub mod app;

pub mod cli;
