use jiff::civil;
use jiff::tz::TimeZone;

use crate::platform::clock::{Millis, civil_from_days};

/// Milliseconds of a day.
pub(crate) const DAY: Millis = 86_400_000;
/// 0000-01-01 and 10000-01-01, between which a year has four digits.
const FIRST_DAY: i64 = -719_528;
const END_DAY: i64 = 2_932_897;

/// Days since 1970-01-01 of a date that exists.
pub(super) fn days_of(year: i64, month: i64, day: i64) -> Option<i32> {
    let month_number = i8::try_from(month).ok()?;
    civil::Date::new(
        i16::try_from(year).ok()?,
        month_number,
        i8::try_from(day).ok()?,
    )
    .ok()?;
    let shifted_year = if month <= 2 { year - 1 } else { year };
    let era = shifted_year.div_euclid(400);
    let year_of_era = shifted_year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    in_range(era * 146_097 + day_of_era - 719_468)
}

/// A day whose year has four digits.
pub(super) fn in_range(days: i64) -> Option<i32> {
    (FIRST_DAY..END_DAY)
        .contains(&days)
        .then(|| i32::try_from(days).ok())
        .flatten()
}

/// A time whose year in UTC has four digits.
pub(super) fn time_in_range(millis: Millis) -> Option<Millis> {
    in_range(millis.div_euclid(DAY)).map(|_| millis)
}

/// The zone of this name; `utc`, `client` and unknown ones are UTC.
pub(super) fn zone(name: &str) -> TimeZone {
    match name {
        "utc" | "client" | "UTC" => TimeZone::UTC,
        name => TimeZone::get(name).unwrap_or(TimeZone::UTC),
    }
}

/// The time at which clocks in the zone show this; where they show it twice, the first.
pub(super) fn in_zone(days: i32, of_day: Millis, zone: &TimeZone) -> Option<Millis> {
    let (year, month, day) = civil_from_days(i64::from(days));
    let date = civil::Date::new(
        i16::try_from(year).ok()?,
        month.cast_signed(),
        day.cast_signed(),
    )
    .ok()?;
    let midnight = date.at(0, 0, 0, 0);
    let shown = midnight
        .checked_add(jiff::SignedDuration::from_millis(of_day))
        .ok()?;
    let timestamp = shown.to_zoned(zone.clone()).ok()?.timestamp();
    time_in_range(timestamp.as_millisecond())
}

/// What clocks in the zone show: days since 1970-01-01 and milliseconds of the day.
pub(super) fn shown_in(millis: Millis, zone: &TimeZone) -> (i64, Millis) {
    let offset = jiff::Timestamp::from_millisecond(millis).map_or(0, |timestamp| {
        i64::from(zone.to_offset(timestamp).seconds()) * 1000
    });
    let local = millis + offset;
    (local.div_euclid(DAY), local.rem_euclid(DAY))
}

/// Appends `YYYY-MM-DD`.
pub(super) fn write_date(out: &mut Vec<u8>, days: i64) {
    let (year, month, day) = civil_from_days(days);
    let year = u64::try_from(year).unwrap_or_default();
    push_digits(out, year, 4);
    out.push(b'-');
    push_digits(out, u64::from(month), 2);
    out.push(b'-');
    push_digits(out, u64::from(day), 2);
}

/// Appends `YYYY-MM-DDTHH:MM:SS.mmmZ`.
pub(super) fn write_time(out: &mut Vec<u8>, millis: Millis) {
    write_date(out, millis.div_euclid(DAY));
    let of_day = millis.rem_euclid(DAY).unsigned_abs();
    out.push(b'T');
    push_digits(out, of_day / 3_600_000, 2);
    out.push(b':');
    push_digits(out, of_day / 60_000 % 60, 2);
    out.push(b':');
    push_digits(out, of_day / 1000 % 60, 2);
    out.push(b'.');
    push_digits(out, of_day % 1000, 3);
    out.push(b'Z');
}

fn push_digits(out: &mut Vec<u8>, number: u64, width: u32) {
    for place in (0..width).rev() {
        out.push(b'0' + (number / 10_u64.pow(place) % 10) as u8);
    }
}
