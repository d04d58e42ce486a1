//! Runs of sagas on the durable kernel: planning, doing, taking back, and what people may do about them.

mod advice;
mod approval_view;
mod approve;
mod family;
mod handler;
mod http;
mod inbox;
mod legal;
mod measure;
mod nested;
mod plan;
mod relatives;
mod service;
mod starter;
mod steer;
mod story;
mod tool;
mod trigger;
mod verify;
mod view;

pub(super) use approve::AnswerRequest;
pub(super) use handler::SagaRuns;
pub(super) use legal::Onlooker;
pub(super) use measure::measuring;
pub(super) use plan::RunInput;
pub(super) use relatives::Relatives;
pub(super) use service::{RunError, SavedDefinition, StartRequest};
pub(super) use steer::ResolveRequest;
pub(super) use story::{StoryLine, story};
pub(super) use trigger::Triggers;
pub(super) use view::{RunView, StepView, started_view, steps_of, view};

/// The kind of a saga's run.
pub(super) const KIND: &str = "saga";
