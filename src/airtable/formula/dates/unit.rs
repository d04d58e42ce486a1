use super::super::value::Fault;
use super::calendar::{Civil, DAY, month_length};
use super::moment::Moment;

/// What dates are counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
pub(in super::super) enum Unit {
    Millisecond,
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

impl Unit {
    /// Long forms in any case, one or many; short forms as they are.
    pub(in super::super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "ms" => Self::Millisecond,
            "s" => Self::Second,
            "m" => Self::Minute,
            "h" => Self::Hour,
            "d" => Self::Day,
            "w" => Self::Week,
            "M" => Self::Month,
            "Q" => Self::Quarter,
            "y" => Self::Year,
            _ => {
                let lower = name.to_ascii_lowercase();
                match lower.strip_suffix('s').unwrap_or(&lower) {
                    "millisecond" => Self::Millisecond,
                    "second" => Self::Second,
                    "minute" => Self::Minute,
                    "hour" => Self::Hour,
                    "day" => Self::Day,
                    "week" => Self::Week,
                    "month" => Self::Month,
                    "quarter" => Self::Quarter,
                    "year" => Self::Year,
                    _ => return None,
                }
            }
        })
    }

    /// Its length, or that of the whole months it has.
    fn length(self) -> Length {
        match self {
            Self::Millisecond => Length::Millis(1),
            Self::Second => Length::Millis(1000),
            Self::Minute => Length::Millis(60_000),
            Self::Hour => Length::Millis(3_600_000),
            Self::Day => Length::Millis(DAY),
            Self::Week => Length::Millis(7 * DAY),
            Self::Month => Length::Months(1),
            Self::Quarter => Length::Months(3),
            Self::Year => Length::Months(12),
        }
    }

    /// Whether a date stays a date when some of these are added.
    pub(in super::super) fn is_of_calendar(self) -> bool {
        self >= Self::Day
    }
}

enum Length {
    Millis(i64),
    Months(i64),
}

/// The date so many units later; units of the calendar count whole, a day that the month lacks becomes its last.
pub(in super::super) fn add(moment: Moment, count: f64, unit: Unit) -> Result<Moment, Fault> {
    if !count.is_finite() {
        return Err(Fault::NoNumber);
    }
    let count = if unit.is_of_calendar() {
        count.trunc()
    } else {
        count
    };
    let is_date = moment.is_date && unit.is_of_calendar();
    // Casts saturate, and what is so far away is refused as out of range.
    let millis = match unit.length() {
        Length::Millis(length) => {
            let added = (count * length as f64).round() as i64;
            moment.millis.saturating_add(added)
        }
        Length::Months(length) => {
            let months = (count as i64).saturating_mul(length);
            add_months(moment.utc(), months)
                .ok_or(Fault::DateRange)?
                .millis()
        }
    };
    moment.at(millis, is_date)
}

fn add_months(civil: Civil, months: i64) -> Option<Civil> {
    let total = (civil.year * 12 + civil.month - 1).checked_add(months)?;
    let (year, month) = (total.div_euclid(12), total.rem_euclid(12) + 1);
    // Far beyond any date there is; nearer ones are checked when they are made.
    if !(-1..=10_000).contains(&year) {
        return None;
    }
    Some(Civil {
        year,
        month,
        day: civil.day.min(month_length(year, month)),
        ..civil
    })
}

/// How many whole units lie between two dates, less than zero if the first is earlier.
pub(in super::super) fn difference(first: &Moment, second: &Moment, unit: Unit) -> i64 {
    match unit.length() {
        Length::Millis(length) => (first.millis - second.millis) / length,
        Length::Months(length) => months_between(first.utc(), second.utc()) / length,
    }
}

fn months_between(first: Civil, second: Civil) -> i64 {
    let months = (first.year - second.year) * 12 + first.month - second.month;
    let reached = |months| add_months(second, months).map_or(0, Civil::millis);
    let millis = first.millis();
    if months > 0 && reached(months) > millis {
        months - 1
    } else if months < 0 && reached(months) < millis {
        months + 1
    } else {
        months
    }
}

/// The first millisecond of the unit a date lies in; weeks begin on Sunday.
pub(in super::super) fn start_of(moment: &Moment, unit: Unit) -> i64 {
    let civil = moment.utc();
    let first_of = |month| {
        Civil {
            month,
            day: 1,
            of_day: 0,
            ..civil
        }
        .millis()
    };
    match unit {
        Unit::Week => (civil.days() - civil.weekday()) * DAY,
        Unit::Month => first_of(civil.month),
        Unit::Quarter => first_of((civil.month - 1) / 3 * 3 + 1),
        Unit::Year => first_of(1),
        unit => match unit.length() {
            Length::Millis(length) => moment.millis.div_euclid(length) * length,
            Length::Months(_) => moment.millis,
        },
    }
}
