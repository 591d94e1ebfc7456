//! Times as applications write them: whatever a browser's `Date` reads, within reason.

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use platform::fields::{Complaint, any_text, strict_number};
use serde_json::Value;
use vocabulary::{Instant, TimeZone};

const LOCAL: [&str; 6] = [
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y/%m/%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M",
];

/// A time with an offset; without one it is UTC, as in the standard containers. Numbers are milliseconds since 1970.
pub(crate) fn moment(value: &Value) -> Result<Instant, Complaint> {
    let instant = match value {
        Value::Number(_) => DateTime::from_timestamp_millis(strict_number(value)?).map(Instant::new),
        other => read(any_text(other)?.trim()),
    };
    // What a database can hold.
    let years = |instant: &Instant| (1..=9999).contains(&chrono::Datelike::year(&instant.utc()));
    instant.filter(years).ok_or("日時の形式が正しくありません".into())
}

fn read(text: &str) -> Option<Instant> {
    let with_offset = || DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f%z").ok();
    if let Some(instant) =
        Instant::parse(text).or_else(|| with_offset().map(|time| Instant::new(time.to_utc())))
    {
        return Some(instant);
    }
    let local = LOCAL.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let day = || {
        let date =
            ["%Y-%m-%d", "%Y/%m/%d"].iter().find_map(|form| NaiveDate::parse_from_str(text, form).ok());
        date.and_then(|date| date.and_hms_opt(0, 0, 0))
    };
    local.or_else(day).map(|wall_clock| TimeZone::UTC.instant(wall_clock))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn times_are_read_in_the_forms_of_the_field() {
        let expected = Instant::parse("2020-02-19T15:00:00.000Z");
        for value in [
            json!("2020-02-20T00:00:00.000+0900"),
            json!("2020-02-20T00:00:00+09:00"),
            json!("2020-02-19T15:00:00.000Z"),
            json!("2020-02-19 15:00:00"),
            json!("2020-02-19T15:00"),
            json!(1582124400000_i64),
        ] {
            assert_eq!(moment(&value).ok(), expected, "{value}");
        }
        assert_eq!(moment(&json!("2020-02-19")).ok(), Instant::parse("2020-02-19T00:00:00Z"));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for value in
            [json!("tomorrow"), json!(""), json!({}), json!(1e300), json!("99999-01-01"), json!(true)]
        {
            assert!(moment(&value).is_err(), "{value}");
        }
    }
}
