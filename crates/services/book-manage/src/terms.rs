//! Terms of use (spec: book-manage 2.4).

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use contract::catalog::Item;
use vocabulary::{Instant, TimeZone};

/// Whose terms they are, as `terms_type` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TermsType {
    Platform = 1,
    Region = 2,
}

impl TermsType {
    pub(crate) const PLATFORM: i64 = Self::Platform as i64;
    pub(crate) const REGION: i64 = Self::Region as i64;

    pub(crate) const fn number(self) -> i64 {
        self as i64
    }

    /// The kind with that number; the platform's, where it names none.
    pub(crate) const fn of(number: i64) -> Self {
        if number == Self::REGION { Self::Region } else { Self::Platform }
    }

    /// The global setting that says how often somebody is reminded.
    pub(crate) const fn interval_setting(self) -> &'static str {
        match self {
            Self::Platform => "platform-tou_re-consent_notification_interval",
            Self::Region => "region-tou_re-consent_notification_interval",
        }
    }
}

/// Whether a term that an item of terms names is over: `period-of-re-consent`, `period-of-release`. Without one it never
/// is; a day is over when it begins, as clients of the reference know it.
pub(crate) fn is_over(terms: &Item, term: &str, now: Instant, zone: TimeZone) -> bool {
    let Some(text) = terms.text(term) else { return false };
    match moment(text, zone) {
        Some(end) => now > end,
        None => {
            tracing::warn!(
                term,
                text,
                code = terms.head.code.value.0,
                "terms of use with a term nobody understands"
            );
            false
        }
    }
}

/// A point in time in any form of ISO 8601 that begins with a date; without an offset it is meant in the zone of the
/// API.
pub(crate) fn moment(text: &str, zone: TimeZone) -> Option<Instant> {
    let local = || {
        let formats = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M"];
        formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
    };
    let day = || Some(NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_time(NaiveTime::MIN));
    Instant::parse(text).or_else(|| Some(zone.instant(local().or_else(day)?)))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn a_term_is_over_after_its_end() {
        let over = |term: Value| {
            let head = json!({"ns": "ns", "_code": {"_value": 1, "_ver": 1}});
            let terms = json!({"catalogItem": head, "template": {"period-of-re-consent": term}});
            let terms: Item = serde_json::from_value(terms).unwrap();
            let now = Instant::parse("2026-01-02T00:00:00.000+0900").unwrap();
            is_over(&terms, "period-of-re-consent", now, TimeZone::TOKYO)
        };
        assert!(over(json!("2026-01-01T23:59:59.999+0900")));
        assert!(!over(json!("2026-01-02T00:00:00.000+0900")));
        assert!(!over(json!("2026-01-02")));
        assert!(over(json!("2026-01-01")));
        assert!(over(json!("2026-01-01T23:59:59")));
        assert!(!over(json!(null)));
        assert!(!over(json!("soon")));
    }
}
