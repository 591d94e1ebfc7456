//! Times as other systems write them.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use vocabulary::{Instant, TimeZone};

/// Reads a time in any usual ISO 8601 form; without an offset, a clock of the zone shows it.
pub(crate) fn moment(text: &str, zone: TimeZone) -> Option<Instant> {
    let wall_clock = || {
        let forms = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M"];
        let full = forms.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
        full.or_else(|| {
            let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
            Some(day.and_time(NaiveTime::MIN))
        })
    };
    Instant::parse(text).or_else(|| wall_clock().map(|wall_clock| zone.instant(wall_clock)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_without_offset_is_one_of_the_zone() {
        let expected = Instant::parse("2035-01-02T00:00:00.000+0900");
        for text in ["2035-01-02", "2035-01-02T00:00", "2035-01-02T00:00:00.000", "2035-01-01T15:00:00Z"] {
            assert_eq!(moment(text, TimeZone::TOKYO), expected, "{text}");
        }
        for text in ["", "soon", "2035-13-01", "2035-01-02T25:00:00"] {
            assert_eq!(moment(text, TimeZone::TOKYO), None, "{text}");
        }
    }
}
