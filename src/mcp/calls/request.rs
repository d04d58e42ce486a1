use serde_json::{Map, Value};

use crate::contracts::{ToolCall, ToolOutcome};

/// Characters kept of what a client calls itself.
const LONGEST_CLIENT: usize = 200;

/// A call of a tool, as it came in.
pub(in crate::mcp) struct Request {
    /// Which tool.
    pub(in crate::mcp) name: String,
    /// Its arguments.
    pub(in crate::mcp) arguments: Map<String, Value>,
    /// What the client calls itself.
    pub(in crate::mcp) client: Option<String>,
    /// How a person is asked.
    pub(in crate::mcp) asks: Asks,
}

/// How a person is asked before something is changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(in crate::mcp) enum Asks {
    /// By a link that the person opens.
    #[default]
    ByLink,
    /// By the client, which brings back the state and the answer.
    Itself {
        /// The state, once the client was told to ask.
        state: Option<String>,
        /// Whether the person said yes; `None` without an answer.
        accepted: Option<bool>,
    },
}

/// What comes back from a call.
#[derive(Clone, Debug)]
pub(in crate::mcp) enum Reply {
    /// The tool's answer, or a fault.
    Done(ToolOutcome),
    /// The client shall ask the person and call again.
    Question(Question),
}

/// What a client shall ask.
#[derive(Clone, Debug)]
pub(in crate::mcp) struct Question {
    /// The plan in words.
    pub(in crate::mcp) message: String,
    /// To be brought back with the answer.
    pub(in crate::mcp) state: String,
}

impl Request {
    /// A call of a client that calls itself so.
    pub(in crate::mcp) fn new(
        name: impl Into<String>,
        arguments: Map<String, Value>,
        client: Option<&str>,
    ) -> Self {
        Self {
            name: name.into(),
            arguments,
            client: client.map(|client| client.chars().take(LONGEST_CLIENT).collect()),
            asks: Asks::ByLink,
        }
    }
}

impl From<ToolCall> for Request {
    fn from(call: ToolCall) -> Self {
        Self::new(call.name, call.arguments, None)
    }
}

impl Reply {
    /// The tool's answer; one who asks by link is never told to ask itself.
    pub(in crate::mcp) fn outcome(self) -> Option<ToolOutcome> {
        match self {
            Self::Done(outcome) => Some(outcome),
            Self::Question(_) => None,
        }
    }
}
