//! Copies of bases at Airtable: first whole, then kept in step by its webhooks, and compared from time to time.

mod claim;
mod compare;
mod definitions;
mod follow;
mod moments;
mod noted;
mod notify;
mod payload;
mod place;
mod round;
mod service;
mod settle;
mod source;
mod status;
mod take;
mod undo;
mod unsettled;
mod write;

pub(super) use notify::Notification;
pub(super) use place::Mirror;
pub(super) use round::Rounds;
pub(super) use status::Status;
