use super::calendar::{DAY, days_of, in_range, shown_in, zone};
use super::iso::Moment;
use crate::airtable::schema::DateFormat;
use crate::platform::clock::{Millis, civil_from_days};

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
const MONTH_ENDS: [&str; 12] = [
    "uary", "ruary", "ch", "il", "", "e", "y", "ust", "tember", "ober", "ember", "ember",
];
const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const FILLERS: [&str; 10] = ["at", "of", "the", "on", "st", "nd", "rd", "th", "t", "sept"];

/// Reads a date as people write it, with the numbers in the field's order.
pub(super) fn moment(
    text: &str,
    order: DateFormat,
    zone_name: &str,
    now: Millis,
) -> Option<Moment> {
    let (today, of_day) = shown_in(now, &zone(zone_name));
    let mut reading = Reading {
        order,
        today,
        of_day,
        ..Reading::default()
    };
    reading.take(&tokens(text)?)?;
    reading.settle()
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Number { value: i64, digits: usize },
    Word(String),
    Mark(char),
}

/// More than this is no date, and would cost time.
const LONGEST: usize = 64;

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut was_space = true;
    for character in text.chars().take(LONGEST + 1).flat_map(char::to_lowercase) {
        let last = if was_space { None } else { tokens.last_mut() };
        match (character.to_digit(10), last) {
            (Some(digit), Some(Token::Number { value, digits })) => {
                *value = value.checked_mul(10)?.checked_add(i64::from(digit))?;
                *digits += 1;
            }
            (Some(digit), _) => tokens.push(Token::Number {
                value: i64::from(digit),
                digits: 1,
            }),
            (None, Some(Token::Word(word))) if character.is_alphabetic() => word.push(character),
            (None, _) if character.is_alphabetic() => tokens.push(Token::Word(character.into())),
            (None, _) if character.is_whitespace() => {}
            (None, _) => tokens.push(Token::Mark(character)),
        }
        was_space = character.is_whitespace();
    }
    (text.chars().count() <= LONGEST).then_some(tokens)
}

struct Reading {
    order: DateFormat,
    today: i64,
    of_day: Millis,
    numbers: Vec<(i64, usize)>,
    month: Option<i64>,
    days: Option<i64>,
    time: Option<Millis>,
    is_utc: bool,
}

impl Default for Reading {
    fn default() -> Self {
        Self {
            order: DateFormat::Iso,
            today: 0,
            of_day: 0,
            numbers: Vec::new(),
            month: None,
            days: None,
            time: None,
            is_utc: false,
        }
    }
}

impl Reading {
    fn take(&mut self, mut tokens: &[Token]) -> Option<()> {
        while let Some((first, rest)) = tokens.split_first() {
            if let Some((time, after)) = clock_time(tokens) {
                self.time = Some(time);
                tokens = after;
                continue;
            }
            match first {
                Token::Number { value, digits } => self.numbers.push((*value, *digits)),
                Token::Word(word) => self.take_word(word)?,
                Token::Mark('/' | '-' | '.' | ',' | '\'') => {}
                Token::Mark(_) => return None,
            }
            tokens = rest;
        }
        Some(())
    }

    fn take_word(&mut self, word: &str) -> Option<()> {
        match word {
            "today" => self.days = Some(self.today),
            "tomorrow" => self.days = Some(self.today + 1),
            "yesterday" => self.days = Some(self.today - 1),
            "now" => {
                self.days = Some(self.today);
                self.time = Some(self.of_day);
            }
            "z" | "utc" | "gmt" => self.is_utc = true,
            _ if is_weekday(word) => {}
            _ => match month_of(word) {
                Some(month) => self.month = Some(month),
                None if FILLERS.contains(&word) => {}
                None => return None,
            },
        }
        Some(())
    }

    fn settle(self) -> Option<Moment> {
        let days = match self.days {
            Some(days) => in_range(days).filter(|_| self.numbers.is_empty())?,
            None => self.date()?,
        };
        Some(Moment {
            days,
            of_day: self.time,
            offset: self.is_utc.then_some(0),
        })
    }

    fn date(&self) -> Option<i32> {
        let (this_year, _, _) = civil_from_days(self.today);
        let is_european = self.order == DateFormat::European;
        match (self.month, self.numbers.as_slice()) {
            (Some(month), [year @ (_, 4)]) => days_of(year.0, month, 1),
            (Some(month), [(day, _)]) => days_of(this_year, month, *day),
            (Some(month), [year @ (_, 4), (day, _)]) => days_of(year.0, month, *day),
            (Some(month), [(day, _), year]) => days_of(full_year(*year)?, month, *day),
            (None, [(year, 4), (month, _), (day, _)]) => days_of(*year, *month, *day),
            (None, [(day, _), (month, _), year]) if is_european => {
                either(full_year(*year)?, *month, *day)
            }
            (None, [(month, _), (day, _), year]) => either(full_year(*year)?, *month, *day),
            (None, [(day, _), (month, _)]) if is_european => either(this_year, *month, *day),
            (None, [(month, _), (day, _)]) => either(this_year, *month, *day),
            (None, [(joined, 8)]) => days_of(joined / 10_000, joined / 100 % 100, joined % 100),
            _ => None,
        }
    }
}

/// The date; where there is no such month, month and day are taken to be exchanged.
fn either(year: i64, month: i64, day: i64) -> Option<i32> {
    days_of(year, month, day).or_else(|| {
        if month > 12 {
            days_of(year, day, month)
        } else {
            None
        }
    })
}

fn full_year((year, digits): (i64, usize)) -> Option<i64> {
    match digits {
        4 => Some(year),
        2 if year < 69 => Some(2000 + year),
        2 => Some(1900 + year),
        _ => None,
    }
}

fn month_of(word: &str) -> Option<i64> {
    let named = MONTHS.iter().zip(MONTH_ENDS).position(|(start, end)| {
        word == *start || word.strip_prefix(start).is_some_and(|rest| rest == end)
    });
    let short_september = (word == "sept").then_some(8);
    named
        .or(short_september)
        .and_then(|place| i64::try_from(place + 1).ok())
}

fn is_weekday(word: &str) -> bool {
    let is_short = WEEKDAYS.contains(&word);
    is_short || (word.ends_with("day") && WEEKDAYS.iter().any(|day| word.starts_with(day)))
}

/// `15:30`, `3:30:10 pm`, `3pm` at the start of the tokens.
fn clock_time(tokens: &[Token]) -> Option<(Millis, &[Token])> {
    let (hour, mut rest) = number(tokens)?;
    let mut parts = [0_i64; 2];
    let mut count = 0;
    while let [Token::Mark(':'), after @ ..] = rest {
        let slot = parts.get_mut(count)?;
        (*slot, rest) = number(after)?;
        count += 1;
    }
    let fraction = if count == 2 { fraction(&mut rest) } else { 0 };
    let (half, rest) = half_of_day(rest);
    let hour = match half {
        _ if count == 0 && half.is_none() => return None,
        None => hour,
        Some(half) if (1..=12).contains(&hour) => hour % 12 + half,
        Some(_) => return None,
    };
    let is_valid = hour < 24 && parts.iter().all(|part| *part < 60);
    let millis = hour * 3_600_000 + parts[0] * 60_000 + parts[1] * 1000 + fraction;
    (is_valid && millis < DAY).then_some((millis, rest))
}

fn number(tokens: &[Token]) -> Option<(i64, &[Token])> {
    match tokens {
        [
            Token::Number {
                value,
                digits: 1 | 2,
            },
            rest @ ..,
        ] => Some((*value, rest)),
        _ => None,
    }
}

fn fraction(rest: &mut &[Token]) -> Millis {
    let [
        Token::Mark('.'),
        Token::Number {
            value,
            digits: digits @ 1..=9,
        },
        after @ ..,
    ] = *rest
    else {
        return 0;
    };
    *rest = after;
    let scale = 10_i64.pow(u32::try_from(*digits).unwrap_or(9));
    value * 1000 / scale
}

/// Hours to add for `am` or `pm`, also written `a.m.`; `None` when neither follows.
fn half_of_day(rest: &[Token]) -> (Option<i64>, &[Token]) {
    let half = |word: &str| if word.starts_with('p') { 12 } else { 0 };
    match rest {
        [Token::Word(word), after @ ..] if matches!(word.as_str(), "am" | "pm") => {
            (Some(half(word)), after)
        }
        [
            Token::Word(word),
            Token::Mark('.'),
            Token::Word(second),
            Token::Mark('.'),
            after @ ..,
        ] if matches!(word.as_str(), "a" | "p") && second == "m" => (Some(half(word)), after),
        _ => (None, rest),
    }
}
