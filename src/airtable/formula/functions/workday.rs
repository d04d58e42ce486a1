use super::super::coerce::{number, text};
use super::super::dates::{DAY, Moment};
use super::super::run::Run;
use super::super::value::{Fault, Outcome, Value};
use super::args::moment;

/// The date so many working days later; the first day is not counted.
pub(super) fn workday<'a>(_: &Run, values: Vec<Value<'a>>) -> Outcome<'a> {
    let mut values = values.into_iter();
    let start = days(moment(values.next().unwrap_or_default())?);
    let count = number(&values.next().unwrap_or_default())?.trunc();
    let holidays = holidays(values)?;
    if count.is_nan() {
        return Err(Fault::NoNumber);
    }
    // Saturates; whatever is that far away is out of range.
    let days = later(start, count as i64, &holidays).ok_or(Fault::DateRange)?;
    Ok(Moment::date(days)?.into())
}

/// How many working days there are from one date to another, both included.
pub(super) fn difference<'a>(_: &Run, values: Vec<Value<'a>>) -> Outcome<'a> {
    let mut values = values.into_iter();
    let start = days(moment(values.next().unwrap_or_default())?);
    let end = days(moment(values.next().unwrap_or_default())?);
    let holidays = holidays(values)?;
    let count = between(start.min(end), start.max(end), &holidays);
    let count = if end < start { -count } else { count };
    // Days of ten thousand years are exact in a double.
    Ok(Value::Number(count as f64))
}

fn days(moment: Moment) -> i64 {
    moment.millis.div_euclid(DAY)
}

/// The place of a day in its week, 0 for Monday.
fn place(days: i64) -> i64 {
    (days + 3).rem_euclid(7)
}

fn is_working(days: i64) -> bool {
    place(days) < 5
}

/// The holidays that fall on working days, in order; each value is a date or dates separated by commas.
fn holidays<'a>(values: impl Iterator<Item = Value<'a>>) -> Result<Vec<i64>, Fault> {
    let mut found = Vec::new();
    for value in values {
        gather(value, &mut found)?;
    }
    found.retain(|days| is_working(*days));
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

fn gather(value: Value<'_>, found: &mut Vec<i64>) -> Result<(), Fault> {
    match value {
        Value::Array(items) => items.into_iter().try_for_each(|item| gather(item, found)),
        Value::Moment(moment) => {
            found.push(days(moment));
            Ok(())
        }
        value => {
            let list = text(value)?;
            let dates = list
                .split(',')
                .map(str::trim)
                .filter(|date| !date.is_empty());
            for date in dates {
                found.push(days(moment(Value::text(date))?));
            }
            Ok(())
        }
    }
}

/// Working days from one day to a later one, both included, by the calendar of weeks alone.
fn of_weeks(start: i64, end: i64) -> i64 {
    let before = |days: i64| {
        // The epoch was a Thursday; weeks are counted from the Monday before it.
        let days = days + 3;
        days.div_euclid(7) * 5 + days.rem_euclid(7).min(5)
    };
    before(end + 1) - before(start)
}

fn between(start: i64, end: i64, holidays: &[i64]) -> i64 {
    let first = holidays.partition_point(|day| *day < start);
    let last = holidays.partition_point(|day| *day <= end);
    // There are at most as many holidays as days.
    of_weeks(start, end) - (last - first) as i64
}

fn later(start: i64, count: i64, holidays: &[i64]) -> Option<i64> {
    const FARTHEST: i64 = 4_000_000;
    if !(-FARTHEST..=FARTHEST).contains(&count) {
        return None;
    }
    let step = count.signum();
    let mut left = count.abs();
    let mut day = start;
    while left > 0 {
        // Whole weeks first, never so many that the last step could end on a day of rest.
        let jump = ((left - 1) / 5 * 7).max(1);
        let next = day + jump * step;
        let (first, last) = if step > 0 {
            (day + 1, next)
        } else {
            (next, day - 1)
        };
        left -= between(first, last, holidays);
        day = next;
    }
    Some(day)
}
