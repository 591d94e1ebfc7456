//! Instants, and the zone in which the API and old databases write them.

use chrono::{DateTime, DurationRound, NaiveDateTime, TimeDelta, TimeZone as _, Utc};
use serde::{Deserialize, Serialize};

/// A point in time, cut to milliseconds as the database holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Instant(DateTime<Utc>);

impl Instant {
    #[must_use]
    pub fn new(time: DateTime<Utc>) -> Self {
        Self(time.duration_trunc(TimeDelta::milliseconds(1)).unwrap_or(time))
    }

    #[must_use]
    pub const fn utc(self) -> DateTime<Utc> {
        self.0
    }

    /// `2023-01-01T18:04:05.678Z`.
    #[must_use]
    pub fn iso(self) -> String {
        self.0.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
    }

    /// Reads a time with an offset: `2023-01-02T03:04:05.678+0900`, `…+09:00` or `…Z`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z")
            .or_else(|_| DateTime::parse_from_rfc3339(text))
            .ok()
            .map(|time| Self::new(time.to_utc()))
    }
}

impl std::ops::Add<TimeDelta> for Instant {
    type Output = Self;

    fn add(self, delta: TimeDelta) -> Self {
        Self(self.0 + delta)
    }
}

impl std::ops::Sub<TimeDelta> for Instant {
    type Output = Self;

    fn sub(self, delta: TimeDelta) -> Self {
        Self(self.0 - delta)
    }
}

/// The name is not in the time zone database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not the name of a time zone; use one like \"Asia/Tokyo\" or \"UTC\"")]
pub struct TimeZoneError(String);

/// A time zone, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeZone(chrono_tz::Tz);

impl TimeZone {
    pub const UTC: Self = Self(chrono_tz::UTC);
    pub const TOKYO: Self = Self(chrono_tz::Asia::Tokyo);

    /// The form of the API: `2023-01-02T03:04:05.678+0900`.
    #[must_use]
    pub fn text(self, instant: Instant) -> String {
        instant.0.with_timezone(&self.0).format("%Y-%m-%dT%H:%M:%S%.3f%z").to_string()
    }

    /// The digits that a clock on a wall of this zone shows: what a column without zone holds.
    #[must_use]
    pub fn wall_clock(self, instant: Instant) -> NaiveDateTime {
        instant.0.with_timezone(&self.0).naive_local()
    }

    /// The instant at which a clock on a wall of this zone shows these digits. Digits that a summer-time
    /// change skips or repeats mean the earlier possible instant.
    #[must_use]
    pub fn instant(self, wall_clock: NaiveDateTime) -> Instant {
        let found = self.0.from_local_datetime(&wall_clock).earliest();
        Instant::new(found.map_or_else(|| wall_clock.and_utc(), |time| time.to_utc()))
    }
}

impl Default for TimeZone {
    fn default() -> Self {
        Self::TOKYO
    }
}

impl TryFrom<String> for TimeZone {
    type Error = TimeZoneError;

    fn try_from(name: String) -> Result<Self, TimeZoneError> {
        name.parse().map(Self).map_err(|_| TimeZoneError(name))
    }
}

impl From<TimeZone> for String {
    fn from(zone: TimeZone) -> Self {
        zone.0.name().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_api_speaks_milliseconds_and_an_offset_without_colon() {
        let instant = Instant::parse("2023-01-01T18:04:05.6789Z").unwrap();
        assert_eq!(TimeZone::TOKYO.text(instant), "2023-01-02T03:04:05.678+0900");
        assert_eq!(instant.iso(), "2023-01-01T18:04:05.678Z");
    }

    #[test]
    fn both_spellings_of_an_offset_mean_the_same() {
        let with = Instant::parse("2023-01-02T03:04:05.678+09:00");
        assert_eq!(with, Instant::parse("2023-01-02T03:04:05.678+0900"));
        assert_eq!(Instant::parse("2023-01-02 03:04"), None);
    }

    #[test]
    fn wall_clock_digits_come_back_as_the_same_instant() {
        let instant = Instant::parse("2023-01-02T03:04:05.678+0900").unwrap();
        assert_eq!(TimeZone::TOKYO.wall_clock(instant).to_string(), "2023-01-02 03:04:05.678");
        assert_eq!(TimeZone::TOKYO.instant(TimeZone::TOKYO.wall_clock(instant)), instant);
    }
}
