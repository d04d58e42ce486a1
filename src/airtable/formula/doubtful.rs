//! The points on which Airtable's documentation is silent or users disagree: each is decided here and nowhere else.

use std::borrow::Cow;

use super::value::{Fault, Outcome, Value};

/// 1. Whether `SEARCH` looks at case.
pub(super) const SEARCH_FOLDS_CASE: bool = true;

/// 2. Whether `+` joins two texts; any other pair is added.
pub(super) fn plus_joins(left: &Value<'_>, right: &Value<'_>) -> bool {
    matches!((left, right), (Value::Text(_), Value::Text(_)))
}

/// 3. The capture group `REGEX_EXTRACT` gives; 0 is the whole match.
pub(super) const EXTRACTED_GROUP: usize = 0;

/// 4. `MOD`: the remainder has the sign of the divisor.
pub(super) fn modulo(number: f64, divisor: f64) -> f64 {
    let rest = number % divisor;
    if rest != 0.0 && (rest < 0.0) != (divisor < 0.0) {
        rest + divisor
    } else {
        rest
    }
}

/// 5. `WEEKNUM`: the week that holds the first of January is week 1, whichever day weeks begin on.
pub(super) const WEEK_ONE_HOLDS_JANUARY: i64 = 1;

/// 6. `DATETIME_DIFF` where a date is blank.
pub(super) const DIFFERENCE_OF_BLANK: Outcome<'static> = Ok(Value::Number(f64::NAN));

/// 7. What the difference of two dates counts: milliseconds of this number.
pub(super) const MILLIS_PER_DATE_DIFFERENCE: f64 = 1.0;

/// 8. A number equals the text that it would be written as.
pub(super) fn number_equals_text(number: f64, text: &str) -> bool {
    super::number_text::number_text(number) == text
}

/// 9. The mean of no numbers.
pub(super) const AVERAGE_OF_NOTHING: f64 = f64::NAN;

/// 9. The largest and the smallest of no numbers.
pub(super) const EXTREME_OF_NOTHING: f64 = 0.0;

/// 10. `VALUE` of a text without a number.
pub(super) const VALUE_WITHOUT_DIGITS: Outcome<'static> = Err(Fault::NoNumber);

/// 11. `DATETIME_FORMAT` without a format.
pub(super) const DEFAULT_FORMAT: &str = "YYYY-MM-DDTHH:mm:ssZ";

/// 12. Whether a rollup whose aggregation gives an array shows it as one text.
pub(super) const ROLLUP_JOINS_ARRAYS: bool = true;

/// 13. A boolean as text; an unchecked box is blank and never comes here.
pub(super) fn boolean_text(is_true: bool) -> &'static str {
    if is_true { "1" } else { "0" }
}

/// 14. Whether `HOUR`, `DAY`, `WEEKDAY` and the like look through the zone of `SET_TIMEZONE`.
pub(super) const PARTS_FOLLOW_ZONE: bool = true;

/// 15. What `FIND` and `SEARCH` look at in a lookup that was not joined: its joined text.
pub(super) fn searched_text<'a>(value: Value<'a>) -> Result<Cow<'a, str>, Fault> {
    super::coerce::text(value)
}
