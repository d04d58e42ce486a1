//! Background jobs: runs of one step, which whatever happens is done or left to a person.

use async_trait::async_trait;
use serde_json::Value;

use super::durable::{
    Class, Decision, Fault, Handler, Journal, Next, Policy, Run, Step, StepError, StepPlan,
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

    /// Does it; `key` stays the same over all attempts.
    async fn run(&self, run: &Run, key: &str) -> Result<Value, StepError>;
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
        self.0.run(run, &step.key).await
    }
}
