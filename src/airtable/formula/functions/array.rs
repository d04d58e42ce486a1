use std::collections::HashSet;

use super::super::coerce::{SEPARATOR, fault_of, joined};
use super::super::compare::Identity;
use super::super::run::Run;
use super::super::value::{Fault, Outcome, Value};
use super::args::Args;

/// The elements of an array; a blank has none, anything else is one.
fn items(value: Value<'_>) -> Result<Vec<Value<'_>>, Fault> {
    match fault_of(&value) {
        Some(fault) => Err(fault),
        None => Ok(match value {
            Value::Array(items) => items,
            Value::Blank => Vec::new(),
            value => vec![value],
        }),
    }
}

pub(super) fn join<'a>(run: &Run, mut args: Args<'a>) -> Outcome<'a> {
    let items = items(args.take(0))?;
    let text = if args.is_given(1) {
        let separator = args.text(1)?;
        run.charge_text(
            separator
                .len()
                .saturating_mul(items.len().saturating_sub(1)),
        )?;
        joined(items, &separator)?
    } else {
        joined(items, SEPARATOR)?
    };
    run.charge(text.len())?;
    Ok(Value::Text(text))
}

/// The elements as one text with nothing between them.
pub(in super::super) fn joined_tightly<'a>(run: &Run, value: Value<'a>) -> Outcome<'a> {
    let text = joined(items(value)?, "")?;
    run.charge(text.len())?;
    Ok(Value::Text(text))
}

/// Without blanks and empty texts.
pub(super) fn compact<'a>(_: &Run, value: Value<'a>) -> Outcome<'a> {
    let mut items = items(value)?;
    items.retain(|item| !item.is_empty_text());
    Ok(Value::Array(items))
}

/// The first of each value.
pub(super) fn unique<'a>(run: &Run, values: Vec<Value<'a>>) -> Outcome<'a> {
    let mut known = HashSet::new();
    let mut kept = Vec::new();
    for value in values {
        for item in items(value)? {
            run.charge(64 + length(&item))?;
            if known.insert(Identity::of(&item)?) {
                kept.push(item);
            }
        }
    }
    Ok(Value::Array(kept))
}

/// Bytes of text in an item, roughly.
fn length(item: &Value<'_>) -> usize {
    match item {
        Value::Text(text) => text.len(),
        Value::Array(items) => items.iter().map(length).sum(),
        _ => 0,
    }
}

/// One array without nesting, without blanks and empty texts.
pub(super) fn flatten<'a>(run: &Run, values: Vec<Value<'a>>) -> Outcome<'a> {
    let mut out = Vec::new();
    for value in values {
        for item in items(value)? {
            flatten_into(item, &mut out);
        }
    }
    run.charge(out.len() * 64)?;
    Ok(Value::Array(out))
}

fn flatten_into<'a>(value: Value<'a>, out: &mut Vec<Value<'a>>) {
    match value {
        Value::Array(items) => items.into_iter().for_each(|item| flatten_into(item, out)),
        value if value.is_empty_text() => {}
        value => out.push(value),
    }
}

/// From one place to another, both included, from 1; negative places count from the end.
pub(super) fn slice<'a>(_: &Run, mut args: Args<'a>) -> Outcome<'a> {
    let items = items(args.take(0))?;
    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let place = |place: i64| {
        if place < 0 {
            length.saturating_add(place).saturating_add(1)
        } else {
            place
        }
    };
    let start = place(args.whole(1)?).max(1);
    let end = if args.is_given(2) {
        place(args.whole(2)?).min(length)
    } else {
        length
    };
    let count = usize::try_from(end.saturating_sub(start).saturating_add(1)).unwrap_or(0);
    let skipped = usize::try_from(start - 1).unwrap_or(usize::MAX);
    Ok(Value::Array(
        items.into_iter().skip(skipped).take(count).collect(),
    ))
}
