use super::calendar::{Civil, month_length};
use super::moment::Moment;

/// Reads a date in ISO or American form; without a zone in UTC.
pub(crate) fn read(text: &str) -> Option<Moment> {
    read_iso(text).or_else(|| read_american(text))
}

/// Reads `2024-03-05`, `2024-03-05T07:08:09Z`, `2024-03-05 07:08` and the like.
pub(in super::super) fn read_iso(text: &str) -> Option<Moment> {
    let mut reader = Reader(text.trim().as_bytes());
    let year = reader.number(4, 4)?;
    reader.mark(b"-")?;
    let month = reader.number(1, 2)?;
    reader.mark(b"-")?;
    let day = reader.number(1, 2)?;
    let days = Civil {
        year,
        month,
        day,
        of_day: 0,
    };
    check_day(days)?;
    if reader.is_done() {
        return Moment::date(days.days()).ok();
    }
    reader
        .mark(b"T")
        .or_else(|| reader.mark(b"t"))
        .or_else(|| reader.mark(b" "))?;
    let of_day = reader.clock()?;
    reader.blanks();
    let offset = if reader.is_done() {
        0
    } else {
        reader.offset()?
    };
    reader.is_done().then_some(())?;
    Moment::time(Civil { of_day, ..days }.millis() - offset).ok()
}

/// Reads `3/5/2024`, `3/5/2024 7:08 am` and the like.
fn read_american(text: &str) -> Option<Moment> {
    let mut reader = Reader(text.trim().as_bytes());
    let month = reader.number(1, 2)?;
    reader.mark(b"/")?;
    let day = reader.number(1, 2)?;
    reader.mark(b"/")?;
    let year = reader.number(4, 4)?;
    let date = Civil {
        year,
        month,
        day,
        of_day: 0,
    };
    check_day(date)?;
    if reader.is_done() {
        return Moment::date(date.days()).ok();
    }
    reader.mark(b" ")?;
    reader.blanks();
    let of_day = reader.clock()?;
    reader.blanks();
    let of_day = if reader.is_done() {
        of_day
    } else {
        reader.half_of_day(of_day)?
    };
    reader.is_done().then_some(())?;
    Moment::time(Civil { of_day, ..date }.millis()).ok()
}

/// Nothing if the calendar has no such day.
pub(super) fn check_day(civil: Civil) -> Option<()> {
    let is_month = (1..=12).contains(&civil.month);
    let is_day = is_month && (1..=month_length(civil.year, civil.month)).contains(&civil.day);
    is_day.then_some(())
}

struct Reader<'t>(&'t [u8]);

impl Reader<'_> {
    fn is_done(&self) -> bool {
        self.0.is_empty()
    }

    fn mark(&mut self, mark: &[u8]) -> Option<()> {
        self.0 = self.0.strip_prefix(mark)?;
        Some(())
    }

    fn blanks(&mut self) {
        self.0 = self.0.trim_ascii_start();
    }

    fn number(&mut self, least: usize, most: usize) -> Option<i64> {
        let is_digit = |byte: &&u8| byte.is_ascii_digit();
        let digits = self.0.iter().take(most).take_while(is_digit).count();
        if digits < least {
            return None;
        }
        let (number, rest) = self.0.split_at(digits);
        self.0 = rest;
        Some(
            number
                .iter()
                .fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')),
        )
    }

    /// `7:08`, `07:08:09` or `07:08:09.123`, in milliseconds since midnight.
    fn clock(&mut self) -> Option<i64> {
        let hour = self.number(1, 2)?;
        self.mark(b":")?;
        let minute = self.number(2, 2)?;
        let second = match self.mark(b":") {
            Some(()) => self.number(2, 2)?,
            None => 0,
        };
        let milli = match self.mark(b".") {
            Some(()) => self.fraction()?,
            None => 0,
        };
        let is_time = hour < 24 && minute < 60 && second < 60;
        is_time.then_some(hour * 3_600_000 + minute * 60_000 + second * 1000 + milli)
    }

    fn fraction(&mut self) -> Option<i64> {
        let digits = self
            .0
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let milli = Reader(&self.0[..digits.min(3)]).number(1, 3)?;
        self.0 = &self.0[digits..];
        Some(milli * [100, 10, 1][digits.min(3) - 1])
    }

    /// `Z`, `+05:30`, `+0530` or `+05`, in milliseconds.
    fn offset(&mut self) -> Option<i64> {
        if self.mark(b"Z").or_else(|| self.mark(b"z")).is_some() {
            return Some(0);
        }
        let sign = match self.mark(b"+") {
            Some(()) => 1,
            None => self.mark(b"-").map(|()| -1)?,
        };
        let hours = self.number(2, 2)?;
        let minutes = match self.mark(b":") {
            Some(()) => self.number(2, 2)?,
            None => self.number(2, 2).unwrap_or(0),
        };
        let is_offset = hours < 24 && minutes < 60;
        is_offset.then_some(sign * (hours * 60 + minutes) * 60_000)
    }

    fn half_of_day(&mut self, of_day: i64) -> Option<i64> {
        let noon = 12 * 3_600_000;
        if !(3_600_000..noon + 3_600_000).contains(&of_day) {
            return None;
        }
        let half = self.0.to_ascii_lowercase();
        self.0 = &[];
        match half.as_slice() {
            b"am" | b"a.m." => Some(of_day % noon),
            b"pm" | b"p.m." => Some(of_day % noon + noon),
            _ => None,
        }
    }
}
