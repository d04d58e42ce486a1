//! Definitions of bases, tables, fields and views, and the rules for making and changing them.

mod choices;
mod computed;
mod create;
mod formats;
mod kind;
mod lookup;
mod mirrored;
mod names;
mod options;
mod read;
mod types;
mod update;
mod view;
mod write;

#[cfg(test)]
mod tests;

pub(crate) use create::create_field;
pub(crate) use names::{check_field_name, check_table_name, check_view_name, primary_allowed};
pub(crate) use types::{
    Base, Choice, Choices, Computed, DateFormat, DateTimeFormat, DurationFormat, Field, Kind, Link,
    Path, Rule, Table, TimeResult, View, ViewFilter,
};
pub(crate) use update::update_options;
