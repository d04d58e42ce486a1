use bytes::Bytes;
use serde_json::{Map, Value};

use super::proposal::Proposal;
use crate::contracts::Rehearsal;
use crate::mcp::kit::{Args, Check, Fault, Job, Progress, Tool};

/// What a call would do.
pub(in crate::mcp) enum Proposed {
    /// This.
    Plan(Proposal),
    /// Nothing, so that this is already its answer.
    Nothing(Bytes),
}

/// Finds out what a call would do, without doing it.
pub(in crate::mcp) async fn propose(
    job: Job<'_>,
    tool: &Tool,
    arguments: Map<String, Value>,
) -> Result<Proposed, Fault> {
    let args = Args::new(arguments, &tool.descriptor.input_schema)?;
    if let Check::Announce(announce) = tool.check {
        let sentences = announce(job, args).await?;
        return Ok(Proposed::Plan(Proposal::announced(sentences)));
    }
    let (rehearsal, silence) = (Rehearsal::default(), Progress::default());
    let job = Job {
        rehearsal: Some(&rehearsal),
        progress: &silence,
        ..job
    };
    let answer = (tool.run)(job, args).await?;
    let plan = rehearsal.plan();
    Ok(match plan.effects.is_empty() {
        true => Proposed::Nothing(answer),
        false => Proposed::Plan(Proposal::rehearsed(plan)),
    })
}
