use std::fmt::Write;

use super::calendar::Civil;
use super::locale::Locale;
use super::moment::Moment;
use super::pieces::{Piece, expanded};
use super::week::{ISO, WeekRule};

/// A date as a format of moment's tokens has it, in the zone and locale the date asks for.
pub(in super::super) fn format(moment: &Moment, format: &str) -> String {
    let locale = moment.names();
    let pieces = expanded(format, locale);
    let show = Show {
        moment,
        civil: moment.local(),
        locale,
        is_day_first: is_day_first(&pieces),
    };
    let mut out = String::with_capacity(format.len() + 16);
    for piece in pieces {
        match piece {
            Piece::Literal(text) => out.push_str(text),
            // Writing into a String cannot fail.
            Piece::Token(token) => drop(show.write(token, &mut out)),
        }
    }
    out
}

/// Whether the month stands beside its day, where some languages change its name.
fn is_day_first(pieces: &[Piece<'_>]) -> bool {
    let mut was_day = false;
    for piece in pieces {
        match piece {
            Piece::Token("D" | "DD" | "Do") => was_day = true,
            Piece::Token("MMM" | "MMMM") if was_day => return true,
            Piece::Token(_) => was_day = false,
            Piece::Literal(_) => {}
        }
    }
    false
}

struct Show<'m> {
    moment: &'m Moment,
    civil: Civil,
    locale: &'static Locale,
    is_day_first: bool,
}

impl Show<'_> {
    fn write(&self, token: &str, out: &mut String) -> std::fmt::Result {
        let civil = self.civil;
        match token {
            "YYYY" | "Y" => write!(out, "{:04}", civil.year),
            "YY" => write!(out, "{:02}", civil.year % 100),
            "Q" => write!(out, "{}", civil.quarter()),
            "M" | "MM" => padded(out, civil.month, token),
            "MMM" | "MMMM" => out.write_str(self.month(token)),
            "D" | "DD" => padded(out, civil.day, token),
            "DDD" => write!(out, "{}", civil.day_of_year()),
            "DDDD" => write!(out, "{:03}", civil.day_of_year()),
            "d" => write!(out, "{}", civil.weekday()),
            "dd" | "ddd" | "dddd" => out.write_str(self.weekday(token)),
            "e" => write!(out, "{}", self.locale.weeks.place(civil)),
            "E" => write!(out, "{}", (civil.weekday() + 6) % 7 + 1),
            "w" | "ww" | "gg" | "gggg" => week(out, self.locale.weeks, civil, token),
            "W" | "WW" | "GG" | "GGGG" => week(out, ISO, civil, token),
            "Qo" | "Mo" | "Do" | "DDDo" | "do" | "wo" | "Wo" => self.ordinal(token, out),
            "X" => write!(out, "{}", self.moment.millis.div_euclid(1000)),
            "x" => write!(out, "{}", self.moment.millis),
            "Z" => self.offset(":", out),
            "ZZ" => self.offset("", out),
            "z" | "zz" => out.write_str(&self.moment.zone_name()),
            _ => self.time(token, out),
        }
    }

    fn time(&self, token: &str, out: &mut String) -> std::fmt::Result {
        let civil = self.civil;
        let hour = civil.hour();
        match token {
            "H" | "HH" => padded(out, hour, token),
            "h" | "hh" => padded(out, (hour + 11) % 12 + 1, token),
            "k" | "kk" => padded(out, (hour + 23) % 24 + 1, token),
            "m" | "mm" => padded(out, civil.minute(), token),
            "s" | "ss" => padded(out, civil.second(), token),
            "a" | "A" => {
                let name = self
                    .locale
                    .half_days
                    .name(hour, civil.minute(), token == "a");
                out.write_str(name)
            }
            // Only tenths of seconds and shorter are left.
            _ => {
                let digits = format!("{:03}000000", civil.milli());
                out.write_str(&digits[..token.len().min(digits.len())])
            }
        }
    }

    fn month(&self, token: &str) -> &'static str {
        let locale = self.locale;
        let names = match (token, self.is_day_first) {
            ("MMMM", true) => &locale.months_after_day,
            ("MMMM", false) => &locale.months,
            (_, true) => &locale.short_months_after_day,
            (_, false) => &locale.short_months,
        };
        named(names, self.civil.month - 1)
    }

    fn weekday(&self, token: &str) -> &'static str {
        let names = match token {
            "dddd" => &self.locale.weekdays,
            "ddd" => &self.locale.short_weekdays,
            _ => &self.locale.shortest_weekdays,
        };
        named(names, self.civil.weekday())
    }

    fn ordinal(&self, token: &str, out: &mut String) -> std::fmt::Result {
        let civil = self.civil;
        let (number, counted) = match token {
            "Qo" => (civil.quarter(), 'Q'),
            "Mo" => (civil.month, 'M'),
            "Do" => (civil.day, 'D'),
            // A day of the year; its token begins like that of the month.
            "DDDo" => (civil.day_of_year(), 'N'),
            "do" => (civil.weekday(), 'd'),
            "wo" => (self.locale.weeks.week_of(civil).1, 'w'),
            _ => (ISO.week_of(civil).1, 'W'),
        };
        write!(
            out,
            "{number}{}",
            self.locale.ordinals.suffix(number, counted)
        )
    }

    fn offset(&self, colon: &str, out: &mut String) -> std::fmt::Result {
        let minutes = self.moment.offset() / 60;
        let sign = if minutes < 0 { '-' } else { '+' };
        let minutes = minutes.abs();
        write!(out, "{sign}{:02}{colon}{:02}", minutes / 60, minutes % 60)
    }
}

/// A number with as many digits as its token has letters.
fn padded(out: &mut String, number: i64, token: &str) -> std::fmt::Result {
    write!(out, "{number:0width$}", width = token.len())
}

fn week(out: &mut String, rule: WeekRule, civil: Civil, token: &str) -> std::fmt::Result {
    let (year, week) = rule.week_of(civil);
    match token {
        "w" | "W" | "ww" | "WW" => padded(out, week, token),
        "gg" | "GG" => padded(out, year % 100, token),
        _ => padded(out, year, token),
    }
}

fn named(names: &[&'static str], place: i64) -> &'static str {
    let name = usize::try_from(place)
        .ok()
        .and_then(|place| names.get(place));
    name.copied().unwrap_or_default()
}
