/// What to do about a failure of this code.
pub(super) fn next_step(code: &str) -> &'static str {
    match code {
        "undo_conflict" => {
            "Look at the step's change set: keep what others wrote and mark the step as taken back, or undo it there with force"
        }
        "changed_since" => {
            "Keep what others put there and mark the step as taken back, or remove it by hand first"
        }
        "irreversible" => "Put right by hand what is left, then mark the step as taken back",
        "compensation_stuck" => "Decide about each step that could not be taken back",
        "undo_window_over" => "Change the records back by hand, then mark the step as taken back",
        "may_have_been_sent" | "timeout" | "no_probe" => {
            "Ask the receiver whether it arrived, then mark the step as done or send it again"
        }
        "starter_refused" | "forbidden" => {
            "Give the right back to who started it, or end the run and start it with another key"
        }
        "http_status" => "Correct what the receiver refused, then try the step again",
        "unavailable" | "busy" | "exhausted" | "undo_failed" => {
            "Wait until the other side works again, then try once more"
        }
        "reference_missing" | "reference_not_text" | "reference_invalid" | "time_invalid"
        | "value_too_large" | "tool_unknown" | "undecodable" => {
            "Correct the definition or the input and start it again"
        }
        "approval_rejected" | "approval_overdue" => "Agree with who is asked, then start it again",
        "inner_failed" | "inner_abandoned" => {
            "Look at the saga inside, correct the cause and start the outer one again"
        }
        "inner_needs_attention" => {
            "Decide about the saga inside, then have the step taken back again"
        }
        "inner_unknown" | "inner_too_deep" => {
            "Correct the definitions, then start the outer saga again"
        }
        "cancelled" => "Nothing; start it again if it was cancelled by mistake",
        "deadline" | "run_limit" => "Split the work into smaller sagas",
        "crash_loop" | "panic" | "no_progress" | "step_repeated" | "step_invalid"
        | "no_compensation" => "Tell the operator; the log has the line durable.needs_attention",
        _ => {
            "Read the message and the story, correct the cause, then try the step again or start the saga anew"
        }
    }
}
