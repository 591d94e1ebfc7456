//! The settings of the whole platform that lie in the catalog (spec: operator 5.4), kept for a minute.

use std::time::Duration;

use contract::catalog::CatalogClient;
use moka::future::Cache;
use platform::{ApiError, Ground};
use serde_json::Value;
use vocabulary::Session;

use crate::{catalog_failure::of_namespace, refusal::Refusal, span::Span};

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
        let items = catalog.in_namespace(session, &self.ns).await.map_err(of_namespace)?;
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
    /// A value that is there.
    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key).filter(|value| !value.is_null())
    }

    pub(crate) fn number(&self, key: &str) -> Option<i64> {
        let value = self.get(key)?;
        value.as_i64().or_else(|| value.as_str()?.parse().ok())
    }

    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_str()
    }

    pub(crate) fn says(&self, key: &str) -> bool {
        self.get(key).is_some_and(is_truthy)
    }

    pub(crate) fn span(&self, key: &str) -> Option<Span> {
        self.get(key).and_then(Span::read)
    }
}

/// What JavaScript takes for true.
pub(crate) fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}
