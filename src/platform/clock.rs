//! The one place that reads the wall clock, so that tests can move it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Milliseconds since the Unix epoch.
pub type Millis = i64;

/// No database has told its time.
const UNTOLD: Millis = Millis::MIN;
/// What the way of an answer takes must not make the clock jitter.
const JITTER: Millis = 50;

/// The host's clock, or that of the database where several instances share one; with an offset that only tests set.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    offset: AtomicI64,
    /// The time when `origin` was, as the database told it.
    told: AtomicI64,
    origin: Instant,
}

impl Default for Clock {
    fn default() -> Self {
        Self(Arc::new(Inner {
            offset: AtomicI64::new(0),
            told: AtomicI64::new(UNTOLD),
            origin: Instant::now(),
        }))
    }
}

impl Clock {
    /// The current time in milliseconds since the Unix epoch.
    pub fn now(&self) -> Millis {
        let told = self.0.told.load(Ordering::Relaxed);
        let time = match told {
            UNTOLD => host_time(),
            told => told.saturating_add(self.elapsed()),
        };
        time.saturating_add(self.offset())
    }

    /// How far tests have moved it, for times that the database's own clock tells.
    pub fn offset(&self) -> Millis {
        self.0.offset.load(Ordering::Relaxed)
    }

    /// The current time in whole seconds since the Unix epoch.
    pub fn seconds(&self) -> i64 {
        self.now().div_euclid(1000)
    }

    /// Moves this clock and all its clones forward.
    pub fn advance(&self, by: Duration) {
        let millis = Millis::try_from(by.as_millis()).unwrap_or(Millis::MAX);
        self.0.offset.fetch_add(millis, Ordering::Relaxed);
    }

    /// From now on the time is what the database has just told, carried on by the monotonic clock: whatever becomes
    /// of the host's clock, all instances agree.
    pub(in crate::platform) fn follow(&self, now: Millis) {
        let told = now.saturating_sub(self.elapsed());
        let known = self.0.told.load(Ordering::Relaxed);
        if known == UNTOLD || (told - known).abs() > JITTER {
            self.0.told.store(told, Ordering::Relaxed);
        }
    }

    fn elapsed(&self) -> Millis {
        Millis::try_from(self.0.origin.elapsed().as_millis()).unwrap_or(Millis::MAX)
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one clock")]
fn host_time() -> Millis {
    let elapsed = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Millis::try_from(elapsed.as_millis()).unwrap_or(Millis::MAX)
}

/// RFC 3339 in UTC with three fractional digits, as Airtable writes times.
pub fn rfc3339(millis: Millis) -> String {
    let mut text = String::with_capacity(24);
    write_rfc3339(&mut text, millis);
    text
}

/// Appends what [`rfc3339`] returns.
pub fn write_rfc3339(out: &mut String, millis: Millis) {
    use std::fmt::Write;

    let days = millis.div_euclid(86_400_000);
    let of_day = millis.rem_euclid(86_400_000);
    let (year, month, day) = civil_from_days(days);
    let (hour, minute) = (of_day / 3_600_000, of_day / 60_000 % 60);
    let (second, fraction) = (of_day / 1000 % 60, of_day % 1000);
    // Writing into a String cannot fail.
    let _ = write!(
        out,
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{fraction:03}Z"
    );
}

/// Proleptic Gregorian date of a day count since 1970-01-01.
pub fn civil_from_days(days: i64) -> (i64, u8, u8) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * shifted_month + 2) / 5 + 1) as u8;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    } as u8;
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_airtable_writes_them() {
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(rfc3339(1_709_622_489_007), "2024-03-05T07:08:09.007Z");
        assert_eq!(rfc3339(-1), "1969-12-31T23:59:59.999Z");
        assert_eq!(rfc3339(951_782_400_000), "2000-02-29T00:00:00.000Z");
    }

    #[test]
    fn a_told_time_replaces_that_of_the_host_and_small_differences_are_left() {
        let (clock, day) = (Clock::default(), 86_400_000);
        let host = clock.now();
        clock.follow(host + day);
        let told = clock.now();
        assert!((told - host - day).abs() < 1000, "{told} {host}");
        clock.follow(told + 20);
        assert!(clock.now() - told < 20);
        clock.follow(host);
        assert!((clock.now() - host).abs() < 1000);
    }

    #[test]
    fn an_advanced_clock_moves_its_clones() {
        let clock = Clock::default();
        let other = clock.clone();
        let before = other.now();
        clock.advance(Duration::from_secs(3600));
        assert!(other.now() >= before + 3_600_000);
    }
}
