use std::borrow::Cow;
use std::ops::Range;

use super::super::coerce;
use super::super::run::Run;
use super::super::value::{Fault, Outcome, Value};
use super::args::Args;

/// What stands for half of a character that UTF-16 writes as two.
const HALF: &str = "\u{fffd}";

/// Length in UTF-16 units.
pub(super) fn units(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.chars().map(char::len_utf16).sum()
    }
}

/// A part of a text, given in UTF-16 units.
fn part<'a>(text: &Cow<'a, str>, range: Range<usize>) -> Cow<'a, str> {
    let (start, is_start_half) = byte_of(text, range.start);
    let (end, is_end_half) = byte_of(text, range.end);
    if range.end <= range.start {
        return Cow::Borrowed("");
    }
    let whole_start = if is_start_half {
        next(text, start)
    } else {
        start
    };
    if !is_start_half && !is_end_half {
        return match text {
            Cow::Borrowed(text) => Cow::Borrowed(&text[start..end]),
            Cow::Owned(text) => Cow::Owned(text[start..end].to_owned()),
        };
    }
    let mut out = String::new();
    if is_start_half {
        out.push_str(HALF);
    }
    out.push_str(text.get(whole_start..end).unwrap_or_default());
    if is_end_half && end >= whole_start {
        out.push_str(HALF);
    }
    Cow::Owned(out)
}

/// The byte at which the character of a unit begins, and whether the unit is its second.
fn byte_of(text: &str, unit: usize) -> (usize, bool) {
    if text.is_ascii() {
        return (unit.min(text.len()), false);
    }
    let mut units = 0;
    for (byte, character) in text.char_indices() {
        if units == unit {
            return (byte, false);
        }
        units += character.len_utf16();
        if units > unit {
            return (byte, true);
        }
    }
    (text.len(), false)
}

fn next(text: &str, byte: usize) -> usize {
    let character = text[byte..].chars().next();
    byte + character.map_or(0, char::len_utf8)
}

/// A number of characters or a place; what is less than none is none.
fn size(count: i64) -> usize {
    usize::try_from(count).unwrap_or(0)
}

pub(super) fn length<'a>(run: &Run, value: Value<'a>) -> Outcome<'a> {
    let text = coerce::text(value)?;
    run.charge(text.len())?;
    Ok(Value::count(units(&text)))
}

/// How many characters `LEFT` and `RIGHT` shall take.
fn wanted(args: &Args<'_>) -> Result<usize, Fault> {
    if args.is_given(1) {
        args.whole(1).map(size)
    } else {
        Ok(1)
    }
}

pub(super) fn left<'a>(run: &Run, mut args: Args<'a>) -> Outcome<'a> {
    let text = args.text(0)?;
    run.charge(text.len())?;
    let count = wanted(&args)?.min(units(&text));
    Ok(Value::Text(part(&text, 0..count)))
}

pub(super) fn right<'a>(run: &Run, mut args: Args<'a>) -> Outcome<'a> {
    let text = args.text(0)?;
    run.charge(text.len())?;
    let length = units(&text);
    let count = wanted(&args)?.min(length);
    Ok(Value::Text(part(&text, length - count..length)))
}

/// From a place, from 1, so many characters.
pub(super) fn middle<'a>(run: &Run, mut args: Args<'a>) -> Outcome<'a> {
    let text = args.text(0)?;
    run.charge(text.len())?;
    let length = units(&text);
    let start = size(args.whole(1)?.saturating_sub(1)).min(length);
    let end = start.saturating_add(size(args.whole(2)?)).min(length);
    Ok(Value::Text(part(&text, start..end)))
}

/// With so many characters from a place on replaced.
pub(super) fn replace<'a>(run: &Run, mut args: Args<'a>) -> Outcome<'a> {
    let text = args.text(0)?;
    let replacement = args.text(3)?;
    run.charge_text(text.len() + replacement.len())?;
    let length = units(&text);
    let start = size(args.whole(1)?.saturating_sub(1)).min(length);
    let end = start.saturating_add(size(args.whole(2)?)).min(length);
    let mut out = part(&text, 0..start).into_owned();
    out.push_str(&replacement);
    out.push_str(&part(&text, end..length));
    Ok(out.into())
}
