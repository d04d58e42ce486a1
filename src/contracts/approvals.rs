use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::access::Actor;
use super::base_error::BaseResult;
use super::calls::CallRef;
use super::changes::RecordChange;
use crate::platform::ids::ApprovalId;

/// What a call would do, as a person reads it before saying yes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ShownPlan {
    /// How many records it would touch, table by table.
    pub tables: Vec<PlannedTable>,
    /// What it would do to schemas, a sentence each.
    pub schema: Vec<String>,
    /// The first records it would touch, with their cells before and after.
    pub records: Vec<RecordChange>,
    /// Whether it would touch more records, or longer values, than are shown.
    pub truncated: bool,
    /// What could not be undone, a sentence each.
    pub irreversible: Vec<String>,
}

/// How many records of a table a call would touch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlannedTable {
    /// Name of the base.
    pub base: String,
    /// Name of the table.
    pub table: String,
    /// Records it would make.
    pub created: usize,
    /// Records it would change, linked ones included.
    pub updated: usize,
    /// Records it would delete.
    pub deleted: usize,
}

/// What became of a question to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalState {
    /// Nobody has answered yet.
    Pending,
    /// The person said yes; the call may come once.
    Approved,
    /// The person said no.
    Rejected,
    /// The call has come.
    Used,
    /// Its time is over.
    Expired,
}

/// A question to a person before something is changed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Approval {
    /// Which.
    pub id: ApprovalId,
    /// The tool that was called.
    pub tool: String,
    /// The tool's title.
    pub title: String,
    /// What became of it.
    pub state: ApprovalState,
    /// When it was asked, RFC 3339.
    pub created_at: String,
    /// Until when it can be answered and used, RFC 3339.
    pub expires_at: String,
    /// What the client calls itself.
    #[schema(required)]
    pub client: Option<String>,
    /// What the call would do.
    pub plan: ShownPlan,
}

/// What is asked.
pub struct Asking<'a> {
    /// Which call.
    pub call: &'a CallRef,
    /// The tool's title.
    pub title: &'a str,
    /// What the client calls itself.
    pub client: Option<&'a str>,
    /// What it would do.
    pub plan: ShownPlan,
    /// A name of exactly what it would do.
    pub plan_digest: &'a str,
}

/// A question that was asked.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The question.
    pub approval: Approval,
    /// Where the person answers it.
    pub url: String,
    /// Comes back sealed with the answer of a client that asks the person itself.
    pub state: String,
}

/// What an answer that came back with a sealed state is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    /// The call may run, this once.
    Go,
    /// The person said no.
    Declined,
    /// The call would now do something else than was asked.
    Changed,
    /// The state is not one of ours, not of this call or caller, too old, or used.
    Invalid,
}

/// Questions to people; bound to person, credential, tool, arguments and plan, and good for one call.
#[async_trait]
pub trait Approvals: Send + Sync {
    /// Uses up the person's yes to exactly this call; false when there is none.
    async fn use_up(&self, actor: &Actor, call: &CallRef, plan_digest: &str) -> BaseResult<bool>;

    /// Asks, or finds the same question that is still open.
    async fn ask(&self, actor: &Actor, asking: Asking<'_>) -> BaseResult<Asked>;

    /// Takes the answer that a client got from the person itself.
    async fn answer(
        &self,
        actor: &Actor,
        call: &CallRef,
        plan_digest: &str,
        state: &str,
        accepted: bool,
    ) -> BaseResult<Answered>;
}
