use tokio::sync::mpsc::UnboundedSender;

/// How far a long call has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::mcp) struct Step {
    /// Units done.
    pub(in crate::mcp) done: usize,
    /// Units in all, where known.
    pub(in crate::mcp) total: Option<usize>,
    /// What is being done.
    pub(in crate::mcp) message: &'static str,
}

/// Where a long call says how far it has come; says nothing when nobody asked.
#[derive(Clone, Debug, Default)]
pub(in crate::mcp) struct Progress(Option<UnboundedSender<Step>>);

impl Progress {
    /// Sends every step there.
    pub(in crate::mcp) fn to(sender: UnboundedSender<Step>) -> Self {
        Self(Some(sender))
    }

    /// Says how far the call has come.
    pub(in crate::mcp) fn report(&self, done: usize, total: Option<usize>, message: &'static str) {
        if let Some(sender) = &self.0 {
            // Whoever listened may be gone; the call goes on without.
            let _ = sender.send(Step {
                done,
                total,
                message,
            });
        }
    }
}
