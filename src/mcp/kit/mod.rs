//! What every tool needs: arguments, faults, budgets, progress, JSON writing.

mod args;
mod audience;
mod budget;
mod cells;
mod escape;
mod fault;
mod job;
mod progress;
mod schema;
mod tool;

pub(super) use args::Args;
pub(super) use audience::{Audience, Seat};
pub(super) use budget::{BUDGET, cursor_at, fit, fit_record, fitting, position, shorten};
pub(super) use cells::{RecordJson, is_empty, plain_text, read_record};
pub(super) use escape::escape_into;
pub(super) use fault::Fault;
pub(super) use job::{Job, Source, find_table};
pub(super) use progress::{Progress, Step};
pub(super) use schema::{BASE, CURSOR, FIELDS, TABLE, TYPECAST, input, output, property};
pub(super) use tool::{Answer, Check, Steps, Tool, json_answer};
