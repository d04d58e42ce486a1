//! Bases at Airtable, for which a stand-in answers over HTTP.

mod connections;
mod faults;
mod mirror;
mod pacing;
mod relay;
mod tools;
mod world;
