//! The only way out to the network: one HTTP client that reaches nobody it should not.

mod address;
mod client;
mod error;
mod headers;
mod own;
mod policy;
mod redirect;
mod request;
mod resolver;
mod response;
mod streamed;
#[cfg(test)]
mod tests;

pub use client::Client;
pub use error::{Error, Result};
pub use request::Request;
pub use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
pub use reqwest::{Method, StatusCode};
pub use resolver::{Lookup, SystemLookup};
pub use response::Response;
pub use streamed::Streamed;
