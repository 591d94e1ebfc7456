//! Changing terms of use (spec: catalog-update 4.7).

use axum::{Json, extract::State};
use chrono::{Days, Months, TimeDelta};
use contract::catalog::Item;
use platform::{ApiError, Call, Member};
use serde_json::Value;
use vocabulary::{CodeVersion, Instant, Session};

use super::{
    Whose, apply,
    record::Record,
    terms::{Entry, Terms},
};
use crate::{
    CatalogUpdate,
    items::{unreadable, unwritable},
    moment::moment,
    refusal::Refusal,
};

/// An update-set entry that changes an item.
const CHANGE: i64 = 2;

const UNNAMED: Refusal = Refusal::Input("利用規約のコードとバージョンが必要です");
const PERIOD: Refusal = Refusal::Input("再同意の期限が正しくないか、早すぎます");

/// Changes the terms of the operator's own regions, or keeps a draft. **Members of a region's actor.**
pub(in crate::api) async fn change_for_region(
    State(service): State<CatalogUpdate>,
    call: Call<Member, Terms>,
) -> Result<Json<Value>, ApiError> {
    change(&service, &call.who.0, Whose::Region, call.input).await
}

/// Changes the terms of the whole platform, or keeps a draft. **Members of the root.**
pub(in crate::api) async fn change_for_platform(
    State(service): State<CatalogUpdate>,
    call: Call<Member, Terms>,
) -> Result<Json<Value>, ApiError> {
    change(&service, &call.who.0, Whose::Platform, call.input).await
}

async fn change(
    service: &CatalogUpdate,
    session: &Session,
    whose: Whose,
    terms: Terms,
) -> Result<Json<Value>, ApiError> {
    let actor = whose.author(service, session)?;
    let kept = terms.kept().to_string();
    if terms.is_draft {
        let named = terms.catalog.iter().map(|entry| entry.item().ok_or(UNNAMED));
        let last = named.collect::<Result<Vec<_>, _>>()?.pop();
        let (code, version) = (last.map(|code| code.value.0), last.map(|code| code.ver.0));
        whose.check_author(service, session, actor).await?;
        let draft = Record { whose, actor, code, version, kept: &kept };
        let id = draft.keep(service, session, terms.draft).await?;
        return Ok(Json(terms.answer(id, None)));
    }
    let (item, newest) = target(service, session, (whose, actor), &terms).await?;
    let asks = asks_again(service, session, whose, &terms.catalog[0], &newest).await?;
    let record = Record { whose, actor, code: Some(item.value.0), version: Some(item.ver.0), kept: &kept };
    let id = make(service, session, &record, &terms, &newest).await?;
    if asks {
        let told = match whose {
            Whose::Platform => service.books.platform_terms_changed(session, item).await,
            Whose::Region => service.books.region_terms_changed(session, item).await,
        };
        told.map_err(|failure| {
            tracing::warn!(%failure, "the books were not told of new terms");
            Refusal::Books
        })?;
    }
    let id = record.finish(service, session, id, terms.draft).await?;
    Ok(Json(terms.answer(id, None)))
}

/// The one item that is changed, in the place of these terms, and what it is now.
async fn target(
    service: &CatalogUpdate,
    session: &Session,
    (whose, actor): (Whose, CodeVersion),
    terms: &Terms,
) -> Result<(CodeVersion, Item), ApiError> {
    let ext_name = service.catalog.ext_name(session).await.map_err(|failure| unreadable(&failure))?;
    let ns = whose.ns(&ext_name, actor);
    let only = match terms.catalog.as_slice() {
        [only] if only.kind == Some(CHANGE) && only.ns.as_deref() == Some(&ns) => only,
        _ => return Err(Refusal::Input("利用規約を一つだけ、そのネームスペースで変更できます").into()),
    };
    let item = only.item().ok_or(UNNAMED)?;
    let newest = service.item(session, item.value).await?;
    if newest.head.ns == ns { Ok((item, newest)) } else { Err(Refusal::Namespace(newest.head.ns).into()) }
}

/// Whether residents have to consent again, for which they must be given time enough.
async fn asks_again(
    service: &CatalogUpdate,
    session: &Session,
    whose: Whose,
    entry: &Entry,
    newest: &Item,
) -> Result<bool, ApiError> {
    let root = newest.head.ns.split_once("/terms-of-use/").map(|(root, _)| root).unwrap_or_default();
    let settings = service.items_in(session, &format!("{root}/setting/global")).await?;
    let settings = settings.first().ok_or(Refusal::Catalog)?;
    if entry.get("re-consent-flag").and_then(Value::as_bool) != Some(true) {
        return Ok(false);
    }
    let until = entry.get("period-of-re-consent").and_then(Value::as_str);
    let until = until.and_then(|text| moment(text, service.ground.zone)).ok_or(PERIOD)?;
    let minimum = settings.get(whose.minimum_period()).ok_or(Refusal::Catalog)?;
    let earliest = after(service.ground.clock.now(), minimum).ok_or(Refusal::Catalog)?;
    if until > earliest { Ok(true) } else { Err(PERIOD.into()) }
}

/// An instant plus `{"type": unit, "value": number}` of the global setting.
fn after(now: Instant, period: &Value) -> Option<Instant> {
    let count = period["value"].as_u64()?;
    let whole = u32::try_from(count).ok()?;
    let unit = period["type"].as_str()?;
    let later = match unit.strip_suffix('s').unwrap_or(unit) {
        "minute" => now.utc().checked_add_signed(TimeDelta::minutes(whole.into())),
        "hour" => now.utc().checked_add_signed(TimeDelta::hours(whole.into())),
        "day" => now.utc().checked_add_days(Days::new(count)),
        "week" => now.utc().checked_add_days(Days::new(count.checked_mul(7)?)),
        "month" => now.utc().checked_add_months(Months::new(whole)),
        "year" => now.utc().checked_add_months(Months::new(whole.checked_mul(12)?)),
        _ => None,
    };
    later.map(Instant::new)
}

/// Changes the catalog, which makes each version once: the row says whether an earlier attempt did it already.
async fn make(
    service: &CatalogUpdate,
    session: &Session,
    record: &Record<'_>,
    terms: &Terms,
    newest: &Item,
) -> Result<i64, ApiError> {
    let earlier = record.unfinished(service).await?;
    if let Some(id) = earlier
        && Some(newest.head.code.ver.0) == record.version
    {
        return Ok(id);
    }
    let id = match earlier {
        Some(id) => id,
        None => record.begin(service, session).await?,
    };
    let Err(failure) = apply(service, session, record.actor, &terms.kept()).await else { return Ok(id) };
    // Otherwise nobody knows whether it was done; a repeated request will see.
    if failure.status().is_some_and(|status| status.is_client_error()) {
        record.withdraw(service, id).await?;
    }
    Err(unwritable(&failure).into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn periods_are_counted_in_any_unit_of_the_global_setting() {
        let now = Instant::parse("2026-01-31T00:00:00.000Z").unwrap();
        let cases = [
            (json!({"type": "day", "value": 1}), Some("2026-02-01T00:00:00.000Z")),
            (json!({"type": "days", "value": 2}), Some("2026-02-02T00:00:00.000Z")),
            (json!({"type": "month", "value": 1}), Some("2026-02-28T00:00:00.000Z")),
            (json!({"type": "year", "value": 1}), Some("2027-01-31T00:00:00.000Z")),
            (json!({"type": "week", "value": 1}), Some("2026-02-07T00:00:00.000Z")),
            (json!({"type": "minute", "value": 90}), Some("2026-01-31T01:30:00.000Z")),
            (json!({"type": "moon", "value": 1}), None),
            (json!({"type": "day"}), None),
            (json!({"type": "day", "value": u64::MAX}), None),
        ];
        for (period, expected) in cases {
            assert_eq!(after(now, &period), expected.and_then(Instant::parse), "{period}");
        }
    }
}
