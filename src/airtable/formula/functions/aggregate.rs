use super::super::coerce::{number, truth};
use super::super::dates::Moment;
use super::super::doubtful;
use super::super::number_text::looks_numeric;
use super::super::run::Run;
use super::super::value::{Fault, Outcome, Value};

/// Calls with every item, arrays spread; an error in them is that of the whole.
fn each<'a>(value: Value<'a>, visit: &mut impl FnMut(Value<'a>)) -> Result<(), Fault> {
    match value {
        Value::Array(items) => {
            for item in items {
                each(item, visit)?;
            }
            Ok(())
        }
        Value::Fault(fault) => Err(fault),
        item => {
            visit(item);
            Ok(())
        }
    }
}

fn every<'a>(values: Vec<Value<'a>>, mut visit: impl FnMut(Value<'a>)) -> Result<(), Fault> {
    values
        .into_iter()
        .try_for_each(|value| each(value, &mut visit))
}

/// The number an item is, if it is one without being read.
fn numeric(item: &Value<'_>) -> Option<f64> {
    match item {
        Value::Number(_) | Value::Boolean(_) | Value::Moment(_) => number(item).ok(),
        _ => None,
    }
}

fn is_nan(item: &Value<'_>) -> bool {
    matches!(item, Value::Number(number) if number.is_nan())
}

/// The sum of all numbers; texts count where the flag beside their array says so.
pub(in super::super) fn sum<'a>(
    items: impl Iterator<Item = Result<(Value<'a>, bool), Fault>>,
) -> Outcome<'a> {
    let mut sum = 0.0;
    for item in items {
        let (value, is_text) = item?;
        let reads_text = is_text && matches!(value, Value::Array(_));
        each(value, &mut |item| {
            let number = match &item {
                Value::Text(text) if reads_text => looks_numeric(text),
                item => numeric(item),
            };
            sum += number.unwrap_or(0.0);
        })?;
    }
    Ok(Value::Number(sum))
}

pub(super) fn average<'a>(_: &Run, values: Vec<Value<'a>>) -> Outcome<'a> {
    let (mut sum, mut count) = (0.0, 0_u32);
    every(values, |item| {
        if let Some(number) = numeric(&item) {
            sum += number;
            count = count.saturating_add(1);
        }
    })?;
    let average = match count {
        0 => doubtful::AVERAGE_OF_NOTHING,
        count => sum / f64::from(count),
    };
    Ok(average.into())
}

pub(super) fn max<'a>(_: &Run, values: Vec<Value<'a>>) -> Outcome<'a> {
    extreme(values, |item, best| item > best)
}

pub(super) fn min<'a>(_: &Run, values: Vec<Value<'a>>) -> Outcome<'a> {
    extreme(values, |item, best| item < best)
}

/// The best number, or the best date where there are only dates.
fn extreme<'a>(values: Vec<Value<'a>>, is_better: impl Fn(f64, f64) -> bool) -> Outcome<'a> {
    let mut best: Option<f64> = None;
    let mut date: Option<Moment> = None;
    let mut has_numbers = false;
    every(values, |item| {
        let Some(number) = numeric(&item) else {
            return;
        };
        let is_best =
            best.is_none_or(|best| number.is_nan() || (!best.is_nan() && is_better(number, best)));
        if is_best {
            best = Some(number);
        }
        match item {
            Value::Moment(moment) if is_best => date = Some(moment),
            Value::Moment(_) => {}
            _ => has_numbers = true,
        }
    })?;
    Ok(match (date, best) {
        (Some(date), _) if !has_numbers => Value::Moment(date),
        (_, best) => Value::Number(best.unwrap_or(doubtful::EXTREME_OF_NOTHING)),
    })
}

pub(super) fn count<'a>(_: &Run, values: Vec<Value<'a>>) -> Outcome<'a> {
    count_where(values, |item| numeric(item).is_some())
}

/// Items that are something: no blank, no empty text, no unchecked box.
pub(super) fn count_filled<'a>(_: &Run, values: Vec<Value<'a>>) -> Outcome<'a> {
    count_where(values, |item| {
        !item.is_empty_text() && !matches!(item, Value::Boolean(false))
    })
}

pub(super) fn count_all<'a>(_: &Run, values: Vec<Value<'a>>) -> Outcome<'a> {
    count_where(values, |_| true)
}

/// NaN spreads even through counting.
fn count_where<'a>(values: Vec<Value<'a>>, counts: impl Fn(&Value<'a>) -> bool) -> Outcome<'a> {
    let (mut count, mut has_nan) = (0, false);
    every(values, |item| {
        has_nan |= is_nan(&item);
        count += usize::from(counts(&item));
    })?;
    Ok(if has_nan {
        Value::Number(f64::NAN)
    } else {
        Value::count(count)
    })
}

/// True if an odd number of items is.
pub(super) fn xor<'a>(_: &Run, values: Vec<Value<'a>>) -> Outcome<'a> {
    let (mut is_odd, mut fault) = (false, None);
    every(values, |item| match truth(&item) {
        Ok(is_true) => is_odd ^= is_true,
        Err(found) => fault = fault.or(Some(found)),
    })?;
    fault.map_or(Ok(Value::Boolean(is_odd)), Err)
}
