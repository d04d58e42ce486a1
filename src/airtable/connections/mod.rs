//! Connected accounts at Airtable, which of their bases are offered and how, and who may say so.

mod announce;
mod copies;
mod offering;
mod service;

pub(super) use offering::{NewOffer, Offered};
pub(super) use service::{Connection, NewConnection, Reachable};
