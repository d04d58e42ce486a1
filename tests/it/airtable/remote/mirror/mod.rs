//! Copies of bases at Airtable, for which a stand-in answers over HTTP.

mod copy;
mod follow;
mod hidden;
mod keep;
mod screened;
mod unsettled;
mod world;
mod write;
