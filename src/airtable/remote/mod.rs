//! Bases that lie at Airtable: whose tokens reach them, requests at the pace it takes, and answers that are kept for a while.

mod client;
mod create;
mod deletion;
mod gate;
mod kept;
mod lane;
mod offers;
mod pace;
mod reconcile;
mod relay;
mod request;
mod service;
mod shared;
mod typed;
mod usual;

pub(super) use client::Client;
pub(super) use create::Batches;
pub(super) use kept::{Freshness, Told};
pub(super) use lane::Class;
pub(super) use offers::Access;
pub(super) use request::{Request, base_of};
pub(super) use service::{Connection, NewConnection, Offered, Reachable};
