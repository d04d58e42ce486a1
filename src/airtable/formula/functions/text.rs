use std::borrow::Cow;

use super::super::coerce;
use super::super::doubtful;
use super::super::run::Run;
use super::super::value::{Fault, Outcome, Value};
use super::args::Args;

const HEX: &[u8; 16] = b"0123456789ABCDEF";

pub(super) fn error<'a>(_: &Run, _: Args<'a>) -> Outcome<'a> {
    Err(Fault::Raised)
}

pub(super) fn exact<'a>(_: &Run, mut args: Args<'a>) -> Outcome<'a> {
    Ok((args.text(0)? == args.text(1)?).into())
}

pub(super) fn lower<'a>(run: &Run, value: Value<'a>) -> Outcome<'a> {
    let text = coerce::text(value)?;
    run.charge(text.len())?;
    if !text.is_ascii() {
        return Ok(text.to_lowercase().into());
    }
    if !text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Ok(Value::Text(text));
    }
    let mut text = text.into_owned();
    text.make_ascii_lowercase();
    Ok(text.into())
}

pub(super) fn upper<'a>(run: &Run, value: Value<'a>) -> Outcome<'a> {
    let text = coerce::text(value)?;
    run.charge(text.len())?;
    Ok(text.to_uppercase().into())
}

/// Without white space at the two ends.
pub(super) fn trim<'a>(run: &Run, value: Value<'a>) -> Outcome<'a> {
    let text = coerce::text(value)?;
    run.charge(text.len())?;
    Ok(Value::Text(match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }))
}

/// So many times the text; less than once is never.
pub(super) fn repeat<'a>(run: &Run, mut args: Args<'a>) -> Outcome<'a> {
    let text = args.text(0)?;
    let count = usize::try_from(args.whole(1)?).unwrap_or(0);
    run.charge_text(text.len().saturating_mul(count))?;
    if text.is_empty() {
        return Ok(Value::Text(text));
    }
    Ok(text.repeat(count).into())
}

/// The value if it is text, or the text of an array; blank for all else.
pub(super) fn only_text<'a>(_: &Run, value: Value<'a>) -> Outcome<'a> {
    match value {
        Value::Text(_) | Value::Array(_) => coerce::text(value).map(Value::Text),
        Value::Fault(fault) => Err(fault),
        _ => Ok(Value::Blank),
    }
}

/// The number in a text: what belongs to none is left out.
pub(super) fn value<'a>(run: &Run, value: Value<'a>) -> Outcome<'a> {
    match value {
        Value::Number(_) => return Ok(value),
        Value::Boolean(is_true) => return Ok(f64::from(u8::from(is_true)).into()),
        _ if value.is_empty_text() => return Ok(Value::Blank),
        _ => {}
    }
    let text = coerce::text(value)?;
    run.charge(text.len())?;
    let mut digits = String::new();
    for character in text.chars() {
        match character {
            '-' if digits.is_empty() => digits.push('-'),
            '.' if digits.contains('.') => break,
            '.' | '0'..='9' => digits.push(character),
            _ => {}
        }
    }
    match digits.parse::<f64>() {
        Ok(number) => Ok(number.into()),
        Err(_) => doubtful::VALUE_WITHOUT_DIGITS,
    }
}

/// As a part of an address: all but letters, digits and `-_.~` in percent form.
pub(super) fn encode_url_component<'a>(run: &Run, value: Value<'a>) -> Outcome<'a> {
    let text = coerce::text(value)?;
    let is_plain =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
    let encoded = text.bytes().filter(|byte| !is_plain(byte)).count();
    run.charge_text(text.len() + encoded * 2)?;
    let mut out = String::with_capacity(text.len() + encoded * 2);
    for byte in text.bytes() {
        if is_plain(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    Ok(out.into())
}
