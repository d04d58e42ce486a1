use std::collections::HashMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::approval_view::whom;
use super::approve::{ANSWERS, answers};
use super::legal::Onlooker;
use super::nested::{INNER, OUTER, OVER, WENT};
use super::plan::{RunInput, title};
use crate::platform::clock::rfc3339;
use crate::platform::durable::{Entry, Journal};

/// One line of a run's story.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::saga) struct StoryLine {
    /// Its place, without gaps from 1.
    seq: i64,
    /// When, RFC 3339.
    at: String,
    /// What happened, for programs.
    event: String,
    /// Which step.
    #[schema(required)]
    step: Option<String>,
    /// What happened, for people.
    text: String,
}

/// The history of a run as sentences, oldest first.
pub(in crate::saga) fn story(
    saga: &RunInput,
    journal: &Journal,
    entries: Vec<Entry>,
    onlooker: &Onlooker,
) -> Vec<StoryLine> {
    let mut heard = HashMap::new();
    let line = |entry: Entry| StoryLine {
        seq: entry.seq,
        at: rfc3339(entry.at),
        text: match entry.what.as_str() {
            "signal" => answer(journal, &entry, &mut heard),
            "waiting" => waiting(saga, &entry, onlooker),
            _ => None,
        }
        .unwrap_or_else(|| sentence(saga, &entry)),
        step: step_of(&entry),
        event: entry.what,
    };
    entries.into_iter().map(line).collect()
}

/// Which step a line is about.
fn step_of(entry: &Entry) -> Option<String> {
    if let Some((path, _)) = &entry.step {
        return Some(path.clone());
    }
    let detail = entry.detail.as_deref()?;
    let asks = detail.strip_prefix(ANSWERS);
    asks.filter(|_| entry.what == "signal").map(str::to_owned)
}

/// Whom the run waits for.
fn waiting(saga: &RunInput, entry: &Entry, onlooker: &Onlooker) -> Option<String> {
    let step = entry.detail.as_deref()?;
    let approval = saga.approval(step)?;
    let whom = whom(saga, approval, onlooker);
    let many = match approval.quorum {
        1 => String::new(),
        many => format!(", {many} of them,"),
    };
    Some(format!(
        "Step {step} (approval) waits for {whom}{many} to say yes"
    ))
}

/// What somebody said; the answers to a step come in the order of their lines.
fn answer(journal: &Journal, entry: &Entry, heard: &mut HashMap<String, usize>) -> Option<String> {
    let step = entry.detail.as_deref()?.strip_prefix(ANSWERS)?;
    let at = heard.entry(step.to_owned()).or_default();
    let answer = answers(journal, step).into_iter().nth(*at)?;
    *at += 1;
    let word = if answer.approved { "yes" } else { "no" };
    let because = answer
        .reason
        .map_or_else(String::new, |it| format!(": {it}"));
    Some(format!(
        "{} said {word} to step {step} (approval){because}",
        answer.name
    ))
}

/// What happens between a saga and those around and inside it.
fn between(saga: &RunInput, entry: &Entry) -> Option<String> {
    let (path, item) = entry
        .step
        .as_ref()
        .map_or(("", 0), |(path, item)| (path, *item));
    let detail = entry.detail.as_deref().unwrap_or_default();
    let is_inner = |id: &str| saga.definition.inner().any(|(step, _)| step.id == id);
    let text = match (entry.what.as_str(), path, detail) {
        ("step_intent", OUTER, _) => "All steps were done; the saga around it is about to be told",
        ("step_done", OUTER, _) => "The saga around it knows that its steps were done",
        ("step_intent", INNER, _) => "All steps were done; the sagas inside are about to end",
        ("step_done", INNER, _) => "The sagas inside may end",
        ("signal", _, WENT) => "A saga inside told how it went",
        ("signal", _, OVER) => "The saga around it will not be taken back any more",
        ("waiting", _, OUTER) => {
            "It waits for the saga around it, which may still have it taken back"
        }
        ("waiting", _, step) if is_inner(step) => {
            return Some(format!("It waits for the saga inside of step {step}"));
        }
        ("step_done", step, _) if is_inner(step) && item == 0 => {
            return Some(format!("The saga inside of step {step} was started"));
        }
        _ => return None,
    };
    Some(text.to_owned())
}

fn sentence(saga: &RunInput, entry: &Entry) -> String {
    if let Some(text) = between(saga, entry) {
        return text;
    }
    let id = entry.step.as_ref().map_or("", |(path, _)| path.as_str());
    let defined = saga.definition.steps.iter().find(|step| step.id == id);
    let what = defined.map_or_else(String::new, |step| format!(" ({})", title(&step.action)));
    let step = format!("Step {id}{what}");
    let detail = entry.detail.as_deref().unwrap_or_default();
    let because = match detail {
        "" => String::new(),
        detail => format!(": {detail}"),
    };
    match entry.what.as_str() {
        "started" => "The saga was started".to_owned(),
        "running" => "It began".to_owned(),
        "step_intent" => format!("{step} is about to be sent"),
        "step_done" => format!("{step} was done"),
        "step_failed" => format!("{step} failed for good{because}"),
        "step_retry" => format!("{step} failed and will be tried again{because}"),
        "step_busy" => format!("{step} has to wait: the other side is busy"),
        "step_unknown" => format!("{step}: the answer was lost{because}"),
        "step_probed" => format!("{step} was looked for and not found yet"),
        "step_resend" => format!("{step} did not happen and will be sent again"),
        "step_skipped" => format!("{step} was left out{because}"),
        "step_irreversible" => format!("{step} cannot be taken back and stays"),
        "step_retried" => format!("A person had {} tried again{because}", lower(&step)),
        "comp_retried" => format!("A person had {} taken back again{because}", lower(&step)),
        "marked_done" => format!("A person marked {} as done{because}", lower(&step)),
        "marked_compensated" => format!("A person marked {} as taken back{because}", lower(&step)),
        "comp_intent" => format!("{step} is about to be taken back"),
        "comp_done" => format!("{step} was taken back"),
        "comp_retry" => format!(
            "Taking back {} failed and will be tried again{because}",
            lower(&step)
        ),
        "comp_conflict" => {
            format!("{step} was not taken back, because somebody changed it since{because}")
        }
        "comp_failed" => format!("{step} could not be taken back{because}"),
        "waiting" => format!("It waits{because}"),
        "compensating" => format!("It turned back and takes back what was done{because}"),
        "compensated" => "Everything that can be taken back was taken back".to_owned(),
        "completed" => "All steps were done".to_owned(),
        "cancel_requested" => "Somebody asked to cancel it".to_owned(),
        "exhausted" => format!("All attempts were used up{because}"),
        "needs_attention" => format!("It needs a person{because}"),
        "continued" => format!("A person let it go on{because}"),
        "taken_back" => format!("A person had it taken back{because}"),
        "abandoned" => format!("A person ended it as it was{because}"),
        other => format!("{other}{because}"),
    }
}

fn lower(step: &str) -> String {
    step.replacen('S', "s", 1)
}
