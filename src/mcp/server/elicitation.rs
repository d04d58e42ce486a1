use std::collections::BTreeMap;

use rmcp::model::{
    CallToolRequestParams, ElicitRequest, ElicitRequestParams, ElicitationSchema, InputRequest,
    InputRequiredResult,
};
use rmcp::service::{RequestContext, RoleServer};

use crate::mcp::calls::{Asks, Question};

/// What the one question of a call is called.
const CONFIRM: &str = "confirm";

/// How a person is asked about this call, and what the client brought back.
pub(super) fn asks(
    request: &CallToolRequestParams,
    context: &RequestContext<RoleServer>,
    is_modern: bool,
) -> Asks {
    let capability = context
        .client_capabilities()
        .and_then(|capabilities| capabilities.elicitation);
    // Forms are what a client can show that does not say what it can.
    let shows_forms =
        capability.is_some_and(|capability| capability.form.is_some() || capability.url.is_none());
    if !is_modern || !shows_forms && request.request_state.is_none() {
        return Asks::ByLink;
    }
    let responses = request.input_responses.as_ref();
    let response = responses.and_then(|responses| responses.get(CONFIRM));
    let action = response.and_then(|response| response.get("action")?.as_str());
    Asks::Itself {
        state: request.request_state.clone(),
        accepted: match action {
            Some("accept") => Some(true),
            Some("decline" | "cancel") => Some(false),
            _ => None,
        },
    }
}

/// Tells the client to show the plan to the person and to call again with yes or no.
pub(super) fn input_required(question: Question) -> InputRequiredResult {
    let form = ElicitRequestParams::FormElicitationParams {
        meta: None,
        message: question.message,
        requested_schema: ElicitationSchema::new(BTreeMap::new()),
    };
    let request = InputRequest::Elicitation(ElicitRequest::new(form));
    let requests = BTreeMap::from([(CONFIRM.to_owned(), request)]);
    InputRequiredResult::new(Some(requests), Some(question.state))
}
