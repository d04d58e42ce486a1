use super::super::run::Run;
use super::super::value::{Fault, Outcome};
use super::args::Args;

/// No double has more decimals than this, nor more digits before the point.
const MOST_DECIMALS: f64 = 330.0;

/// To so many decimals; halves go up, toward positive infinity.
pub(super) fn round<'a>(_: &Run, args: Args<'a>) -> Outcome<'a> {
    to_decimals(&args, |number| {
        let floor = number.floor();
        if number - floor >= 0.5 {
            floor + 1.0
        } else {
            floor
        }
    })
}

/// To so many decimals, away from zero.
pub(super) fn round_up<'a>(_: &Run, args: Args<'a>) -> Outcome<'a> {
    to_decimals(&args, |number| {
        if number < 0.0 {
            number.floor()
        } else {
            number.ceil()
        }
    })
}

/// To so many decimals, toward zero.
pub(super) fn round_down<'a>(_: &Run, args: Args<'a>) -> Outcome<'a> {
    to_decimals(&args, f64::trunc)
}

fn to_decimals<'a>(args: &Args<'a>, round: impl Fn(f64) -> f64) -> Outcome<'a> {
    let (number, decimals) = (args.number(0)?, args.number_or(1, 0.0)?);
    if decimals.is_nan() || !number.is_finite() {
        let result = if decimals.is_nan() { decimals } else { number };
        return Ok(result.into());
    }
    // The cast is exact: the number is whole and near.
    let decimals = decimals.trunc().clamp(-MOST_DECIMALS, MOST_DECIMALS) as i32;
    if decimals == 0 {
        return Ok(round(number).into());
    }
    let shifted = shift(number, decimals)?;
    if !shifted.is_finite() {
        return Ok(number.into());
    }
    Ok(shift(round(shifted), -decimals)?.into())
}

/// The number with its decimal point moved: exact in the digits it is written with, as multiplying is not.
fn shift(number: f64, places: i32) -> Result<f64, Fault> {
    let written = format!("{number:e}");
    let (digits, exponent) = written.split_once('e').ok_or(Fault::NoNumber)?;
    let exponent: i32 = exponent.parse().map_err(|_| Fault::NoNumber)?;
    let moved = format!("{digits}e{}", exponent + places);
    moved.parse().map_err(|_| Fault::NoNumber)
}

/// The smallest multiple that is not less.
pub(super) fn ceiling<'a>(_: &Run, args: Args<'a>) -> Outcome<'a> {
    to_multiple(&args, f64::ceil)
}

/// The greatest multiple that is not more.
pub(super) fn floor<'a>(_: &Run, args: Args<'a>) -> Outcome<'a> {
    to_multiple(&args, f64::floor)
}

fn to_multiple<'a>(args: &Args<'a>, round: impl Fn(f64) -> f64) -> Outcome<'a> {
    let (number, significance) = (args.number(0)?, args.number_or(1, 1.0)?.abs());
    if significance == 0.0 && !number.is_nan() {
        return Ok(0.0.into());
    }
    if significance == 1.0 {
        return Ok(round(number).into());
    }
    let multiples = round(clean(number / significance)?);
    Ok(clean(multiples * significance)?.into())
}

/// The number without the noise of binary fractions, which begins at the 13th digit or later.
fn clean(number: f64) -> Result<f64, Fault> {
    if !number.is_finite() {
        return Ok(number);
    }
    format!("{number:.12e}")
        .parse()
        .map_err(|_| Fault::NoNumber)
}
