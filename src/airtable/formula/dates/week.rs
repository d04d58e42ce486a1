use super::calendar::{Civil, days_from_civil, weekday};

/// How weeks are numbered: the day they begin on, and the day of January that is always in week 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct WeekRule {
    /// 0 for Sunday.
    pub(super) first_day: i64,
    pub(super) january: i64,
}

pub(super) const ISO: WeekRule = WeekRule {
    first_day: 1,
    january: 4,
};

impl WeekRule {
    /// The first day of week 1, as days since 1970-01-01.
    fn start(self, year: i64) -> i64 {
        let anchor = days_from_civil(year, 1, self.january);
        anchor - (weekday(anchor) - self.first_day).rem_euclid(7)
    }

    /// The year a day's week belongs to, and the week's number.
    pub(super) fn week_of(self, civil: Civil) -> (i64, i64) {
        let days = civil.days();
        let year = if days < self.start(civil.year) {
            civil.year - 1
        } else if days >= self.start(civil.year + 1) {
            civil.year + 1
        } else {
            civil.year
        };
        (year, (days - self.start(year)) / 7 + 1)
    }

    /// The place of a day in its week, from 0.
    pub(super) fn place(self, civil: Civil) -> i64 {
        (civil.weekday() - self.first_day).rem_euclid(7)
    }
}

/// The number of a day's week, where weeks begin on `first_day` and week 1 holds that day of January.
pub(in super::super) fn week_number(civil: Civil, first_day: i64, january: i64) -> i64 {
    WeekRule { first_day, january }.week_of(civil).1
}
