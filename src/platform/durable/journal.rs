use std::collections::HashMap;

use serde_json::Value;

use super::types::{Role, Step, StepState};

/// Signals are kept among the steps, each one done from the beginning.
pub(super) const SIGNAL: &str = "signal/";

/// The steps of a run and the signals it received.
#[derive(Clone, Debug, Default)]
pub struct Journal {
    pub(super) steps: Vec<Step>,
    places: HashMap<(String, i64), usize>,
}

impl Journal {
    pub(super) fn push(&mut self, step: Step) {
        let place = (step.plan.path.clone(), step.plan.item);
        self.places.insert(place, self.steps.len());
        self.steps.push(step);
    }

    /// The step at a place; `None` when it was never planned.
    pub fn step(&self, path: &str, item: i64) -> Option<&Step> {
        let place = self.places.get(&(path.to_owned(), item))?;
        self.steps.get(*place)
    }

    /// The result of a step that is done.
    pub fn result(&self, path: &str, item: i64) -> Option<&Value> {
        let step = self.step(path, item)?;
        let is_done = step.state == StepState::Done;
        step.result.as_ref().filter(|_| is_done)
    }

    /// All steps, without signals.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        let is_signal = |step: &&Step| step.plan.path.starts_with(SIGNAL);
        self.steps.iter().filter(move |step| !is_signal(step))
    }

    /// Keys and payloads of the signals of a name, in the order they arrived.
    pub fn signals(&self, name: &str) -> Vec<(&str, &Value)> {
        let prefix = format!("{SIGNAL}{name}/");
        let of_name = |step: &&Step| step.plan.path.starts_with(&prefix);
        let mut found: Vec<&Step> = self.steps.iter().filter(of_name).collect();
        found.sort_by_key(|step| step.done_order);
        found
            .into_iter()
            .map(|step| (&step.plan.path[prefix.len()..], &step.plan.plan))
            .collect()
    }

    /// Whether the point of no return is behind.
    pub fn is_past_pivot(&self) -> bool {
        self.has_pivot(|state| matches!(state, StepState::Done | StepState::Irreversible))
    }

    /// Whether it is behind or an answer may put it there.
    pub(super) fn is_passing_pivot(&self) -> bool {
        use StepState::{Failed, Planned, Skipped};
        self.has_pivot(|state| !matches!(state, Planned | Failed | Skipped))
    }

    fn has_pivot(&self, is_so: impl Fn(StepState) -> bool) -> bool {
        let mut steps = self.steps.iter();
        steps.any(|step| step.plan.role == Role::Pivot && is_so(step.state))
    }

    pub(super) fn next_order(&self) -> i64 {
        let newest = self.steps().map(|step| step.done_order).max();
        newest.unwrap_or(0) + 1
    }

    /// Where the steps in one of these states are.
    pub(super) fn places(&self, states: &[StepState]) -> Vec<usize> {
        let is_own = |step: &Step| !step.plan.path.starts_with(SIGNAL);
        let steps = self.steps.iter().enumerate();
        let found = steps.filter(|(_, step)| states.contains(&step.state) && is_own(step));
        found.map(|(at, _)| at).collect()
    }

    /// Steps to be taken back, the one that finished last first.
    pub(super) fn undo_order(&self) -> Vec<usize> {
        let mut order = self.places(&[StepState::Done, StepState::CompIntent]);
        order.sort_by_key(|at| std::cmp::Reverse(self.steps[*at].done_order));
        order
    }
}
