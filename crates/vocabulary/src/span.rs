//! Stretches of time as settings in the catalog write them.

use chrono::{Months, TimeDelta};
use serde_json::Value;

use crate::Instant;

/// A stretch of time; months are as long as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    Months(u32),
    Fixed(TimeDelta),
}

impl Span {
    /// `{"type", "value"}`: year, month, week, day, hour, minute or second, singular or plural.
    #[must_use]
    pub fn read(value: &Value) -> Option<Self> {
        let amount = &value["value"];
        let amount = amount.as_i64().or_else(|| amount.as_str()?.parse().ok())?;
        Self::new(value["type"].as_str()?, amount)
    }

    fn new(unit: &str, amount: i64) -> Option<Self> {
        Some(match unit.trim_end_matches('s') {
            "year" => Self::Months(amount.checked_mul(12)?.try_into().ok()?),
            "month" => Self::Months(amount.try_into().ok()?),
            "week" => Self::Fixed(TimeDelta::try_weeks(amount)?),
            "day" => Self::Fixed(TimeDelta::try_days(amount)?),
            "hour" => Self::Fixed(TimeDelta::try_hours(amount)?),
            "minute" => Self::Fixed(TimeDelta::try_minutes(amount)?),
            "second" => Self::Fixed(TimeDelta::try_seconds(amount)?),
            _ => return None,
        })
    }

    /// The end of a stretch that begins then; none when no calendar goes that far.
    #[must_use]
    pub fn after(self, instant: Instant) -> Option<Instant> {
        let end = match self {
            Self::Months(months) => instant.utc().checked_add_months(Months::new(months)),
            Self::Fixed(delta) => instant.utc().checked_add_signed(delta),
        };
        end.map(Instant::new)
    }

    /// The beginning of a stretch that ends then.
    #[must_use]
    pub fn before(self, instant: Instant) -> Option<Instant> {
        let start = match self {
            Self::Months(months) => instant.utc().checked_sub_months(Months::new(months)),
            Self::Fixed(delta) => instant.utc().checked_sub_signed(delta),
        };
        start.map(Instant::new)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn units_come_in_singular_and_plural_and_numbers_as_digits() {
        let days = Some(Span::Fixed(TimeDelta::days(7)));
        assert_eq!(Span::read(&json!({"type": "day", "value": 7})), days);
        assert_eq!(Span::read(&json!({"type": "days", "value": "7"})), days);
        assert_eq!(Span::read(&json!({"type": "week", "value": 1})), days);
        assert_eq!(Span::read(&json!({"type": "month", "value": 2})), Some(Span::Months(2)));
        assert_eq!(Span::read(&json!({"type": "years", "value": 2})), Some(Span::Months(24)));
        assert_eq!(Span::read(&json!({"type": "fortnight", "value": 2})), None);
        assert_eq!(Span::read(&json!({"type": "month", "value": -1})), None);
    }

    #[test]
    fn a_month_is_as_long_as_it_is() {
        let start = Instant::parse("2026-01-31T00:00:00Z").unwrap();
        assert_eq!(Span::Months(1).after(start), Instant::parse("2026-02-28T00:00:00Z"));
        assert_eq!(Span::Fixed(TimeDelta::MAX).after(start), None);
    }
}
