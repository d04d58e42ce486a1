//! What is worth a look in a base: profiles of its tables, its relationships and computed fields, and findings of rules.

mod analyze;
mod dependencies;
mod facts;
mod found;
mod look;
mod options;
mod relationships;
mod rules;
mod shape;
mod survey;
mod tally;
mod types;

#[cfg(test)]
mod testing;

pub(super) use analyze::analyze;
pub(super) use survey::survey;
