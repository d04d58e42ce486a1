use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::guess::Guess;
use crate::platform::clock::rfc3339;

const SYMBOLS: [char; 5] = ['$', '€', '£', '¥', '₹'];
const MOST_DIGITS: usize = 15;

/// A text cell as the value its column's type wants; null when it is empty.
pub(super) fn value(guess: &Guess, text: &str) -> Value {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Value::Null;
    }
    match guess {
        Guess::Line | Guess::Email | Guess::Url | Guess::Phone | Guess::Choice(_) => json!(trimmed),
        Guess::LongText => json!(text),
        Guess::Check => {
            if is_checked(trimmed) {
                json!(true)
            } else {
                Value::Null
            }
        }
        Guess::Number { .. } => json!(number(trimmed)),
        Guess::Percent { .. } => json!(percent(trimmed)),
        Guess::Money { .. } => json!(money(trimmed).map(|(_, amount)| amount)),
        Guess::Day => json!(day(trimmed).map(|day| day.to_string())),
        Guess::Moment => json!(moment(trimmed)),
        Guess::Tags(_) => {
            let mut tags: Vec<&str> = trimmed
                .split(',')
                .map(str::trim)
                .filter(|tag| !tag.is_empty())
                .collect();
            let mut seen = std::collections::HashSet::new();
            tags.retain(|tag| seen.insert(*tag));
            json!(tags)
        }
    }
}

pub(super) fn is_check(text: &str) -> bool {
    is_checked(text) || matches!(text.to_lowercase().as_str(), "false" | "no" | "unchecked")
}

fn is_checked(text: &str) -> bool {
    matches!(text.to_lowercase().as_str(), "true" | "yes" | "checked")
}

/// A number; not one with leading zeros, which is a code, nor one too long to be kept exactly.
pub(super) fn number(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = ungrouped(digits)?;
    let whole = plain.split('.').next().unwrap_or_default();
    let is_code = whole.len() > 1 && whole.starts_with('0');
    let count = plain.bytes().filter(u8::is_ascii_digit).count();
    if is_code || count == 0 || count > MOST_DIGITS {
        return None;
    }
    let amount: f64 = plain.parse().ok()?;
    Some(if text.starts_with('-') {
        -amount
    } else {
        amount
    })
}

/// Digits with a decimal point, without the commas between thousands.
fn ungrouped(text: &str) -> Option<String> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let is_grouped = whole.contains(',');
    let first_fits = !is_grouped || (1..=3).contains(&first.len());
    if !first_fits || !groups.clone().all(|group| group.len() == 3) {
        return None;
    }
    let plain = text.replace(',', "");
    let is_digits = plain
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    (is_digits && !fraction.contains([',', '.'])).then_some(plain)
}

/// `12%` is 0.12.
pub(super) fn percent(text: &str) -> Option<f64> {
    let plain = text.strip_suffix('%')?.trim_end();
    // Dividing in decimal keeps 5.5 % from becoming 0.055000000000000004.
    number(plain).and_then(|_| format!("{plain}e-2").replace(',', "").parse().ok())
}

/// The symbol and the amount of `€1,200.50` or `12 €`.
pub(super) fn money(text: &str) -> Option<(char, f64)> {
    let (sign, text) = text
        .strip_prefix('-')
        .map_or((1.0, text), |rest| (-1.0, rest));
    let symbol = SYMBOLS
        .into_iter()
        .find(|symbol| text.starts_with(*symbol) || text.ends_with(*symbol))?;
    let plain = text.trim_matches(|letter: char| letter == symbol || letter == ' ');
    number(plain).map(|amount| (symbol, sign * amount))
}

/// An ISO date, or `D.M.YYYY`; other orders of digits are ambiguous and stay text.
pub(super) fn day(text: &str) -> Option<Date> {
    let parts: Vec<&str> = text.split(['-', '.']).collect();
    let number = |index: usize| parts.get(index)?.parse::<i16>().ok();
    let (year, month, day) = match (parts.len(), text.contains('-')) {
        (3, true) if parts[0].len() == 4 => (number(0)?, number(1)?, number(2)?),
        (3, false) if parts[2].len() == 4 => (number(2)?, number(1)?, number(0)?),
        _ => return None,
    };
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// An ISO date with a time; without an offset it is read as UTC.
pub(super) fn moment(text: &str) -> Option<String> {
    if let Ok(timestamp) = text.parse::<jiff::Timestamp>() {
        return Some(rfc3339(timestamp.as_millisecond()));
    }
    if !text.contains(':') {
        return None;
    }
    let civil: DateTime = text.replace(' ', "T").parse().ok()?;
    let zoned = civil.to_zoned(TimeZone::UTC).ok()?;
    Some(rfc3339(zoned.timestamp().as_millisecond()))
}
