use crate::airtable::schema::{DateFormat, DateTimeFormat};
use crate::platform::clock::{Millis, civil_from_days};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The parts of a locale such as `en-gb`, in lower case; without one, that of the United States.
fn parts(locale: Option<&str>) -> (String, String) {
    let lower = locale.unwrap_or("en-us").to_lowercase();
    let (language, region) = lower.split_once(['-', '_']).unwrap_or((lower.as_str(), ""));
    (language.to_owned(), region.to_owned())
}

fn is_american(language: &str, region: &str) -> bool {
    language == "en" && matches!(region, "" | "us")
}

/// A date in the field's format.
pub(super) fn date(days: i64, format: DateFormat, locale: Option<&str>) -> String {
    let (year, month, day) = civil_from_days(days);
    match format {
        DateFormat::Iso => format!("{year:04}-{month:02}-{day:02}"),
        DateFormat::Us => format!("{month}/{day}/{year}"),
        DateFormat::European => format!("{day}/{month}/{year}"),
        DateFormat::Friendly => friendly((year, month, day), locale),
        DateFormat::Local => local((year, month, day), locale),
    }
}

fn friendly((year, month, day): (i64, u8, u8), locale: Option<&str>) -> String {
    let (language, region) = parts(locale);
    let name = MONTHS[usize::from(month - 1)];
    if is_american(&language, &region) {
        format!("{name} {day}, {year}")
    } else {
        format!("{day} {name} {year}")
    }
}

fn local((year, month, day): (i64, u8, u8), locale: Option<&str>) -> String {
    let (language, region) = parts(locale);
    match (language.as_str(), region.as_str()) {
        _ if is_american(&language, &region) => format!("{month}/{day}/{year}"),
        ("en", "ca") | ("sv" | "lt", _) => format!("{year}-{month:02}-{day:02}"),
        ("de" | "fi" | "nb" | "no" | "da" | "pl" | "cs" | "ru" | "uk" | "tr" | "ro", _) => {
            format!("{day}.{month}.{year}")
        }
        ("nl", _) => format!("{day}-{month}-{year}"),
        ("ja" | "zh", _) => format!("{year}/{month}/{day}"),
        ("ko" | "hu", _) => format!("{year}.{month}.{day}."),
        _ => format!("{day}/{month}/{year}"),
    }
}

/// A date with time in the field's format; the moment is already that of the zone.
pub(super) fn date_time(
    (days, of_day): (i64, Millis),
    format: &DateTimeFormat,
    locale: Option<&str>,
) -> String {
    let (hour, minute) = (of_day / 3_600_000, of_day / 60_000 % 60);
    let date = date(days, format.date, locale);
    if format.twelve_hour {
        let half = if hour < 12 { "am" } else { "pm" };
        format!("{date} {}:{minute:02}{half}", (hour + 11) % 12 + 1)
    } else {
        format!("{date} {hour:02}:{minute:02}")
    }
}

/// A number with this many decimals, grouped as the locale has it; without a locale not grouped.
pub(super) fn number(number: f64, precision: u8, locale: Option<&str>) -> String {
    let plain = format!("{:.*}", usize::from(precision), number);
    // A value that rounds to nothing shall not read "-0".
    let is_zero = plain.bytes().all(|byte| matches!(byte, b'-' | b'0' | b'.'));
    let plain = if is_zero {
        plain.trim_start_matches('-')
    } else {
        plain.as_str()
    };
    let Some(locale) = locale else {
        return plain.to_owned();
    };
    let (grouping, point) = separators(locale);
    let (whole, decimals) = plain.split_once('.').unwrap_or((plain, ""));
    let mut out = grouped(whole, grouping);
    if !decimals.is_empty() {
        out.push(point);
        out.push_str(decimals);
    }
    out
}

fn separators(locale: &str) -> (char, char) {
    let (language, region) = parts(Some(locale));
    match (language.as_str(), region.as_str()) {
        ("de", "ch") => ('’', '.'),
        ("de" | "es" | "it" | "nl" | "pt" | "id" | "tr" | "da" | "ro" | "el", _) => ('.', ','),
        ("fr" | "sv" | "nb" | "no" | "fi" | "pl" | "cs" | "ru" | "uk" | "hu", _) => ('\u{a0}', ','),
        _ => (',', '.'),
    }
}

fn grouped(whole: &str, grouping: char) -> String {
    let digits = whole.trim_start_matches('-');
    let mut out = String::with_capacity(whole.len() + whole.len() / 3);
    if digits.len() < whole.len() {
        out.push('-');
    }
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(grouping);
        }
        out.push(digit);
    }
    out
}
