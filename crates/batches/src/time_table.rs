//! Times in the notation of cron: minute, hour, day of the month, month, weekday.

use std::str::FromStr;

use chrono::{Datelike, Days, NaiveDateTime, NaiveTime, TimeDelta, Timelike};
use serde::Deserialize;

/// A text that is no time table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no time table: write minute, hour, day, month and weekday, each *, a number, a range, a step or a list \
     of them, e.g. \"*/15 8-18 * * 1-5\"; or \"never\""
)]
pub struct TimeTableError(String);

/// When something happens, on the clock of the block's zone.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct TimeTable {
    minutes: Field,
    hours: Field,
    days: Field,
    months: Field,
    weekdays: Field,
}

/// The numbers that fit, a bit each; and whether that was a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Field {
    numbers: u64,
    is_any: bool,
}

impl TimeTable {
    /// What never happens.
    const NEVER: Self = {
        let none = Field { numbers: 0, is_any: false };
        Self { minutes: none, hours: none, days: none, months: none, weekdays: none }
    };

    /// The first time after another one; none where no date ever fits.
    #[must_use]
    pub fn next(&self, after: NaiveDateTime) -> Option<NaiveDateTime> {
        let minute = after.with_second(0)?.with_nanosecond(0)? + TimeDelta::minutes(1);
        if let Some(today) = self.time(minute.time()).filter(|_| self.fits_day(minute)) {
            return Some(minute.date().and_time(today));
        }
        // Every date there is comes within eight years, the 29th of February included.
        let tomorrow = minute.date() + Days::new(1);
        let mut days = tomorrow.iter_days().take(8 * 366);
        let day = days.find(|day| self.fits_day(day.and_time(NaiveTime::MIN)))?;
        Some(day.and_time(self.time(NaiveTime::MIN)?))
    }

    /// The first time of a day that is not before another one.
    fn time(&self, from: NaiveTime) -> Option<NaiveTime> {
        (from.hour()..24).filter(|hour| self.hours.has(*hour)).find_map(|hour| {
            let first = if hour == from.hour() { from.minute() } else { 0 };
            let minute = (first..60).find(|minute| self.minutes.has(*minute))?;
            NaiveTime::from_hms_opt(hour, minute, 0)
        })
    }

    /// A day of the month and a weekday, where both are chosen, mean either.
    fn fits_day(&self, day: NaiveDateTime) -> bool {
        let (of_month, of_week) =
            (self.days.has(day.day()), self.weekdays.has(day.weekday().num_days_from_sunday()));
        let fits =
            if self.days.is_any || self.weekdays.is_any { of_month && of_week } else { of_month || of_week };
        fits && self.months.has(day.month())
    }
}

impl Field {
    const fn has(self, number: u32) -> bool {
        self.numbers >> number & 1 == 1
    }

    /// A field whose numbers lie between two.
    fn read(text: &str, least: u32, most: u32) -> Option<Self> {
        let mut numbers = 0;
        for part in text.split(',') {
            let (range, step) = match part.split_once('/') {
                Some((range, step)) => (range, Some(step.parse().ok().filter(|step| *step > 0)?)),
                None => (part, None),
            };
            let (first, last) = match range.split_once('-') {
                _ if range == "*" => (least, most),
                Some((first, last)) => (first.parse().ok()?, last.parse().ok()?),
                // A step without an end goes on to the end.
                None => {
                    let first = range.parse().ok()?;
                    (first, if step.is_some() { most } else { first })
                }
            };
            if first < least || last > most || first > last {
                return None;
            }
            numbers |=
                (first..=last).step_by(step.unwrap_or(1)).fold(0_u64, |bits, number| bits | 1 << number);
        }
        Some(Self { numbers, is_any: text == "*" })
    }
}

impl FromStr for TimeTable {
    type Err = TimeTableError;

    fn from_str(text: &str) -> Result<Self, TimeTableError> {
        if text == "never" {
            return Ok(Self::NEVER);
        }
        let fields: Vec<_> = text.split_whitespace().collect();
        let read = || {
            let [minutes, hours, days, months, weekdays] = fields.as_slice() else { return None };
            let mut weekdays = Field::read(weekdays, 0, 7)?;
            // Sunday is 0 and 7.
            weekdays.numbers |= weekdays.numbers >> 7 & 1;
            Some(Self {
                minutes: Field::read(minutes, 0, 59)?,
                hours: Field::read(hours, 0, 23)?,
                days: Field::read(days, 1, 31)?,
                months: Field::read(months, 1, 12)?,
                weekdays,
            })
        };
        read().ok_or_else(|| TimeTableError(text.to_owned()))
    }
}

impl TryFrom<String> for TimeTable {
    type Error = TimeTableError;

    fn try_from(text: String) -> Result<Self, TimeTableError> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").unwrap()
    }

    #[test]
    fn the_next_time_is_the_first_that_fits_every_field() {
        // The 26th of November 2026 is a Thursday.
        let now = at("2026-11-26 22:58:30");
        for (table, next) in [
            ("*/5 * * * *", "2026-11-26 23:00:00"),
            ("10-59/15 * * * *", "2026-11-26 23:10:00"),
            ("5-59/15 * * * *", "2026-11-26 23:05:00"),
            ("58,59 * * * *", "2026-11-26 22:59:00"),
            ("58 * * * *", "2026-11-26 23:58:00"),
            ("0 8 * * *", "2026-11-27 08:00:00"),
            ("30 9 1 * *", "2026-12-01 09:30:00"),
            ("0 0 * * 0", "2026-11-29 00:00:00"),
            ("0 0 * * 7", "2026-11-29 00:00:00"),
            ("0 0 13 * 5", "2026-11-27 00:00:00"),
            ("0 0 29 2 *", "2028-02-29 00:00:00"),
            ("40/10 23 * * *", "2026-11-26 23:40:00"),
        ] {
            assert_eq!(table.parse::<TimeTable>().unwrap().next(now), Some(at(next)), "{table}");
        }
    }

    #[test]
    fn a_time_that_is_now_is_not_after_now() {
        let table: TimeTable = "0 8 * * *".parse().unwrap();
        assert_eq!(table.next(at("2026-01-02 08:00:00")), Some(at("2026-01-03 08:00:00")));
    }

    #[test]
    fn what_never_happens_has_no_next_time() {
        let now = at("2026-11-26 22:58:30");
        assert_eq!("never".parse::<TimeTable>().unwrap().next(now), None);
        assert_eq!("0 0 31 2 *".parse::<TimeTable>().unwrap().next(now), None);
    }

    #[test]
    fn nonsense_is_refused() {
        for text in [
            "",
            "* * * *",
            "60 * * * *",
            "* 24 * * *",
            "* * 0 * *",
            "* * * 13 *",
            "* * * * 8",
            "5-1 * * * *",
            "*/0 * * * *",
            "a * * * *",
            "1- * * * *",
            "* * * * * *",
        ] {
            let error = text.parse::<TimeTable>().unwrap_err();
            assert!(error.to_string().contains("minute, hour, day"), "{text}");
        }
    }
}
