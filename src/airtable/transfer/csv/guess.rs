use std::collections::BTreeMap;

use super::read::Sheet;
use super::values;
use crate::airtable::transfer::build::{self, Ids, Shape};

const MOST_CHOICES: usize = 20;
const LONGEST_CHOICE: usize = 40;
const LONGEST_LINE: usize = 200;

/// What a column holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Guess {
    Line,
    LongText,
    Check,
    Number { precision: usize },
    Money { symbol: char, precision: usize },
    Percent { precision: usize },
    Day,
    Moment,
    Email,
    Url,
    Phone,
    Choice(Vec<String>),
    Tags(Vec<String>),
}

impl Guess {
    /// Airtable's name of the type.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Line => "singleLineText",
            Self::LongText => "multilineText",
            Self::Check => "checkbox",
            Self::Number { .. } => "number",
            Self::Money { .. } => "currency",
            Self::Percent { .. } => "percent",
            Self::Day => "date",
            Self::Moment => "dateTime",
            Self::Email => "email",
            Self::Url => "url",
            Self::Phone => "phoneNumber",
            Self::Choice(_) => "singleSelect",
            Self::Tags(_) => "multipleSelects",
        }
    }

    /// The type with its options.
    pub(super) fn shape(&self, ids: &mut Ids) -> Shape {
        match self {
            Self::Check => build::checkbox(),
            Self::Number { precision } => build::number("number", *precision),
            Self::Percent { precision } => build::number("percent", *precision),
            Self::Money { symbol, precision } => build::currency(&symbol.to_string(), *precision),
            Self::Day => build::date(),
            Self::Moment => build::date_time(),
            Self::Choice(names) | Self::Tags(names) => build::select(ids, self.kind(), names),
            _ => build::plain(self.kind()),
        }
    }

    /// Whether a primary field may have this type.
    fn fits_primary(&self) -> bool {
        !matches!(self, Self::Check | Self::Choice(_) | Self::Tags(_))
    }
}

/// The guesses of all columns; the first column becomes the primary field.
pub(super) fn columns(sheet: &Sheet) -> Vec<Guess> {
    (0..sheet.header.len())
        .map(|index| {
            let values: Vec<&str> = sheet.column(index).collect();
            let guess = guess(&values);
            if index == 0 && !guess.fits_primary() {
                Guess::Line
            } else {
                guess
            }
        })
        .collect()
}

fn guess(values: &[&str]) -> Guess {
    if values.is_empty() {
        return Guess::Line;
    }
    let all = |fits: fn(&str) -> bool| values.iter().all(|value| fits(value));
    if all(values::is_check) {
        return Guess::Check;
    }
    if all(|value| values::number(value).is_some()) {
        return Guess::Number {
            precision: precision(values),
        };
    }
    if all(|value| values::percent(value).is_some()) {
        return Guess::Percent {
            precision: precision(values),
        };
    }
    if let Some(symbol) = common_symbol(values) {
        return Guess::Money {
            symbol,
            precision: precision(values).max(2),
        };
    }
    if all(|value| values::day(value).is_some()) {
        return Guess::Day;
    }
    if all(|value| values::moment(value).is_some()) {
        return Guess::Moment;
    }
    text(values)
}

fn text(values: &[&str]) -> Guess {
    let all = |fits: fn(&str) -> bool| values.iter().all(|value| fits(value));
    if all(is_email) {
        return Guess::Email;
    }
    if all(is_url) {
        return Guess::Url;
    }
    if all(is_phone) {
        return Guess::Phone;
    }
    if values
        .iter()
        .any(|value| value.contains('\n') || value.len() > LONGEST_LINE)
    {
        return Guess::LongText;
    }
    if let Some(names) = choices(values.iter().copied()) {
        return Guess::Choice(names);
    }
    if values.iter().any(|value| value.contains(','))
        && let Some(names) = choices(values.iter().flat_map(|value| value.split(',')))
    {
        return Guess::Tags(names);
    }
    Guess::Line
}

/// The distinct values in order of appearance, if they are few, short and repeated.
fn choices<'a>(values: impl Iterator<Item = &'a str>) -> Option<Vec<String>> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut names: Vec<String> = Vec::new();
    let mut total = 0;
    for value in values.map(str::trim).filter(|value| !value.is_empty()) {
        total += 1;
        let count = seen.entry(value).or_default();
        *count += 1;
        if *count == 1 {
            names.push(value.to_owned());
        }
        if names.len() > MOST_CHOICES || value.len() > LONGEST_CHOICE {
            return None;
        }
    }
    let is_repeated = total >= 4 && names.len() * 2 <= total;
    is_repeated.then_some(names)
}

fn precision(values: &[&str]) -> usize {
    let digits = values.iter().map(|value| {
        let clean = value.trim_end_matches(['%', ' ']);
        clean.rsplit_once('.').map_or(0, |(_, digits)| digits.len())
    });
    digits.max().unwrap_or(0).min(7)
}

fn common_symbol(values: &[&str]) -> Option<char> {
    let (symbol, _) = values::money(values[0])?;
    let same = |value: &&str| values::money(value).is_some_and(|(other, _)| other == symbol);
    values.iter().all(same).then_some(symbol)
}

fn is_email(value: &str) -> bool {
    let Some((local, domain)) = value.split_once('@') else {
        return false;
    };
    !local.is_empty() && domain.contains('.') && !value.contains(char::is_whitespace)
}

fn is_url(value: &str) -> bool {
    let has_scheme = value.starts_with("https://") || value.starts_with("http://");
    has_scheme && !value.contains(char::is_whitespace)
}

fn is_phone(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let is_plain = value
        .chars()
        .all(|letter| letter.is_ascii_digit() || "+-()/. ".contains(letter));
    let has_mark = value.chars().any(|letter| "+-() ".contains(letter));
    is_plain && has_mark && (6..=15).contains(&digits)
}
