use std::sync::{Arc, OnceLock};

use async_trait::async_trait;

use super::access::Actor;
use super::base_error::BaseResult;
use super::toolbox::ToolOutcome;
use crate::platform::ids::ChangeSetId;

/// Which call of a tool: the same when tool, arguments and key are.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CallRef {
    /// The tool.
    pub tool: &'static str,
    /// Digest of its arguments.
    pub arguments: String,
    /// What the client named the call with, so that it can safely be sent again.
    pub key: Option<String>,
}

/// What is known of a call that was sent before.
#[derive(Clone, Debug)]
pub enum KnownCall {
    /// It was answered.
    Finished(ToolOutcome),
    /// Its key was used with other arguments.
    OtherArguments,
    /// It is being worked on, as this change set.
    Running(ChangeSetId),
    /// Whoever began it as this change set is gone and had changed nothing.
    Abandoned(ChangeSetId),
    /// Whoever worked on it is gone and had done this.
    LeftBehind(DoneBefore),
}

/// What a call had done when whoever worked on it was lost.
#[derive(Clone, Copy, Debug)]
pub struct DoneBefore {
    /// Its change set.
    pub change: ChangeSetId,
    /// Records made.
    pub created: usize,
    /// Records changed.
    pub updated: usize,
    /// Records deleted.
    pub deleted: usize,
    /// Whether it is known to have been everything.
    pub is_whole: bool,
}

/// How a call ended.
pub struct CallEnd<'a> {
    /// What it answers.
    pub outcome: &'a ToolOutcome,
    /// Whether less was done than was meant.
    pub is_partial: bool,
}

/// Calls that change something, each written down before its effect, so that none is carried out twice.
#[async_trait]
pub trait Calls: Send + Sync {
    /// What is known of the call. One without a key is known only while it is unfinished, or to those who have been
    /// waiting for this change set of it.
    async fn look(
        &self,
        actor: &Actor,
        call: &CallRef,
        waiting: Option<ChangeSetId>,
    ) -> BaseResult<Option<KnownCall>>;

    /// Writes down that the call begins as this change set, in place of an abandoned one that did nothing; false when
    /// somebody else was quicker.
    async fn begin(
        &self,
        actor: &Actor,
        call: &CallRef,
        change: ChangeSetId,
        abandoned: Option<ChangeSetId>,
    ) -> BaseResult<bool>;

    /// Says that somebody still works on it.
    async fn keep_alive(
        &self,
        actor: &Actor,
        call: &CallRef,
        change: ChangeSetId,
    ) -> BaseResult<()>;

    /// Ends the change set and keeps the answer, unless the call failed without changing anything; answers whether
    /// anything was changed.
    async fn finish(
        &self,
        actor: &Actor,
        call: &CallRef,
        change: ChangeSetId,
        end: CallEnd<'_>,
    ) -> BaseResult<bool>;
}

/// Where the calls will be once they are kept, for contexts that are built before saga; cheap to clone.
#[derive(Clone, Default)]
pub struct CallsSlot(Arc<OnceLock<Arc<dyn Calls>>>);

impl CallsSlot {
    /// Puts them there; the first stay.
    pub fn fill(&self, calls: Arc<dyn Calls>) {
        let _ = self.0.set(calls);
    }

    /// The calls; `None` without the context that keeps them.
    pub fn get(&self) -> Option<&Arc<dyn Calls>> {
        self.0.get()
    }
}
