use std::collections::HashSet;

use serde_json::Value;
use url::Url;

use super::asking::check_approval;
use super::expression::references;
use super::model::{Action, Definition, Http, Kind, StepDefinition, Undo, Verify, Wait};
use crate::contracts::{InstanceSetUp, RecordsChanged, ToolDescriptor};

const MOST_STEPS: usize = 100;
const LONGEST_NAME: usize = 64;
pub(super) const LONGEST_WAIT: u64 = 366 * 86_400;
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];
/// What would be a secret, or is set by us.
const KEPT_HEADERS: [&str; 5] = [
    "authorization",
    "cookie",
    "proxy-authorization",
    "x-api-key",
    "idempotency-key",
];

/// Whether it is fit for the name of a saga or a step.
fn is_name(text: &str) -> bool {
    let is_fit = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    !text.is_empty() && text.len() <= LONGEST_NAME && text.chars().all(is_fit)
}

/// What is wrong with a definition: where, and what.
pub(in crate::saga) fn check(
    name: &str,
    definition: &Definition,
    tools: &[ToolDescriptor],
) -> Vec<(String, String)> {
    let mut faults = Faults::default();
    if !is_name(name) {
        faults.add(
            "name",
            "must have 1 to 64 letters, digits, underscores or hyphens",
        );
    }
    if definition.steps.is_empty() || definition.steps.len() > MOST_STEPS {
        faults.add("steps", "must be 1 to 100 steps");
    }
    for (at, trigger) in definition.on.iter().enumerate() {
        if ![RecordsChanged::TYPE, InstanceSetUp::TYPE].contains(&trigger.event.as_str()) {
            let place = format!("on[{at}].event");
            faults.add(place, "must be records.changed or instance.set_up");
        }
    }
    check_order(definition, &mut faults);
    check_groups(definition, &mut faults);
    let mut before = HashSet::new();
    for group in definition.groups() {
        for step in group {
            check_step(step, &before, tools, &mut faults);
        }
        for step in group {
            if !before.insert(step.id.as_str()) {
                faults.add(format!("steps.{}", step.id), "is there twice");
            }
        }
    }
    faults.0
}

#[derive(Default)]
pub(super) struct Faults(Vec<(String, String)>);

impl Faults {
    pub(super) fn add(&mut self, place: impl Into<String>, problem: impl Into<String>) {
        self.0.push((place.into(), problem.into()));
    }
}

/// (C|N)* (P)? (R|N)*
fn check_order(definition: &Definition, faults: &mut Faults) {
    let mut is_behind = false;
    for step in &definition.steps {
        let place = || format!("steps.{}.kind", step.id);
        match step.kind {
            Kind::C if is_behind => {
                faults.add(place(), "C must come before every P and R");
            }
            Kind::P if is_behind => {
                faults.add(place(), "there is at most one P, and no R comes before it");
            }
            Kind::N if is_behind && matches!(step.action, Action::Approval(_)) => {
                // A no takes back what was done.
                faults.add(place(), "an approval must come before every P and R");
            }
            Kind::P | Kind::R => is_behind = true,
            Kind::C | Kind::N => {}
        }
    }
}

fn check_groups(definition: &Definition, faults: &mut Faults) {
    let mut seen = HashSet::new();
    for group in definition.groups() {
        let Some(word) = group[0].parallel.as_deref() else {
            continue;
        };
        if !seen.insert(word) {
            let problem = "the steps of a parallel group must stand together";
            faults.add(format!("steps.{}.parallel", group[0].id), problem);
        }
        let is_out = |step: &&StepDefinition| step.kind == Kind::P || step.action.is_awaited();
        if let Some(step) = group.iter().find(is_out) {
            let problem = "a P, a wait, an approval and a saga stand alone";
            faults.add(format!("steps.{}.parallel", step.id), problem);
        }
    }
}

fn check_step(
    step: &StepDefinition,
    before: &HashSet<&str>,
    tools: &[ToolDescriptor],
    faults: &mut Faults,
) {
    let place = format!("steps.{}", step.id);
    if !is_name(&step.id) {
        let problem = "must have 1 to 64 letters, digits, underscores or hyphens";
        faults.add(format!("{place}.id"), problem);
    }
    if step
        .timeout
        .is_some_and(|timeout| !(1..=30).contains(&timeout))
    {
        faults.add(format!("{place}.timeout"), "must be between 1 and 30");
    }
    if let Some(retry) = &step.retry
        && !(1..=8).contains(&retry.attempts)
    {
        faults.add(format!("{place}.retry.attempts"), "must be between 1 and 8");
    }
    let has_effect = check_action(&place, &step.action, &step.arguments, tools, faults);
    if has_effect && step.kind == Kind::N {
        faults.add(
            format!("{place}.kind"),
            "N is for steps without effect; this one has one",
        );
    }
    check_references(&place, &step.action, &step.arguments, before, faults);
    match (&step.compensation, step.kind) {
        (Some(_), Kind::C) if matches!(step.action, Action::Saga(_)) => {
            let problem = "a saga takes back its own steps";
            faults.add(format!("{place}.compensation"), problem);
        }
        (Some(undo), Kind::C) => check_undo(&place, (step, undo), before, tools, faults),
        (Some(_), _) => faults.add(format!("{place}.compensation"), "only a C has one"),
        (None, Kind::C) if is_keyed(&step.action, tools) => {
            let problem = "this tool needs one: its change set cannot be undone";
            faults.add(format!("{place}.compensation"), problem);
        }
        (None, Kind::C) if matches!(step.action, Action::Http(_)) => {
            faults.add(format!("{place}.compensation"), "a request needs one");
        }
        (None, _) => {}
    }
    match &step.action {
        Action::Wait(_) if step.kind == Kind::C => {
            faults.add(format!("{place}.kind"), "a wait is an N");
        }
        Action::Approval(_) if step.kind != Kind::N => {
            faults.add(format!("{place}.kind"), "an approval is an N");
        }
        Action::Saga(_) if step.kind != Kind::C => {
            faults.add(format!("{place}.kind"), "a saga is a C");
        }
        _ => {}
    }
}

fn is_keyed(action: &Action, tools: &[ToolDescriptor]) -> bool {
    let Action::Tool(name) = action else {
        return false;
    };
    tools.iter().any(|tool| tool.name == name && tool.keyed)
}

fn check_undo(
    place: &str,
    (step, undo): (&StepDefinition, &Undo),
    before: &HashSet<&str>,
    tools: &[ToolDescriptor],
    faults: &mut Faults,
) {
    let place = format!("{place}.compensation");
    if undo.action.is_awaited() {
        faults.add(format!("{place}.action"), "must be a tool or a request");
    }
    check_action(&place, &undo.action, &undo.arguments, tools, faults);
    let mut before = before.clone();
    before.insert(step.id.as_str());
    check_references(&place, &undo.action, &undo.arguments, &before, faults);
}

/// Whether the action has an effect.
fn check_action(
    place: &str,
    action: &Action,
    arguments: &serde_json::Map<String, Value>,
    tools: &[ToolDescriptor],
    faults: &mut Faults,
) -> bool {
    match action {
        Action::Tool(name) => {
            let Some(tool) = tools.iter().find(|tool| tool.name == name) else {
                faults.add(
                    format!("{place}.action"),
                    format!("there is no tool {name:?}"),
                );
                return false;
            };
            let properties = tool.input_schema.get("properties");
            for name in arguments.keys() {
                if properties.and_then(|known| known.get(name)).is_none() {
                    let place = format!("{place}.arguments.{name}");
                    faults.add(place, "the tool has no such argument");
                }
            }
            !tool.read_only
        }
        Action::Http(http) => check_http(place, http, faults),
        Action::Wait(wait) => {
            if matches!(wait, Wait::Seconds(seconds) if *seconds > LONGEST_WAIT) {
                faults.add(format!("{place}.action"), "waits more than a year");
            }
            if !arguments.is_empty() {
                faults.add(format!("{place}.arguments"), "a wait has none");
            }
            false
        }
        Action::Approval(approval) => {
            check_approval(&format!("{place}.action.approval"), approval, faults);
            if !arguments.is_empty() {
                faults.add(format!("{place}.arguments"), "an approval has none");
            }
            false
        }
        // Whether it is there, and fit, is seen with all that it leads to.
        Action::Saga(_) => true,
    }
}

fn check_http(place: &str, http: &Http, faults: &mut Faults) -> bool {
    if !METHODS.contains(&http.method.as_str()) {
        let problem = "must be GET, POST, PUT, PATCH or DELETE";
        faults.add(format!("{place}.action.http.method"), problem);
    }
    check_url(&format!("{place}.action.http.url"), &http.url, faults);
    if let Some(verify) = &http.verify {
        check_verify(&format!("{place}.action.http.verify"), http, verify, faults);
    }
    for name in http.headers.keys() {
        if KEPT_HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
            let place = format!("{place}.action.http.headers.{name}");
            faults.add(place, "may not be set by a definition");
        }
    }
    http.method != "GET"
}

/// Where a request goes is the author's word, never that of who starts the saga.
fn check_url(place: &str, url: &str, faults: &mut Faults) {
    let fixed = url.split("${").next().unwrap_or_default();
    let has_path = fixed.splitn(4, '/').count() == 4;
    if Url::parse(fixed).is_err() || !fixed.starts_with("http") || !has_path {
        faults.add(place, "must begin with scheme, host and / written out");
    }
}

fn check_verify(place: &str, http: &Http, verify: &Verify, faults: &mut Faults) {
    check_url(&format!("{place}.url"), &verify.url, faults);
    if http.method == "GET" || http.deduplicates || http.resend {
        let problem = "is for requests that change something and neither deduplicate nor resend";
        faults.add(place, problem);
    }
    if verify.expect.is_empty() {
        faults.add(format!("{place}.expect"), "must have a member");
    }
    if verify.before.is_some() && (verify.list.is_some() || verify.gone) {
        let problem = "is for a single target that is to be changed";
        faults.add(format!("{place}.before"), problem);
    }
}

fn check_references(
    place: &str,
    action: &Action,
    arguments: &serde_json::Map<String, Value>,
    before: &HashSet<&str>,
    faults: &mut Faults,
) {
    let action = serde_json::to_value(action).unwrap_or_default();
    let found = references(&Value::Array(vec![action, arguments.clone().into()]));
    let found = match found {
        Ok(found) => found,
        Err(fault) => return faults.add(place, fault.message),
    };
    for path in found {
        let mut names = path.split('.');
        let problem = match (names.next(), names.next(), names.next()) {
            (Some("input"), ..) => continue,
            (Some("steps"), Some(step), Some("result")) if before.contains(step) => continue,
            (Some("steps"), Some(step), Some("result")) => {
                format!("${{{path}}}: no step {step:?} is done before")
            }
            _ => format!("${{{path}}} must begin with input or steps.ID.result"),
        };
        faults.add(place, problem);
    }
}
