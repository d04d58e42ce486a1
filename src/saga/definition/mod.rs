//! What a saga is: its steps, the check that a definition passes before it is kept, and references to values.

mod asking;
mod check;
mod expression;
mod model;
mod templates;

pub(super) use check::check;
pub(super) use expression::{Scope, references, resolve, resolve_url};
pub(super) use model::{
    Action, Approval, Definition, Http, Inner, Kind, Outcome, StepDefinition, Undo, Verify, Wait,
};
pub(super) use templates::{Template, templates};
