//! Bases that lie at Airtable: what is offered of them, requests at the pace it takes, and answers that are kept for a while.

mod ask;
mod batches;
mod client;
mod deletion;
mod fetched;
mod gate;
mod hidden;
mod joined;
mod kept;
mod lane;
mod named;
mod offers;
mod pace;
mod reconcile;
mod relay;
mod request;
mod screen;
mod shared;
mod traffic;
mod typed;
mod usual;

pub(super) use ask::{Tables, tables_of};
pub(super) use batches::Joining;
pub(super) use client::{Bearer, Client};
pub(super) use hidden::Hidden;
pub(super) use joined::MOST;
pub(super) use kept::{Freshness, Told};
pub(super) use lane::Class;
pub(super) use offers::{Access, Copied, Offer, may_write, offers_in};
pub(super) use request::{Answer, Request, base_of};
pub(super) use traffic::Traffic;
pub(super) use typed::{PAGE, list_request, record_request};
