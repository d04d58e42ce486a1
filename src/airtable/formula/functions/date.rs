use super::super::coerce::text;
use super::super::dates::{Moment, week_number as number_of_week};
use super::super::doubtful;
use super::super::run::Run;
use super::super::value::{Fault, Outcome, Value};
use super::args::{Args, moment};

/// What the parts of a date are read from.
fn clock(moment: &Moment) -> super::super::dates::Civil {
    if doubtful::PARTS_FOLLOW_ZONE {
        moment.local()
    } else {
        moment.utc()
    }
}

fn part<'a>(value: Value<'a>, of: impl Fn(super::super::dates::Civil) -> i64) -> Outcome<'a> {
    // Parts of dates are small numbers.
    Ok(Value::Number(of(clock(&moment(value)?)) as f64))
}

pub(super) fn year<'a>(_: &Run, value: Value<'a>) -> Outcome<'a> {
    part(value, |civil| civil.year)
}

pub(super) fn month<'a>(_: &Run, value: Value<'a>) -> Outcome<'a> {
    part(value, |civil| civil.month)
}

pub(super) fn day<'a>(_: &Run, value: Value<'a>) -> Outcome<'a> {
    part(value, |civil| civil.day)
}

pub(super) fn hour<'a>(_: &Run, value: Value<'a>) -> Outcome<'a> {
    part(value, |civil| civil.hour())
}

pub(super) fn minute<'a>(_: &Run, value: Value<'a>) -> Outcome<'a> {
    part(value, |civil| civil.minute())
}

pub(super) fn second<'a>(_: &Run, value: Value<'a>) -> Outcome<'a> {
    part(value, |civil| civil.second())
}

/// The day a week shall begin with: 0 for Sunday, 1 for Monday.
fn week_start(args: &mut Args<'_>) -> Result<i64, Fault> {
    let name = args.take(1);
    if name.is_empty_text() {
        return Ok(0);
    }
    match text(name)?.to_ascii_lowercase().as_str() {
        "sunday" => Ok(0),
        "monday" => Ok(1),
        _ => Err(Fault::Kind),
    }
}

pub(super) fn weekday<'a>(_: &Run, mut args: Args<'a>) -> Outcome<'a> {
    let start = week_start(&mut args)?;
    part(args.take(0), |civil| {
        (civil.weekday() - start).rem_euclid(7)
    })
}

pub(super) fn week_number<'a>(_: &Run, mut args: Args<'a>) -> Outcome<'a> {
    let start = week_start(&mut args)?;
    let january = doubtful::WEEK_ONE_HOLDS_JANUARY;
    part(args.take(0), |civil| number_of_week(civil, start, january))
}
