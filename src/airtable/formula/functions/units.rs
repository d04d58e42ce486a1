use super::super::coerce::text;
use super::super::dates::{Moment, Unit, add, difference, start_of};
use super::super::doubtful;
use super::super::run::Run;
use super::super::value::{Fault, Outcome, Value};
use super::args::{Args, optional_moment};

pub(super) fn add_to<'a>(_: &Run, mut args: Args<'a>) -> Outcome<'a> {
    let (moment, count) = (args.moment(0)?, args.number(1)?);
    let unit = Unit::named(&args.text(2)?).ok_or(Fault::Unit)?;
    Ok(add(moment, count, unit)?.into())
}

/// Seconds without a unit, milliseconds where there is no such unit.
pub(super) fn difference_of<'a>(_: &Run, mut args: Args<'a>) -> Outcome<'a> {
    let unit = match args.take(2) {
        name if name.is_empty_text() => Unit::Second,
        name => Unit::named(&text(name)?).unwrap_or(Unit::Millisecond),
    };
    match two_dates(&mut args)? {
        // Milliseconds of ten thousand years are exact in a double.
        Some((first, second)) => Ok(Value::Number(difference(&first, &second, unit) as f64)),
        None => doubtful::DIFFERENCE_OF_BLANK,
    }
}

/// The first two arguments; nothing if one is blank.
fn two_dates(args: &mut Args<'_>) -> Result<Option<(Moment, Moment)>, Fault> {
    let first = optional_moment(args.take(0))?;
    let second = optional_moment(args.take(1))?;
    Ok(first.zip(second))
}

pub(super) fn is_same<'a>(_: &Run, mut args: Args<'a>) -> Outcome<'a> {
    let unit = match args.take(2) {
        name if name.is_empty_text() => Unit::Millisecond,
        name => Unit::named(&text(name)?).ok_or(Fault::Unit)?,
    };
    let dates = two_dates(&mut args)?;
    let is_same = |(first, second)| start_of(&first, unit) == start_of(&second, unit);
    Ok(dates.is_some_and(is_same).into())
}

pub(super) fn is_before<'a>(_: &Run, mut args: Args<'a>) -> Outcome<'a> {
    let dates = two_dates(&mut args)?;
    Ok(dates
        .is_some_and(|(first, second)| first.millis < second.millis)
        .into())
}

pub(super) fn is_after<'a>(_: &Run, mut args: Args<'a>) -> Outcome<'a> {
    let dates = two_dates(&mut args)?;
    Ok(dates
        .is_some_and(|(first, second)| first.millis > second.millis)
        .into())
}
