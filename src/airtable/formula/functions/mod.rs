//! What each function takes, gives and does.

pub(super) mod aggregate;
mod args;
mod array;
mod date;
mod date_text;
mod number;
pub(super) mod regex;
mod relative;
mod round;
pub(super) mod search;
mod slice;
mod table;
mod text;
mod units;
mod workday;

pub(super) use args::Args;
pub(super) use array::joined_tightly;
pub(super) use table::{Body, Few, Function, Gives, Many, One, Special, check, find};

#[cfg(test)]
pub(super) use table::arities;
