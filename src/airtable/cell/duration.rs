use serde_json::Value;

use super::number::{cell, from_text};
use super::parse::{ParseContext, refused};
use super::types::Cell;
use crate::airtable::schema::{DurationFormat, Field};
use crate::contracts::BaseResult;

/// A duration in seconds.
pub(super) fn parse(
    field: &Field,
    format: DurationFormat,
    value: &Value,
    context: &ParseContext<'_>,
) -> BaseResult<Cell> {
    match value {
        Value::Number(number) => number.as_f64().and_then(cell).ok_or_else(|| refused(field)),
        Value::String(text) if !context.is_strict() => Ok(seconds(text.trim(), format)
            .and_then(cell)
            .unwrap_or_default()),
        _ => Err(refused(field)),
    }
}

/// `1:30` is hours and minutes or minutes and seconds, as the format says; a bare number is seconds.
fn seconds(text: &str, format: DurationFormat) -> Option<f64> {
    let (text, sign) = text
        .strip_prefix('-')
        .map_or((text, 1.0), |rest| (rest, -1.0));
    let parts: Option<Vec<f64>> = text
        .split(':')
        .map(|part| part.trim().parse().ok())
        .collect();
    let parts = parts.filter(|parts| parts.iter().all(|part| *part >= 0.0));
    let total = match parts.as_deref() {
        Some([seconds]) => *seconds,
        Some([hours, minutes]) if format == DurationFormat::Minutes => {
            hours * 3600.0 + minutes * 60.0
        }
        Some([minutes, seconds]) => minutes * 60.0 + seconds,
        Some([hours, minutes, seconds]) => hours * 3600.0 + minutes * 60.0 + seconds,
        Some(_) => return None,
        None => from_text(text, false).filter(|_| !text.contains(':'))?,
    };
    Some(sign * total)
}

/// A duration as people read it.
pub(super) fn shown(seconds: f64, format: DurationFormat) -> String {
    let decimals: u32 = match format {
        DurationFormat::Minutes => return minutes_shown(seconds),
        DurationFormat::Seconds => 0,
        DurationFormat::Tenths => 1,
        DurationFormat::Hundredths => 2,
        DurationFormat::Thousandths => 3,
    };
    let unit = 10_u64.pow(decimals);
    let ticks = (seconds.abs() * unit as f64).round() as u64;
    let (whole, fraction) = (ticks / unit, ticks % unit);
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60);
    let sign = if seconds < 0.0 && ticks > 0 { "-" } else { "" };
    let tail = if decimals > 0 {
        format!(".{fraction:0width$}", width = decimals as usize)
    } else {
        String::new()
    };
    format!("{sign}{hours}:{minutes:02}:{rest:02}{tail}")
}

fn minutes_shown(seconds: f64) -> String {
    let minutes = (seconds.abs() / 60.0).round() as u64;
    let sign = if seconds < 0.0 && minutes > 0 {
        "-"
    } else {
        ""
    };
    format!("{sign}{}:{:02}", minutes / 60, minutes % 60)
}
