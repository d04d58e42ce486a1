use serde_json::{Value, json};

use super::proposal::Proposal;
use super::propose::{Proposed, propose};
use super::request::{Asks, Question, Reply};
use super::runner::{Runner, Work};
use crate::contracts::{Answered, Asked, Asking, ToolOutcome};
use crate::mcp::kit::{Check, Fault};

impl Runner {
    /// Finds out whether the call may run; `Some` is what is answered in its place.
    pub(super) async fn confirm(&self, work: &Work) -> Result<Option<Reply>, Fault> {
        let is_set = |name: &str| work.arguments.get(name) == Some(&Value::Bool(true));
        let needs_look = match work.tool.check {
            Check::Never => false,
            Check::WhenCasting => is_set("typecast"),
            Check::Rehearse | Check::Announce(_) => true,
        };
        if !needs_look {
            return Ok(None);
        }
        let job = self.job(work);
        let proposal = match propose(job, work.tool, work.arguments.clone()).await? {
            Proposed::Plan(proposal) => proposal,
            Proposed::Nothing(json) => {
                let outcome = ToolOutcome {
                    json,
                    is_error: false,
                };
                return Ok(Some(Reply::Done(outcome)));
            }
        };
        if !proposal.needs_a_person(self.confirm_above) && !is_set("force") {
            return Ok(None);
        }
        self.ask(work, proposal).await
    }

    async fn ask(&self, work: &Work, proposal: Proposal) -> Result<Option<Reply>, Fault> {
        let approvals = self.source.approvals()?;
        let (actor, call) = (&work.actor, &work.call);
        if let Asks::Itself {
            state: Some(state),
            accepted: Some(accepted),
        } = &work.asks
        {
            let answered = approvals.answer(actor, call, &proposal.digest, state, *accepted);
            match answered.await? {
                Answered::Go => return Ok(None),
                Answered::Declined => return Err(declined()),
                Answered::Invalid => return Err(invalid()),
                Answered::Changed => {}
            }
        } else if approvals.use_up(actor, call, &proposal.digest).await? {
            return Ok(None);
        }
        let message = proposal.in_words(work.tool.descriptor.title);
        let asking = Asking {
            call,
            title: work.tool.descriptor.title,
            client: work.client.as_deref(),
            plan: proposal.plan,
            plan_digest: &proposal.digest,
        };
        let asked = approvals.ask(actor, asking).await?;
        Ok(Some(match work.asks {
            Asks::ByLink => Reply::Done(approval_required(asked)),
            Asks::Itself { .. } => Reply::Question(Question {
                message,
                state: asked.state,
            }),
        }))
    }
}

fn approval_required(asked: Asked) -> ToolOutcome {
    let Asked { approval, url, .. } = asked;
    let json = json!({
        "code": "approval_required",
        "message": format!("A person has to approve this first: {}", approval.title),
        "next": format!("Ask the person to open {url} and approve, then call again with the same arguments"),
        "approval_id": approval.id,
        "approval_url": url,
        "expires_at": approval.expires_at,
        "plan": approval.plan,
    });
    ToolOutcome {
        json: json.to_string().into(),
        is_error: true,
    }
}

fn declined() -> Fault {
    Fault::new(
        "declined",
        "The person said no; nothing is changed",
        "Do not call again unless the person asks for it",
    )
}

fn invalid() -> Fault {
    Fault::new(
        "invalid_request_state",
        "The request state is not of this call, too old, or used; nothing is changed",
        "Call again without request state to be asked anew",
    )
}
