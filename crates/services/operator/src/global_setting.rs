//! The settings of the whole platform that lie in the catalog (spec: operator 5.4), kept for a minute.

use std::time::Duration;

use chrono::TimeDelta;
use contract::{
    CallFailure,
    catalog::{CatalogClient, Item},
};
use http::StatusCode;
use moka::future::Cache;
use platform::{ApiError, Ground};
use serde_json::Value;
use vocabulary::{Instant, Session};

use crate::refusal::Refusal;

#[derive(Clone, Debug)]
pub(crate) struct GlobalSettings {
    ns: String,
    /// None: every reading asks the catalog.
    cache: Option<Cache<(), GlobalSetting>>,
}

impl GlobalSettings {
    pub(crate) fn new(ground: &Ground) -> Self {
        let cache = || Cache::builder().time_to_live(Duration::from_mins(1)).max_capacity(1).build();
        Self {
            ns: format!("catalog/ext/{}/setting/global", ground.block.ext_name),
            cache: ground.caching.then(cache),
        }
    }

    pub(crate) async fn read(
        &self,
        catalog: &CatalogClient,
        session: &Session,
    ) -> Result<GlobalSetting, ApiError> {
        if let Some(cache) = &self.cache
            && let Some(setting) = cache.get(&()).await
        {
            return Ok(setting);
        }
        let items = catalog.in_namespace(session, &self.ns).await.map_err(namespace_failure)?;
        let setting = GlobalSetting(items.into_iter().next().ok_or(Refusal::Catalog)?.template);
        if let Some(cache) = &self.cache {
            cache.insert((), setting.clone()).await;
        }
        Ok(setting)
    }
}

/// One reading of the global setting.
#[derive(Clone, Debug)]
pub(crate) struct GlobalSetting(Value);

impl GlobalSetting {
    fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key).filter(|value| !value.is_null())
    }

    pub(crate) fn number(&self, key: &str) -> Option<i64> {
        let value = self.get(key)?;
        value.as_i64().or_else(|| value.as_str()?.parse().ok())
    }

    pub(crate) fn flag(&self, key: &str) -> Option<bool> {
        self.get(key)?.as_bool()
    }

    /// `{type, value}`: month, day, hour, minute or second, singular or plural.
    pub(crate) fn duration(&self, key: &str) -> Option<Span> {
        let duration = self.get(key)?;
        let amount = duration["value"].as_i64().or_else(|| duration["value"].as_str()?.parse().ok())?;
        Span::new(duration["type"].as_str()?, amount)
    }
}

/// A stretch of time; months are as long as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Span {
    Months(u32),
    Fixed(TimeDelta),
}

impl Span {
    fn new(unit: &str, amount: i64) -> Option<Self> {
        Some(match unit.trim_end_matches('s') {
            "month" => Self::Months(amount.try_into().ok()?),
            "day" => Self::Fixed(TimeDelta::try_days(amount)?),
            "hour" => Self::Fixed(TimeDelta::try_hours(amount)?),
            "minute" => Self::Fixed(TimeDelta::try_minutes(amount)?),
            "second" => Self::Fixed(TimeDelta::try_seconds(amount)?),
            _ => return None,
        })
    }

    pub(crate) fn after(self, instant: Instant) -> Instant {
        match self {
            Self::Months(months) => Instant::new(instant.utc() + chrono::Months::new(months)),
            Self::Fixed(delta) => instant + delta,
        }
    }

    pub(crate) fn before(self, instant: Instant) -> Instant {
        match self {
            Self::Months(months) => Instant::new(instant.utc() - chrono::Months::new(months)),
            Self::Fixed(delta) => instant - delta,
        }
    }
}

/// A catalog item by code: 400 and 204 mean that it does not exist (spec: operator 4.0).
pub(crate) fn code_failure(failure: CallFailure) -> ApiError {
    match failure.status() {
        Some(StatusCode::BAD_REQUEST | StatusCode::NO_CONTENT) => Refusal::Catalog.into(),
        _ => unavailable(&failure),
    }
}

/// A catalog namespace: 404 and 204 mean that there is nothing in it (spec: operator 4.0).
pub(crate) fn namespace_failure(failure: CallFailure) -> ApiError {
    if is_nothing(&failure) { Refusal::Catalog.into() } else { unavailable(&failure) }
}

/// Whether a namespace holds nothing.
pub(crate) fn is_nothing(failure: &CallFailure) -> bool {
    matches!(failure.status(), Some(StatusCode::NOT_FOUND | StatusCode::NO_CONTENT))
}

fn unavailable(failure: &CallFailure) -> ApiError {
    tracing::warn!(%failure, "the catalog did not help");
    Refusal::CatalogUnavailable.into()
}

/// The first item's template in an own-actor setting, or nothing where there is none.
pub(crate) fn first_template(items: Result<Vec<Item>, CallFailure>) -> Result<Option<Value>, ApiError> {
    match items {
        Ok(items) => Ok(items.into_iter().next().map(|item| item.template)),
        Err(failure) if is_nothing(&failure) => Ok(None),
        Err(failure) => Err(unavailable(&failure)),
    }
}
