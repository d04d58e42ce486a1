use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::super::value::Fault;
use super::calendar::{Civil, DAY};
use super::locale::Locale;

/// The first and the last moment of the years 0 to 9999 in UTC.
const FIRST: i64 = -62_167_219_200_000;
const LAST: i64 = 253_402_300_799_999;

/// An instant, with how it asks to be shown.
#[derive(Clone, Debug)]
pub(crate) struct Moment {
    /// Since the epoch.
    pub(crate) millis: i64,
    /// A date without time, at 00:00 UTC.
    pub(crate) is_date: bool,
    /// Few dates have one, and all values are moved about: it costs them no more than an address.
    look: Option<Arc<Look>>,
}

/// How a date asks to be shown.
#[derive(Clone, Debug, Default)]
struct Look {
    /// As `SET_TIMEZONE` has it; UTC without.
    zone: Option<TimeZone>,
    /// As `SET_LOCALE` has it; English without.
    locale: Option<&'static Locale>,
}

impl Moment {
    /// An instant; an error outside of the years 0 to 9999.
    pub(crate) fn time(millis: i64) -> Result<Self, Fault> {
        let is_in_range = (FIRST..=LAST).contains(&millis);
        is_in_range
            .then_some(Self {
                millis,
                is_date: false,
                look: None,
            })
            .ok_or(Fault::DateRange)
    }

    /// A date of so many days since 1970-01-01.
    pub(crate) fn date(days: i64) -> Result<Self, Fault> {
        let millis = days.checked_mul(DAY).ok_or(Fault::DateRange)?;
        Ok(Self {
            is_date: true,
            ..Self::time(millis)?
        })
    }

    /// The same decoration on another instant.
    pub(in super::super) fn at(self, millis: i64, is_date: bool) -> Result<Self, Fault> {
        Ok(Self {
            is_date,
            look: self.look,
            ..Self::time(millis)?
        })
    }

    /// The same instant, shown with or without its time.
    pub(in super::super) fn shown_as_date(self, is_date: bool) -> Self {
        Self { is_date, ..self }
    }

    pub(in super::super) fn in_zone(self, name: &str) -> Result<Self, Fault> {
        let zone = match name {
            "UTC" | "utc" | "GMT" | "gmt" => TimeZone::UTC,
            name => TimeZone::get(name).map_err(|_| Fault::Zone)?,
        };
        let look = Look {
            zone: Some(zone),
            ..self.own_look()
        };
        Ok(self.with(look))
    }

    pub(in super::super) fn in_locale(self, code: &str) -> Self {
        let look = Look {
            locale: Some(Locale::named(code)),
            ..self.own_look()
        };
        self.with(look)
    }

    fn own_look(&self) -> Look {
        self.look.as_deref().cloned().unwrap_or_default()
    }

    fn with(self, look: Look) -> Self {
        Self {
            look: Some(Arc::new(look)),
            ..self
        }
    }

    fn zone(&self) -> Option<&TimeZone> {
        self.look.as_ref()?.zone.as_ref()
    }

    pub(super) fn names(&self) -> &'static Locale {
        let locale = self.look.as_ref().and_then(|look| look.locale);
        locale.unwrap_or_else(Locale::english)
    }

    /// Seconds by which the clocks of the zone are ahead of UTC.
    pub(super) fn offset(&self) -> i64 {
        match (self.zone(), self.timestamp()) {
            (Some(zone), Some(timestamp)) => zone.to_offset(timestamp).seconds().into(),
            _ => 0,
        }
    }

    /// What the people of the zone call their time now, such as `EDT`.
    pub(super) fn zone_name(&self) -> String {
        match (self.zone(), self.timestamp()) {
            (Some(zone), Some(timestamp)) if *zone != TimeZone::UTC => {
                zone.to_offset_info(timestamp).abbreviation().to_owned()
            }
            _ => "UTC".to_owned(),
        }
    }

    fn timestamp(&self) -> Option<Timestamp> {
        Timestamp::from_millisecond(self.millis).ok()
    }

    /// What a clock in UTC shows.
    pub(in super::super) fn utc(&self) -> Civil {
        Civil::of_millis(self.millis)
    }

    /// What a clock in the zone asked for shows.
    pub(in super::super) fn local(&self) -> Civil {
        Civil::of_millis(self.millis + self.offset() * 1000)
    }

    /// The ISO form: `2024-03-05` for a date, `2024-03-05T07:08:09.000Z` for an instant.
    pub(in super::super) fn iso(&self) -> String {
        if self.is_date {
            self.iso_date()
        } else {
            self.iso_time()
        }
    }

    pub(in super::super) fn iso_date(&self) -> String {
        let civil = self.utc();
        format!("{:04}-{:02}-{:02}", civil.year, civil.month, civil.day)
    }

    pub(in super::super) fn iso_time(&self) -> String {
        let civil = self.utc();
        format!(
            "{}T{:02}:{:02}:{:02}.{:03}Z",
            self.iso_date(),
            civil.hour(),
            civil.minute(),
            civil.second(),
            civil.milli()
        )
    }
}
