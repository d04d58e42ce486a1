use std::borrow::Cow;

use memchr::{memchr2_iter, memmem};

use super::super::doubtful;
use super::super::run::Run;
use super::super::value::{Fault, Outcome, Value};
use super::args::Args;
use super::slice::units;

/// Longer ones would be too much work where a text has many places that look like them for long.
const LONGEST_COMPARED: usize = 16;

/// How letters are compared where a text is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Case {
    /// As they are.
    Exact,
    /// With those of the text in lower case.
    Lower,
    /// As `SEARCH` does.
    Searched,
}

/// The place of the first occurrence, from 1, at or after a place; 0 and 1 both mean the beginning.
pub(in super::super) fn located(
    run: &Run,
    what: &str,
    text: &str,
    start: i64,
    case: Case,
) -> Result<Option<usize>, Fault> {
    run.charge(text.len() + what.len())?;
    let skipped = usize::try_from(start.saturating_sub(1)).unwrap_or(0);
    match case {
        Case::Searched if doubtful::SEARCH_FOLDS_CASE => {
            run.charge(text.len() * 4)?;
            Ok(folded(what, text, skipped))
        }
        Case::Exact | Case::Searched => Ok(plain(what, text, skipped)),
        Case::Lower => {
            run.charge(text.len())?;
            Ok(lower(what, text, skipped))
        }
    }
}

/// As `plain`, in the text in lower case.
fn lower(what: &str, text: &str, skipped: usize) -> Option<usize> {
    if !text.is_ascii() {
        return plain(what, &text.to_lowercase(), skipped);
    }
    if what.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    ascii_folded(what, text, skipped)
}

/// As `plain` in a text of ASCII, whatever the case of its letters and those looked for.
fn ascii_folded(what: &str, text: &str, skipped: usize) -> Option<usize> {
    let first = match what.as_bytes().first() {
        Some(first) if what.len() <= LONGEST_COMPARED => *first,
        _ => {
            let (what, text) = (what.to_ascii_lowercase(), text.to_ascii_lowercase());
            return plain(&what, &text, skipped);
        }
    };
    let rest = text.as_bytes().get(skipped..)?;
    let (one, other) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    let is_here = |place: &usize| {
        let here = rest.get(*place..*place + what.len());
        here.is_some_and(|here| here.eq_ignore_ascii_case(what.as_bytes()))
    };
    let byte = memchr2_iter(one, other, rest).find(is_here)?;
    Some(skipped + byte + 1)
}

fn plain(what: &str, text: &str, skipped: usize) -> Option<usize> {
    let start = byte_of(text, skipped)?;
    let byte = start + memmem::find(text.get(start..)?.as_bytes(), what.as_bytes())?;
    Some(units(&text[..byte]) + 1)
}

/// The byte a unit begins at, or that of the next character if it is inside of one.
fn byte_of(text: &str, unit: usize) -> Option<usize> {
    if unit == 0 {
        return Some(0);
    }
    if text.is_ascii() {
        return (unit <= text.len()).then_some(unit);
    }
    let mut left = unit;
    for (byte, character) in text.char_indices() {
        if left == 0 {
            return Some(byte);
        }
        left = left.saturating_sub(character.len_utf16());
    }
    (left == 0).then_some(text.len())
}

/// As `plain`, in lower case; a letter that becomes two keeps its place.
fn folded(what: &str, text: &str, skipped: usize) -> Option<usize> {
    if what.is_ascii() && text.is_ascii() {
        return ascii_folded(what, text, skipped);
    }
    let what = what.to_lowercase();
    let start = byte_of(text, skipped)?;
    let mut lower = String::with_capacity(text.len());
    // With each character of the text, where its lower form begins.
    let mut begins = Vec::new();
    let mut unit = units(&text[..start]);
    for character in text[start..].chars() {
        begins.push((lower.len(), unit));
        lower.extend(character.to_lowercase());
        unit += character.len_utf16();
    }
    begins.push((lower.len(), unit));
    let byte = lower.find(&what)?;
    let place = begins.partition_point(|(begin, _)| *begin <= byte);
    begins.get(place.checked_sub(1)?).map(|(_, unit)| unit + 1)
}

/// With all occurrences of a text replaced, or only one of them.
pub(super) fn substitute<'a>(run: &Run, mut args: Args<'a>) -> Outcome<'a> {
    let (text, old, new) = (args.text(0)?, args.text(1)?, args.text(2)?);
    run.charge(text.len() + old.len())?;
    if old.is_empty() {
        return Ok(Value::Text(text));
    }
    match args.whole(3)? {
        0 => all_replaced(run, text, &old, &new),
        index => {
            let place = usize::try_from(index.saturating_sub(1)).ok();
            let found = place.and_then(|place| text.match_indices(&*old).nth(place));
            let Some((byte, _)) = found else {
                return Ok(Value::Text(text));
            };
            run.charge_text(text.len() + new.len())?;
            let (before, after) = (&text[..byte], &text[byte + old.len()..]);
            Ok([before, &new, after].concat().into())
        }
    }
}

fn all_replaced<'a>(run: &Run, text: Cow<'a, str>, old: &str, new: &str) -> Outcome<'a> {
    let count = text.matches(old).count();
    if count == 0 {
        return Ok(Value::Text(text));
    }
    let length = text.len() - count * old.len() + count.saturating_mul(new.len());
    run.charge_text(length)?;
    Ok(text.replace(old, new).into())
}
