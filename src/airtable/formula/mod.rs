//! Airtable's formula language: read, checked against a table's fields, compiled, evaluated for one row at a time. No I/O, no clock.

mod code;
mod coerce;
mod compare;
mod compile;
mod condition;
mod constants;
mod dates;
mod doubtful;
mod error;
mod functions;
#[cfg(any(test, feature = "fuzzing"))]
mod fuzzing;
mod infer;
mod kind;
mod literal;
mod names;
mod number_text;
mod parser;
mod pattern;
mod program;
mod row;
mod run;
mod syntax;
mod token;
mod trace;
mod value;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

pub(crate) use condition::Condition;
pub(crate) use dates::{Moment, read as read_date};
pub(crate) use error::Error;
pub(crate) use error::suggestion;
#[cfg(any(test, feature = "fuzzing"))]
pub use fuzzing::evaluate as fuzz;
pub(crate) use kind::{Element, Kind, ResultType};
pub(crate) use literal::{any_of, any_record, equals, quoted, reference};
pub(crate) use program::Program;
pub(crate) use row::{Field, Row};
pub(crate) use run::Run;
pub(crate) use syntax::Comparison;
pub(crate) use trace::{Trace, traces};
pub(crate) use value::{Fault, Value};
