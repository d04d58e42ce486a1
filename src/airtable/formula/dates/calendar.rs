/// Milliseconds of a day.
pub(in super::super) const DAY: i64 = 86_400_000;

/// Days since 1970-01-01 of a date of the proleptic Gregorian calendar.
pub(super) fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Year, month and day of so many days since 1970-01-01.
pub(super) fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Days of a month, 1 to 12.
pub(super) fn month_length(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The day of the week, 0 for Sunday.
pub(super) fn weekday(days: i64) -> i64 {
    (days + 4).rem_euclid(7)
}

/// A date with time as a clock on some wall shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Civil {
    pub(in super::super) year: i64,
    pub(in super::super) month: i64,
    pub(in super::super) day: i64,
    /// Milliseconds since midnight.
    pub(in super::super) of_day: i64,
}

impl Civil {
    pub(super) fn of_millis(millis: i64) -> Self {
        let (year, month, day) = civil_from_days(millis.div_euclid(DAY));
        Self {
            year,
            month,
            day,
            of_day: millis.rem_euclid(DAY),
        }
    }

    /// Milliseconds since the epoch, were the wall in UTC.
    pub(super) fn millis(self) -> i64 {
        self.days() * DAY + self.of_day
    }

    pub(super) fn days(self) -> i64 {
        days_from_civil(self.year, self.month, self.day)
    }

    pub(in super::super) fn hour(self) -> i64 {
        self.of_day / 3_600_000
    }

    pub(in super::super) fn minute(self) -> i64 {
        self.of_day / 60_000 % 60
    }

    pub(in super::super) fn second(self) -> i64 {
        self.of_day / 1000 % 60
    }

    pub(super) fn milli(self) -> i64 {
        self.of_day % 1000
    }

    /// 0 for Sunday.
    pub(in super::super) fn weekday(self) -> i64 {
        weekday(self.days())
    }

    /// 1 for the first of January.
    pub(super) fn day_of_year(self) -> i64 {
        self.days() - days_from_civil(self.year, 1, 1) + 1
    }

    pub(super) fn quarter(self) -> i64 {
        (self.month + 2) / 3
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_ten_thousand_years_has_one_date() {
        let first = days_from_civil(0, 1, 1);
        let mut expected = (0, 1, 1);
        for days in first..=days_from_civil(9999, 12, 31) {
            assert_eq!(civil_from_days(days), expected);
            let (year, month, day) = expected;
            assert_eq!(days_from_civil(year, month, day), days);
            expected = match (month, day) {
                (12, 31) => (year + 1, 1, 1),
                _ if day == month_length(year, month) => (year, month + 1, 1),
                _ => (year, month, day + 1),
            };
        }
    }
}
