use super::super::error::{Error, ErrorKind, suggestion};
use super::super::run::Run;
use super::super::syntax::{Call, Span};
use super::super::value::{Outcome, Value};
use super::args::Args;
use super::{
    aggregate, array, date, date_text, number, regex, relative, round, search, slice, text, units,
    workday,
};

pub(in super::super) type One = for<'a> fn(&Run, Value<'a>) -> Outcome<'a>;
pub(in super::super) type Few = for<'a> fn(&Run, Args<'a>) -> Outcome<'a>;
pub(in super::super) type Many = for<'a> fn(&Run, Vec<Value<'a>>) -> Outcome<'a>;

/// A function of the language.
pub(in super::super) struct Function {
    pub(in super::super) name: &'static str,
    least: usize,
    /// `usize::MAX` where any number may follow.
    most: usize,
    pub(in super::super) gives: Gives,
    pub(in super::super) body: Body,
}

/// What does the work.
#[derive(Clone, Copy)]
pub(in super::super) enum Body {
    One(One),
    Few(Few),
    Many(Many),
    Special(Special),
}

/// Functions that do not evaluate all arguments, or depend on more than them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Special {
    If,
    And,
    Or,
    Switch,
    IsError,
    True,
    False,
    Blank,
    Now,
    Today,
    RecordId,
    CreatedTime,
    LastModifiedTime,
    Concatenate,
    Sum,
    Find,
    Search,
    Regex(regex::Use),
}

/// The kind of the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Gives {
    Nothing,
    Number,
    Boolean,
    Text,
    Date,
    DateTime,
    /// The kind of the first argument, a text in it read as a date.
    SameDate,
    /// As `SameDate`, if the unit is of days or longer.
    AddedDate,
    /// Dates if all arguments are dates.
    Extreme,
    /// An array of what the arguments are.
    Array,
    /// An array of what the first argument is.
    PartOfArray,
    /// Decided by the branches.
    Branches,
}

const fn function(
    name: &'static str,
    least: usize,
    most: usize,
    gives: Gives,
    body: Body,
) -> Function {
    Function {
        name,
        least,
        most,
        gives,
        body,
    }
}

const fn one(name: &'static str, gives: Gives, body: One) -> Function {
    function(name, 1, 1, gives, Body::One(body))
}

const fn few(name: &'static str, least: usize, most: usize, gives: Gives, body: Few) -> Function {
    function(name, least, most, gives, Body::Few(body))
}

const fn many(name: &'static str, least: usize, gives: Gives, body: Many) -> Function {
    function(name, least, usize::MAX, gives, Body::Many(body))
}

const fn special(
    name: &'static str,
    least: usize,
    most: usize,
    gives: Gives,
    how: Special,
) -> Function {
    function(name, least, most, gives, Body::Special(how))
}

const ANY: usize = usize::MAX;

/// All functions, by name.
static FUNCTIONS: [Function; 85] = [
    one("ABS", Gives::Number, number::abs),
    special("AND", 1, ANY, Gives::Boolean, Special::And),
    one("ARRAYCOMPACT", Gives::Array, array::compact),
    many("ARRAYFLATTEN", 1, Gives::Array, array::flatten),
    few("ARRAYJOIN", 1, 2, Gives::Text, array::join),
    few("ARRAYSLICE", 2, 3, Gives::PartOfArray, array::slice),
    many("ARRAYUNIQUE", 1, Gives::Array, array::unique),
    many("AVERAGE", 1, Gives::Number, aggregate::average),
    special("BLANK", 0, 0, Gives::Nothing, Special::Blank),
    few("CEILING", 1, 2, Gives::Number, round::ceiling),
    special("CONCATENATE", 1, ANY, Gives::Text, Special::Concatenate),
    many("COUNT", 1, Gives::Number, aggregate::count),
    many("COUNTA", 1, Gives::Number, aggregate::count_filled),
    many("COUNTALL", 1, Gives::Number, aggregate::count_all),
    special("CREATED_TIME", 0, 0, Gives::DateTime, Special::CreatedTime),
    few("DATEADD", 3, 3, Gives::AddedDate, units::add_to),
    one("DATESTR", Gives::Text, date_text::date_string),
    few("DATETIME_DIFF", 2, 3, Gives::Number, units::difference_of),
    few("DATETIME_FORMAT", 1, 2, Gives::Text, date_text::formatted),
    few("DATETIME_PARSE", 1, 3, Gives::DateTime, date_text::parsed),
    one("DAY", Gives::Number, date::day),
    one(
        "ENCODE_URL_COMPONENT",
        Gives::Text,
        text::encode_url_component,
    ),
    few("ERROR", 0, 1, Gives::Nothing, text::error),
    one("EVEN", Gives::Number, number::even),
    few("EXACT", 2, 2, Gives::Boolean, text::exact),
    one("EXP", Gives::Number, number::exp),
    special("FALSE", 0, 0, Gives::Boolean, Special::False),
    special("FIND", 2, 3, Gives::Number, Special::Find),
    few("FLOOR", 1, 2, Gives::Number, round::floor),
    one("FROMNOW", Gives::Text, relative::distance),
    one("HOUR", Gives::Number, date::hour),
    special("IF", 2, 3, Gives::Branches, Special::If),
    one("INT", Gives::Number, number::int),
    special("ISERROR", 1, 1, Gives::Boolean, Special::IsError),
    few("IS_AFTER", 2, 2, Gives::Boolean, units::is_after),
    few("IS_BEFORE", 2, 2, Gives::Boolean, units::is_before),
    few("IS_SAME", 2, 3, Gives::Boolean, units::is_same),
    special(
        "LAST_MODIFIED_TIME",
        0,
        ANY,
        Gives::DateTime,
        Special::LastModifiedTime,
    ),
    few("LEFT", 1, 2, Gives::Text, slice::left),
    one("LEN", Gives::Number, slice::length),
    few("LOG", 1, 2, Gives::Number, number::log),
    one("LOWER", Gives::Text, text::lower),
    many("MAX", 1, Gives::Extreme, aggregate::max),
    few("MID", 3, 3, Gives::Text, slice::middle),
    many("MIN", 1, Gives::Extreme, aggregate::min),
    one("MINUTE", Gives::Number, date::minute),
    few("MOD", 2, 2, Gives::Number, number::modulo),
    one("MONTH", Gives::Number, date::month),
    one("NOT", Gives::Boolean, number::not),
    special("NOW", 0, 0, Gives::DateTime, Special::Now),
    one("ODD", Gives::Number, number::odd),
    special("OR", 1, ANY, Gives::Boolean, Special::Or),
    few("POWER", 2, 2, Gives::Number, number::power),
    special("RECORD_ID", 0, 0, Gives::Text, Special::RecordId),
    special(
        "REGEX_EXTRACT",
        2,
        2,
        Gives::Text,
        Special::Regex(regex::Use::Extract),
    ),
    special(
        "REGEX_MATCH",
        2,
        2,
        Gives::Boolean,
        Special::Regex(regex::Use::Match),
    ),
    special(
        "REGEX_REPLACE",
        3,
        3,
        Gives::Text,
        Special::Regex(regex::Use::Replace),
    ),
    few("REPLACE", 4, 4, Gives::Text, slice::replace),
    few("REPT", 2, 2, Gives::Text, text::repeat),
    few("RIGHT", 1, 2, Gives::Text, slice::right),
    few("ROUND", 1, 2, Gives::Number, round::round),
    few("ROUNDDOWN", 1, 2, Gives::Number, round::round_down),
    few("ROUNDUP", 1, 2, Gives::Number, round::round_up),
    special("SEARCH", 2, 3, Gives::Number, Special::Search),
    one("SECOND", Gives::Number, date::second),
    few("SET_LOCALE", 2, 2, Gives::SameDate, date_text::in_locale),
    few("SET_TIMEZONE", 2, 2, Gives::SameDate, date_text::in_zone),
    one("SQRT", Gives::Number, number::square_root),
    few("SUBSTITUTE", 3, 4, Gives::Text, search::substitute),
    special("SUM", 1, ANY, Gives::Number, Special::Sum),
    special("SWITCH", 2, ANY, Gives::Branches, Special::Switch),
    one("T", Gives::Text, text::only_text),
    one("TIMESTR", Gives::Text, date_text::time_string),
    special("TODAY", 0, 0, Gives::Date, Special::Today),
    one("TONOW", Gives::Text, relative::distance),
    one("TRIM", Gives::Text, text::trim),
    special("TRUE", 0, 0, Gives::Boolean, Special::True),
    one("UPPER", Gives::Text, text::upper),
    one("VALUE", Gives::Number, text::value),
    few("WEEKDAY", 1, 2, Gives::Number, date::weekday),
    few("WEEKNUM", 1, 2, Gives::Number, date::week_number),
    many("WORKDAY", 2, Gives::Date, workday::workday),
    many("WORKDAY_DIFF", 2, Gives::Number, workday::difference),
    many("XOR", 1, Gives::Boolean, aggregate::xor),
    one("YEAR", Gives::Number, date::year),
];

/// The function of a name in any case.
pub(in super::super) fn find(name: &str) -> Option<&'static Function> {
    FUNCTIONS
        .iter()
        .find(|function| function.name.eq_ignore_ascii_case(name))
}

/// Whether a call names a function and gives it as many arguments as it takes.
pub(in super::super) fn check(call: &Call, span: Span) -> Result<(), Box<Error>> {
    let Some(function) = find(&call.name) else {
        let names = FUNCTIONS.iter().map(|function| function.name);
        let hint = suggestion(&call.name, names, |name| format!("{name}()"));
        let message = format!("Unknown function {}{hint}", shortened(&call.name));
        let place = call.name_span.clone();
        return Err(Box::new(Error::new(
            ErrorKind::UnknownFunction,
            place,
            message,
        )));
    };
    let given = call.arguments.len();
    if (function.least..=function.most).contains(&given) {
        return Ok(());
    }
    let message = format!("{} takes {}, not {given}", function.name, takes(function));
    Err(Box::new(Error::new(
        ErrorKind::ArgumentCount,
        span,
        message,
    )))
}

/// The names with the numbers of arguments they take.
#[cfg(test)]
pub(in super::super) fn arities() -> Vec<(&'static str, usize, usize)> {
    let functions = FUNCTIONS.iter();
    functions
        .map(|function| (function.name, function.least, function.most))
        .collect()
}

fn takes(function: &Function) -> String {
    match (function.least, function.most) {
        (0, 0) => "no arguments".to_owned(),
        (1, 1) => "one argument".to_owned(),
        (least, most) if least == most => format!("{least} arguments"),
        (least, usize::MAX) => format!("{least} or more arguments"),
        (least, most) => format!("{least} to {most} arguments"),
    }
}

/// A name for a message.
fn shortened(name: &str) -> String {
    const MOST: usize = 60;
    match name.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}
