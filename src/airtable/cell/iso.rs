use super::calendar::{DAY, days_of, in_zone, time_in_range, zone};
use crate::platform::clock::Millis;

/// A date, perhaps with a time of day, perhaps with an offset from UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) days: i32,
    pub(super) of_day: Option<Millis>,
    pub(super) offset: Option<Millis>,
}

impl Moment {
    /// The time meant; without an offset it is read in the zone.
    pub(super) fn millis(self, zone_name: &str) -> Option<Millis> {
        let of_day = self.of_day.unwrap_or(0);
        match self.offset {
            Some(offset) => time_in_range(i64::from(self.days) * DAY + of_day - offset),
            None => in_zone(self.days, of_day, &zone(zone_name)),
        }
    }
}

/// Reads ISO 8601: a date, or date and time parted by `T` or a space, with or without offset.
pub(super) fn moment(text: &str) -> Option<Moment> {
    let mut rest = Digits(text.as_bytes());
    let year = rest.exactly(4)?;
    rest.byte(b"-")?;
    let month = rest.exactly(2)?;
    rest.byte(b"-")?;
    let days = days_of(year, month, rest.exactly(2)?)?;
    if rest.0.is_empty() {
        return Some(Moment {
            days,
            of_day: None,
            offset: None,
        });
    }
    rest.byte(b"Tt ")?;
    let of_day = Some(rest.time_of_day()?);
    let offset = rest.offset()?;
    rest.0.is_empty().then_some(Moment {
        days,
        of_day,
        offset,
    })
}

struct Digits<'a>(&'a [u8]);

impl Digits<'_> {
    fn exactly(&mut self, count: usize) -> Option<i64> {
        let (digits, rest) = self.0.split_at_checked(count)?;
        if !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        self.0 = rest;
        Some(
            digits
                .iter()
                .fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')),
        )
    }

    fn byte(&mut self, allowed: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        if !allowed.contains(first) {
            return None;
        }
        self.0 = rest;
        Some(*first)
    }

    fn time_of_day(&mut self) -> Option<Millis> {
        let hour = self.exactly(2)?;
        self.byte(b":")?;
        let minute = self.exactly(2)?;
        let mut second = 0;
        let mut millis = 0;
        if self.byte(b":").is_some() {
            second = self.exactly(2)?;
            if self.byte(b".,").is_some() {
                millis = self.fraction()?;
            }
        }
        let is_valid = hour < 24 && minute < 60 && second < 60;
        is_valid.then_some(((hour * 60 + minute) * 60 + second) * 1000 + millis)
    }

    fn fraction(&mut self) -> Option<Millis> {
        let count = self
            .0
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let (digits, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        let digit = |place: usize| digits.get(place).map_or(0, |digit| i64::from(digit - b'0'));
        (count > 0).then(|| digit(0) * 100 + digit(1) * 10 + digit(2))
    }

    /// `Some(None)` when there is none.
    fn offset(&mut self) -> Option<Option<Millis>> {
        if self.0.is_empty() {
            return Some(None);
        }
        let sign = match self.byte(b"Zz+-")? {
            b'Z' | b'z' => return Some(Some(0)),
            b'-' => -1,
            _ => 1,
        };
        let hours = self.exactly(2)?;
        let minutes = if self.0.is_empty() {
            0
        } else {
            self.byte(b":");
            self.exactly(2)?
        };
        (hours < 24 && minutes < 60).then_some(Some(sign * (hours * 60 + minutes) * 60_000))
    }
}
