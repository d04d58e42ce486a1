use serde_json::{Value, json};

use super::types::{DateFormat, DateTimeFormat, DurationFormat, TimeResult};

impl DateFormat {
    /// All five.
    pub(super) const ALL: [Self; 5] = [
        Self::Local,
        Self::Friendly,
        Self::Us,
        Self::European,
        Self::Iso,
    ];

    /// Airtable's name and pattern.
    pub(super) fn name_and_pattern(self) -> (&'static str, &'static str) {
        match self {
            Self::Local => ("local", "l"),
            Self::Friendly => ("friendly", "LL"),
            Self::Us => ("us", "M/D/YYYY"),
            Self::European => ("european", "D/M/YYYY"),
            Self::Iso => ("iso", "YYYY-MM-DD"),
        }
    }

    /// The format of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|format| format.name_and_pattern().0 == name)
    }

    /// As an option of a field.
    pub(super) fn to_json(self) -> Value {
        let (name, format) = self.name_and_pattern();
        json!({"name": name, "format": format})
    }
}

impl DurationFormat {
    const ALL: [Self; 5] = [
        Self::Minutes,
        Self::Seconds,
        Self::Tenths,
        Self::Hundredths,
        Self::Thousandths,
    ];

    /// Airtable's pattern.
    pub(super) fn pattern(self) -> &'static str {
        match self {
            Self::Minutes => "h:mm",
            Self::Seconds => "h:mm:ss",
            Self::Tenths => "h:mm:ss.S",
            Self::Hundredths => "h:mm:ss.SS",
            Self::Thousandths => "h:mm:ss.SSS",
        }
    }

    /// The format with this pattern.
    pub(super) fn of_pattern(pattern: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|format| format.pattern() == pattern)
    }
}

/// Name and pattern of a time format.
pub(super) fn time_name_and_pattern(twelve_hour: bool) -> (&'static str, &'static str) {
    if twelve_hour {
        ("12hour", "h:mma")
    } else {
        ("24hour", "HH:mm")
    }
}

impl DateTimeFormat {
    /// As the options of a field.
    pub(super) fn to_json(&self) -> Value {
        let (name, format) = time_name_and_pattern(self.twelve_hour);
        json!({
            "dateFormat": self.date.to_json(),
            "timeFormat": {"name": name, "format": format},
            "timeZone": self.time_zone,
        })
    }
}

impl Default for DateTimeFormat {
    fn default() -> Self {
        Self {
            date: DateFormat::Iso,
            twelve_hour: false,
            time_zone: "utc".to_owned(),
        }
    }
}

impl TimeResult {
    /// As the `result` option of a computed time.
    pub(super) fn to_json(&self) -> Value {
        match self {
            Self::Date(format) => {
                json!({"type": "date", "options": {"dateFormat": format.to_json()}})
            }
            Self::DateTime(format) => json!({"type": "dateTime", "options": format.to_json()}),
        }
    }
}

impl Default for TimeResult {
    fn default() -> Self {
        Self::DateTime(DateTimeFormat::default())
    }
}

/// Whether a text names a zone that times can be shown in.
pub(super) fn is_time_zone(text: &str) -> bool {
    matches!(text, "utc" | "client") || jiff::tz::TimeZone::get(text).is_ok()
}
