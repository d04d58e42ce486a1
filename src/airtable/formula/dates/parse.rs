use super::calendar::Civil;
use super::locale::Locale;
use super::moment::Moment;
use super::pieces::{Piece, expanded};
use super::read::check_day;

/// Reads a date written in a format of moment's tokens; parts that are larger than those given are today's.
pub(in super::super) fn parse(
    text: &str,
    format: &str,
    locale: &'static Locale,
    now: i64,
) -> Option<Moment> {
    let mut reading = Reading {
        rest: text.trim(),
        locale,
        parts: Parts::default(),
    };
    let mut is_any = false;
    for piece in expanded(format, locale) {
        if reading.rest.is_empty() {
            break;
        }
        match piece {
            Piece::Literal(literal) => reading.literal(literal),
            Piece::Token(token) => {
                reading.token(token)?;
                is_any = true;
            }
        }
    }
    is_any.then(|| reading.parts.settle(now)).flatten()
}

#[derive(Default)]
struct Parts {
    year: Option<i64>,
    quarter: Option<i64>,
    month: Option<i64>,
    day: Option<i64>,
    day_of_year: Option<i64>,
    hour: Option<i64>,
    minute: i64,
    second: i64,
    milli: i64,
    /// Hours to add for the second half of the day.
    half: Option<i64>,
    /// Milliseconds ahead of UTC.
    offset: i64,
    /// An instant given as a number.
    epoch: Option<f64>,
}

impl Parts {
    fn settle(self, now: i64) -> Option<Moment> {
        if let Some(epoch) = self.epoch {
            return Moment::time(epoch as i64).ok();
        }
        let of_day = self.of_day()?;
        let date = self.date(Civil::of_millis(now))?;
        Moment::time(Civil { of_day, ..date }.millis() - self.offset).ok()
    }

    fn of_day(&self) -> Option<i64> {
        let hour = match (self.hour.unwrap_or(0), self.half) {
            (hour, None) => hour,
            (hour @ 0..=12, Some(half)) => hour % 12 + half,
            (hour, Some(12)) => hour,
            _ => return None,
        };
        let is_time = hour < 24 && self.minute < 60 && self.second < 60;
        is_time.then_some(hour * 3_600_000 + self.minute * 60_000 + self.second * 1000 + self.milli)
    }

    fn date(&self, today: Civil) -> Option<Civil> {
        let date = |year, month, day| Civil {
            year,
            month,
            day,
            of_day: 0,
        };
        if let Some(place) = self.day_of_year {
            let first = date(self.year.unwrap_or(today.year), 1, 1);
            let found = Civil::of_millis(first.millis() + (place - 1) * super::DAY);
            return (found.year == first.year).then_some(found);
        }
        let of_quarter = self.quarter.map(|quarter| quarter * 3 - 2);
        let month = self.month.or(of_quarter);
        let found = match (self.year, month, self.day) {
            (None, None, None) => date(today.year, today.month, today.day),
            (None, None, Some(day)) => date(today.year, today.month, day),
            (year, month, day) => date(
                year.unwrap_or(today.year),
                month.unwrap_or(1),
                day.unwrap_or(1),
            ),
        };
        check_day(found)?;
        Some(found)
    }
}

struct Reading<'t> {
    rest: &'t str,
    locale: &'static Locale,
    parts: Parts,
}

impl Reading<'_> {
    /// Goes past a literal as far as it is there: separators need not be those of the format.
    fn literal(&mut self, literal: &str) {
        for character in literal.chars() {
            if let Some(rest) = self.rest.strip_prefix(character) {
                self.rest = rest;
            }
        }
    }

    fn token(&mut self, token: &str) -> Option<()> {
        if !matches!(token, "Z" | "ZZ" | "X" | "x") {
            self.rest = self
                .rest
                .trim_start_matches(|it: char| !it.is_alphanumeric());
        }
        match token {
            "YYYY" | "Y" => self.parts.year = Some(self.year()?),
            "YY" => self.parts.year = Some(full_year(self.number(2)?.0)),
            "Q" => self.parts.quarter = Some(self.within(1, 1..=4)?),
            "Qo" => self.parts.quarter = Some(self.ordinal(1..=4)?),
            "M" | "MM" => self.parts.month = Some(self.within(2, 1..=12)?),
            "Mo" => self.parts.month = Some(self.ordinal(1..=12)?),
            "MMM" | "MMMM" => self.parts.month = Some(self.month()?),
            "D" | "DD" => self.parts.day = Some(self.within(2, 1..=31)?),
            "Do" => self.parts.day = Some(self.ordinal(1..=31)?),
            "DDD" | "DDDD" => self.parts.day_of_year = Some(self.within(3, 1..=366)?),
            "DDDo" => self.parts.day_of_year = Some(self.ordinal(1..=366)?),
            "dd" | "ddd" | "dddd" => self.weekday()?,
            "Z" | "ZZ" => self.parts.offset = self.offset()?,
            "z" | "zz" => self.zone_name()?,
            "X" => self.parts.epoch = Some(self.decimal()? * 1000.0),
            "x" => self.parts.epoch = Some(self.decimal()?),
            _ => self.time_token(token)?,
        }
        Some(())
    }

    fn time_token(&mut self, token: &str) -> Option<()> {
        match token {
            "H" | "HH" | "h" | "hh" => self.parts.hour = Some(self.number(2)?.0),
            "k" | "kk" => self.parts.hour = Some(self.within(2, 0..=24)? % 24),
            "m" | "mm" => self.parts.minute = self.number(2)?.0,
            "s" | "ss" => self.parts.second = self.number(2)?.0,
            "a" | "A" => {
                let (half, length) = self.locale.half_days.read(self.rest)?;
                self.rest = &self.rest[length..];
                self.parts.half = Some(half);
            }
            "do" | "wo" | "Wo" => drop(self.ordinal(0..=53)?),
            // The day of the week and its number say nothing that the date does not.
            "d" | "e" | "E" | "w" | "ww" | "W" | "WW" | "gg" | "GG" => drop(self.number(2)?),
            "gggg" | "GGGG" => drop(self.number(4)?),
            _ => {
                let (digits, count) = self.number(9)?;
                let scale = 10_i64.pow(u32::try_from(count).ok()?);
                self.parts.milli = digits * 1000 / scale;
            }
        }
        Some(())
    }

    /// The digits at the front, at most so many, and how many there are.
    fn number(&mut self, most: usize) -> Option<(i64, usize)> {
        let digits = self
            .rest
            .bytes()
            .take(most)
            .take_while(u8::is_ascii_digit)
            .count();
        let number = self.rest[..digits].parse().ok()?;
        self.rest = &self.rest[digits..];
        Some((number, digits))
    }

    fn within(&mut self, digits: usize, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
        let (number, _) = self.number(digits)?;
        range.contains(&number).then_some(number)
    }

    /// A number with the letters that make it an ordinal.
    fn ordinal(&mut self, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
        let number = self.within(3, range)?;
        let is_suffix = |it: char| it.is_alphabetic() || matches!(it, '.' | 'º' | '\'' | ':');
        self.rest = self.rest.trim_start_matches(is_suffix);
        Some(number)
    }

    fn year(&mut self) -> Option<i64> {
        match self.number(4)? {
            (year, 2) => Some(full_year(year)),
            (year, _) => Some(year),
        }
    }

    fn month(&mut self) -> Option<i64> {
        let locale = self.locale;
        let names = [
            &locale.months,
            &locale.months_after_day,
            &locale.short_months,
            &locale.short_months_after_day,
        ];
        let place = self.name(&names)?;
        i64::try_from(place + 1).ok()
    }

    fn weekday(&mut self) -> Option<()> {
        let locale = self.locale;
        self.name(&[
            &locale.weekdays,
            &locale.short_weekdays,
            &locale.shortest_weekdays,
        ])?;
        Some(())
    }

    /// Goes past the longest of the names at the front; case and a point at the end do not matter.
    fn name(&mut self, lists: &[&Vec<&'static str>]) -> Option<usize> {
        let names = lists.iter().flat_map(|names| names.iter().enumerate());
        let lengths = names.filter_map(|(place, name)| {
            let bare = name.trim_end_matches('.');
            starts_folded(self.rest, bare).map(|length| (length, place))
        });
        let (length, place) = lengths.max_by_key(|(length, _)| *length)?;
        self.rest = &self.rest[length..];
        self.rest = self.rest.strip_prefix('.').unwrap_or(self.rest);
        Some(place)
    }

    fn offset(&mut self) -> Option<i64> {
        self.rest = self.rest.trim_start();
        if let Some(rest) = self.rest.strip_prefix(['Z', 'z']) {
            self.rest = rest;
            return Some(0);
        }
        let sign = if self.rest.starts_with('-') { -1 } else { 1 };
        self.rest = self.rest.strip_prefix(['+', '-'])?;
        let (hours, _) = self.number(2)?;
        self.rest = self.rest.strip_prefix(':').unwrap_or(self.rest);
        let minutes = self.number(2).map_or(0, |(minutes, _)| minutes);
        let is_offset = hours < 24 && minutes < 60;
        is_offset.then_some(sign * (hours * 60 + minutes) * 60_000)
    }

    /// Only the names of UTC tell which zone is meant.
    fn zone_name(&mut self) -> Option<()> {
        let names = ["UTC", "GMT", "Z"];
        let rest = names.iter().find_map(|name| self.rest.strip_prefix(name))?;
        self.rest = rest;
        Some(())
    }

    fn decimal(&mut self) -> Option<f64> {
        self.rest = self.rest.trim_start();
        let is_part = |it: &u8| it.is_ascii_digit() || matches!(it, b'.' | b'-');
        let length = self.rest.bytes().take(32).take_while(is_part).count();
        let number = self.rest[..length].parse().ok()?;
        self.rest = &self.rest[length..];
        Some(number)
    }
}

fn full_year(short: i64) -> i64 {
    if short > 68 {
        1900 + short
    } else {
        2000 + short
    }
}

/// The bytes at the front of a text that read like the name in any case.
fn starts_folded(text: &str, name: &str) -> Option<usize> {
    let mut rest = text.chars();
    for wanted in name.chars() {
        let found = rest.next()?;
        if !found.to_lowercase().eq(wanted.to_lowercase()) {
            return None;
        }
    }
    Some(text.len() - rest.as_str().len())
}
