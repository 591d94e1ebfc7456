//! A copy of a resident's identification code (spec: operator 4.20).

use axum::{Json, extract::State};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use platform::{AnyOperator, ApiError, Author, Call, Incoming, Input, fields::short_text, new_row};
use sea_orm::ActiveModelTrait;
use vocabulary::{Instant, TimeZone};

use super::Done;
use crate::{Operators, body::object, refusal::Refusal, store::identify_code};

#[derive(Debug)]
pub(super) struct IdentifyCode {
    code: String,
    expiration: Moment,
}

/// A point in time as clients write it: with its offset, or as digits on the block's clock.
#[derive(Debug, PartialEq, Eq)]
enum Moment {
    Exact(Instant),
    Wall(NaiveDateTime),
}

impl Moment {
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim().replacen(' ', "T", 1);
        let wall = |form| NaiveDateTime::parse_from_str(&text, form).ok();
        let midnight = || Some(NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok()?.and_time(NaiveTime::MIN));
        Instant::parse(&text).map(Self::Exact).or_else(|| {
            wall("%Y-%m-%dT%H:%M:%S%.f").or_else(|| wall("%Y-%m-%dT%H:%M")).or_else(midnight).map(Self::Wall)
        })
    }

    fn instant(&self, zone: TimeZone) -> Instant {
        match self {
            Self::Exact(instant) => *instant,
            Self::Wall(digits) => zone.instant(*digits),
        }
    }
}

impl Input for IdentifyCode {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = object(incoming)?;
        let code = fields.required("identifyCode", short_text);
        let expiration = fields.required("expirationAt", |value| {
            Moment::parse(&short_text(value)?).ok_or("日時の形式が正しくありません".into())
        });
        fields.build(|| Some(Self { code: code?, expiration: expiration? }))
    }
}

/// Keeps a code of the caller. **Operators with a PXR-ID, that is residents.**
pub(super) async fn keep(
    State(service): State<Operators>,
    call: Call<AnyOperator, IdentifyCode>,
) -> Result<Json<Done>, ApiError> {
    let session = &call.who.0;
    let pxr_id = session.pxr_id.clone().filter(|pxr_id| !pxr_id.is_empty()).ok_or(Refusal::NoPxrId)?;
    let author = Author::new(&service.ground, session);
    let end = call.input.expiration.instant(service.ground.zone);
    let expiration_at = service.ground.store.column(end);
    new_row!(author, identify_code { code: call.input.code, pxr_id: pxr_id, expiration_at: expiration_at })
        .insert(service.ground.store.read())
        .await?;
    Ok(Json(Done::SUCCESS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expiration_may_be_written_in_many_ways() {
        let noon = Instant::parse("2100-01-01T12:00:00+09:00").unwrap();
        for text in [
            "2100-01-01 12:00:00+0900",
            "2100-01-01T12:00:00.000+0900",
            "2100-01-01T03:00:00Z",
            "2100-01-01 12:00:00",
            "2100-01-01T12:00",
        ] {
            assert_eq!(Moment::parse(text).map(|m| m.instant(TimeZone::TOKYO)), Some(noon), "{text}");
        }
        assert!(Moment::parse("2100-01-01").is_some());
        assert_eq!(Moment::parse("tomorrow"), None);
    }
}
