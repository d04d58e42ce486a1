use super::super::run::Run;
use super::super::value::{Outcome, Value};
use super::args::moment;

const MINUTE: f64 = 60.0;
const HOUR: f64 = 3600.0;
const DAY: f64 = 86_400.0;
const MONTH: f64 = 30.436_875 * DAY;
const YEAR: f64 = 365.2425 * DAY;

/// How far a date is from now, in words, whichever comes first.
pub(super) fn distance<'a>(run: &Run, value: Value<'a>) -> Outcome<'a> {
    let millis = moment(value)?.millis - run.now;
    let seconds = millis.abs() as f64 / 1000.0;
    let several = |length: f64, name: &str| format!("{} {name}", (seconds / length).round());
    let words = if seconds < 45.0 {
        "a few seconds".to_owned()
    } else if seconds < 90.0 {
        "a minute".to_owned()
    } else if seconds < 45.0 * MINUTE {
        several(MINUTE, "minutes")
    } else if seconds < 90.0 * MINUTE {
        "an hour".to_owned()
    } else if seconds < 22.0 * HOUR {
        several(HOUR, "hours")
    } else if seconds < 36.0 * HOUR {
        "a day".to_owned()
    } else if seconds < 26.0 * DAY {
        several(DAY, "days")
    } else if seconds < 45.0 * DAY {
        "a month".to_owned()
    } else if seconds < 320.0 * DAY {
        several(MONTH, "months")
    } else if seconds < 548.0 * DAY {
        "a year".to_owned()
    } else {
        several(YEAR, "years")
    };
    Ok(words.into())
}
