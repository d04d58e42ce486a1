use super::super::coerce::text;
use super::super::dates::{Locale, format, parse, read};
use super::super::doubtful;
use super::super::run::Run;
use super::super::value::{Fault, Outcome, Value};
use super::args::{Args, moment};

pub(super) fn date_string<'a>(_: &Run, value: Value<'a>) -> Outcome<'a> {
    Ok(moment(value)?.iso_date().into())
}

pub(super) fn time_string<'a>(_: &Run, value: Value<'a>) -> Outcome<'a> {
    let civil = moment(value)?.utc();
    let (hour, minute, second) = (civil.hour(), civil.minute(), civil.second());
    Ok(format!("{hour:02}:{minute:02}:{second:02}").into())
}

pub(super) fn formatted<'a>(run: &Run, mut args: Args<'a>) -> Outcome<'a> {
    let moment = args.moment(0)?;
    let given = args.text(1)?;
    let wanted = if given.is_empty() {
        doubtful::DEFAULT_FORMAT
    } else {
        &given
    };
    // A token of one letter may become a line of words.
    run.charge(wanted.len().saturating_mul(64))?;
    let out = format(&moment, wanted);
    run.charge_text(out.len())?;
    Ok(out.into())
}

pub(super) fn parsed<'a>(run: &Run, mut args: Args<'a>) -> Outcome<'a> {
    let given = args.take(0);
    if let Value::Moment(moment) = given {
        let millis = moment.millis;
        return Ok(moment.at(millis, false)?.into());
    }
    let given = text(given)?;
    let (wanted, locale) = (args.text(1)?, args.text(2)?);
    run.charge(given.len() + wanted.len().saturating_mul(64))?;
    let read = if wanted.is_empty() {
        read(&given)
    } else {
        parse(&given, &wanted, Locale::named(&locale), run.now)
    };
    let moment = read.ok_or(Fault::NoDate)?;
    let millis = moment.millis;
    Ok(moment.at(millis, false)?.into())
}

pub(super) fn in_zone<'a>(_: &Run, mut args: Args<'a>) -> Outcome<'a> {
    let name = args.text(1)?;
    Ok(args.moment(0)?.in_zone(&name)?.into())
}

pub(super) fn in_locale<'a>(_: &Run, mut args: Args<'a>) -> Outcome<'a> {
    let code = args.text(1)?;
    Ok(args.moment(0)?.in_locale(&code).into())
}
