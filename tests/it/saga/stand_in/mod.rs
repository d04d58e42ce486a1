//! Sagas whose requests go to a stand-in for Airtable that loses answers, judged by its ledger of accepted effects.

mod chaos;
#[cfg(feature = "fault-points")]
mod faults;
mod single;
mod world;
