//! Background jobs: runs of one step, which whatever happens is done or left to a person.

use std::fmt::Display;

use async_trait::async_trait;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::durable::{
    AtOnce, Class, Decision, Fault, Handler, Journal, Next, Policy, Run, Step, StepError, StepPlan,
};

/// A background job: a run of one step.
#[async_trait]
pub trait Job: Send + Sync {
    /// Name of the kind, such as `airtable.import`.
    fn kind(&self) -> &str;

    /// What happens when the answer is lost; a job that only touches our own rows is `Pure`.
    fn class(&self) -> Class {
        Class::Pure
    }

    /// Retries and limits; exhausted jobs wait for a person.
    fn policy(&self) -> Policy {
        Policy {
            holds: true,
            ..Policy::default()
        }
    }

    /// How many of its runs are worked on at the same time.
    fn at_once(&self) -> AtOnce {
        AtOnce::default()
    }

    /// Does it; the key of the step stays the same over all attempts.
    async fn run(&self, run: &Run, step: &Step) -> Result<Value, StepError>;
}

/// What a run was started with.
pub fn input<T: DeserializeOwned>(run: &Run) -> Result<T, StepError> {
    let undecodable = |error: serde_json::Error| Fault::new("undecodable", error.to_string());
    T::deserialize(&run.input).map_err(|error| StepError::Permanent(undecodable(error)))
}

/// The error of an attempt that what it stands on, such as the database, did not let happen.
pub fn unavailable(error: impl Display) -> StepError {
    StepError::Transient {
        fault: Fault::new("unavailable", error.to_string()),
        retry_after: None,
    }
}

/// Makes a handler of a job.
pub struct JobHandler<J>(pub J);

const JOB_PATH: &str = "job";

#[async_trait]
impl<J: Job> Handler for JobHandler<J> {
    fn kind(&self) -> &str {
        self.0.kind()
    }

    fn policy(&self) -> Policy {
        self.0.policy()
    }

    fn at_once(&self) -> AtOnce {
        self.0.at_once()
    }

    async fn next(&self, run: &Run, journal: &Journal) -> Result<Decision, Fault> {
        let Some(step) = journal.step(JOB_PATH, 0) else {
            let plan = StepPlan {
                class: self.0.class(),
                ..StepPlan::new(JOB_PATH, run.name.clone(), Value::Null)
            };
            return Ok(Next::Steps(vec![plan]).into());
        };
        Ok(match (&step.result, &step.error) {
            (None, Some(fault)) => Next::Hold(fault.clone()).into(),
            (result, _) => Next::Complete(result.clone().unwrap_or_default()).into(),
        })
    }

    async fn perform(&self, run: &Run, step: &Step) -> Result<Value, StepError> {
        self.0.run(run, step).await
    }
}
