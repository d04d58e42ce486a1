use super::super::coerce::{number, truth};
use super::super::doubtful;
use super::super::run::Run;
use super::super::value::{Outcome, Value};
use super::args::Args;

pub(super) fn abs<'a>(_: &Run, value: Value<'a>) -> Outcome<'a> {
    Ok(number(&value)?.abs().into())
}

pub(super) fn int<'a>(_: &Run, value: Value<'a>) -> Outcome<'a> {
    Ok(number(&value)?.floor().into())
}

pub(super) fn exp<'a>(_: &Run, value: Value<'a>) -> Outcome<'a> {
    Ok(number(&value)?.exp().into())
}

pub(super) fn square_root<'a>(_: &Run, value: Value<'a>) -> Outcome<'a> {
    Ok(number(&value)?.sqrt().into())
}

pub(super) fn not<'a>(_: &Run, value: Value<'a>) -> Outcome<'a> {
    Ok((!truth(&value)?).into())
}

/// The next even number away from zero.
pub(super) fn even<'a>(_: &Run, value: Value<'a>) -> Outcome<'a> {
    let number = number(&value)?;
    Ok(away(number, (number.abs() / 2.0).ceil() * 2.0))
}

/// The next odd number away from zero.
pub(super) fn odd<'a>(_: &Run, value: Value<'a>) -> Outcome<'a> {
    let number = number(&value)?;
    let size = ((number.abs() - 1.0) / 2.0).ceil().max(0.0) * 2.0 + 1.0;
    let size = if number.is_nan() { number } else { size };
    Ok(away(number, size))
}

fn away<'a>(number: f64, size: f64) -> Value<'a> {
    Value::Number(if number < 0.0 { -size } else { size })
}

pub(super) fn modulo<'a>(_: &Run, args: Args<'a>) -> Outcome<'a> {
    Ok(doubtful::modulo(args.number(0)?, args.number(1)?).into())
}

pub(super) fn power<'a>(_: &Run, args: Args<'a>) -> Outcome<'a> {
    let (base, exponent) = (args.number(0)?, args.number(1)?);
    // IEEE has 1 for any power of 1 and for the power 0 of anything; NaN shall spread.
    let is_number = !base.is_nan() && !exponent.is_nan();
    let power = if is_number {
        base.powf(exponent)
    } else {
        f64::NAN
    };
    Ok(power.into())
}

pub(super) fn log<'a>(_: &Run, args: Args<'a>) -> Outcome<'a> {
    let (number, base) = (args.number(0)?, args.number_or(1, 10.0)?);
    let logarithm = if base == 10.0 {
        number.log10()
    } else if base == 2.0 {
        number.log2()
    } else {
        let raw = number.ln() / base.ln();
        let whole = raw.round();
        // The quotient of two logarithms misses whole results by a hair.
        let is_whole = (raw - whole).abs() < 1e-9 && base.powf(whole) == number;
        if is_whole { whole } else { raw }
    };
    Ok(logarithm.into())
}
