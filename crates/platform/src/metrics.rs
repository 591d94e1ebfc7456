//! What a block counts about itself, for Prometheus: `GET /metrics` of the internal listener.
//!
//! Several blocks may run in one process, so each has numbers of its own. Labels are bounded: patterns of routes and
//! names of reasons, never a path, an id or a message.

use std::{
    borrow::Cow,
    fmt,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use axum::extract::MatchedPath;
use http::{Method, StatusCode, header};
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric, prometheus_text},
    metrics::{
        counter::{ConstCounter, Counter},
        family::Family,
        gauge::ConstGauge,
        histogram::Histogram,
    },
    registry::Registry,
};
use vocabulary::ServiceName;

use crate::{Store, error::Why};

/// The numbers of one block.
#[derive(Clone, Debug, Default)]
pub struct Metrics(Arc<Numbers>);

#[derive(Debug)]
struct Numbers {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    seconds: Family<ServiceLabel, Histogram, fn() -> Histogram>,
    refusals: Family<RefusalLabels, Counter>,
    turned_away: Family<TurnedAwayLabels, Counter>,
    batches: Family<BatchLabels, Counter>,
    stores: Stores,
}

type Name = Cow<'static, str>;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    service: &'static str,
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ServiceLabel {
    service: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RefusalLabels {
    service: &'static str,
    status: u16,
    reason: Name,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TurnedAwayLabels {
    listener: &'static str,
    /// None where it did not even come to HTTP.
    status: Option<u16>,
    reason: Name,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct BatchLabels {
    batch: &'static str,
    outcome: &'static str,
}

impl Default for Numbers {
    fn default() -> Self {
        let (requests, refusals, turned_away, batches) =
            (Family::default(), Family::default(), Family::default(), Family::default());
        let seconds = Family::new_with_constructor(histogram as fn() -> Histogram);
        let stores = Stores::default();
        let mut registry = Registry::with_prefix("pxr");
        let help = "Requests that the services answered, by the pattern of their route";
        registry.register("requests", help, Family::clone(&requests));
        registry.register("request_seconds", "How long the services took to answer", seconds.clone());
        let help = "Requests that the services refused, by the rule that refused them";
        registry.register("refusals", help, Family::clone(&refusals));
        let help = "What the listeners turned away themselves, before any service";
        registry.register("listener_refusals", help, Family::clone(&turned_away));
        registry.register("batch_runs", "Runs of the block's batches", Family::clone(&batches));
        registry.register_collector(Box::new(stores.clone()));
        Self { registry, requests, seconds, refusals, turned_away, batches, stores }
    }
}

fn histogram() -> Histogram {
    Histogram::new([
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
    ])
}

impl Metrics {
    /// The content type of what [`Metrics::text`] writes.
    pub(crate) const CONTENT_TYPE: (header::HeaderName, &str) =
        (header::CONTENT_TYPE, prometheus_text::CONTENT_TYPE);

    /// Shows the database work and the pool of a service's store from now on.
    pub fn watch(&self, service: ServiceName, store: &Store) {
        self.0.stores.0.write().unwrap_or_else(PoisonError::into_inner).push((service, store.clone()));
    }

    /// A batch ended.
    pub fn batch_ran(&self, batch: &'static str, outcome: &'static str) {
        self.0.batches.get_or_create(&BatchLabels { batch, outcome }).inc();
    }

    /// A service answered a request.
    pub(crate) fn answered(
        &self,
        service: ServiceName,
        (method, route): (&Method, Option<&MatchedPath>),
        (status, why): (StatusCode, Option<Why>),
        took: Duration,
    ) {
        let (service, status) = (service.name(), status.as_u16());
        let route = route.map_or("unknown", MatchedPath::as_str).to_owned();
        self.0.requests.get_or_create(&RequestLabels { service, method: known(method), route, status }).inc();
        self.0.seconds.get_or_create(&ServiceLabel { service }).observe(took.as_secs_f64());
        if let Some(Why { reason, .. }) = why {
            self.0.refusals.get_or_create(&RefusalLabels { service, status, reason }).inc();
        }
    }

    /// A listener turned a request or a connection away.
    pub(crate) fn turned_away(&self, listener: &'static str, status: Option<StatusCode>, reason: Name) {
        let status = status.map(|status| status.as_u16());
        self.0.turned_away.get_or_create(&TurnedAwayLabels { listener, status, reason }).inc();
    }

    /// Everything, in the text format of Prometheus.
    pub(crate) fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        prometheus_text::encode(&mut text, &self.0.registry)?;
        Ok(text)
    }
}

/// Clients may make up methods; numbers of them would have no bound.
fn known(method: &Method) -> &'static str {
    let known = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"];
    known.into_iter().find(|name| *name == method.as_str()).unwrap_or("other")
}

/// The stores of the block, asked when somebody reads the numbers.
#[derive(Clone, Debug, Default)]
struct Stores(Arc<RwLock<Vec<(ServiceName, Store)>>>);

impl Stores {
    /// One number of each store.
    fn show<M: EncodeMetric>(
        &self,
        encoder: &mut DescriptorEncoder<'_>,
        (name, help): (&str, &str),
        number: impl Fn(&Store) -> M,
    ) -> fmt::Result {
        let stores = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let numbers: Vec<_> = stores.iter().map(|(service, store)| (service.name(), number(store))).collect();
        let Some((_, first)) = numbers.first() else { return Ok(()) };
        let mut family = encoder.encode_descriptor(name, help, None, first.metric_type())?;
        for (service, number) in numbers {
            number.encode(family.encode_family(&ServiceLabel { service })?)?;
        }
        Ok(())
    }
}

impl Collector for Stores {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let encoder = &mut encoder;
        let queries = ("database_queries", "Statements that a service's database carried out");
        self.show(encoder, queries, |store| ConstCounter::new(store.usage().statements()))?;
        let seconds =
            ("database_seconds", "Time that a service's database took for its statements and transactions");
        self.show(encoder, seconds, |store| ConstCounter::new(store.usage().took().as_secs_f64()))?;
        let size = ("database_connections", "Open connections of a service to its database");
        self.show(encoder, size, |store| ConstGauge::new(i64::from(store.pool().0)))?;
        let idle = ("database_idle_connections", "Those of them that nobody uses just now");
        self.show(encoder, idle, |store| ConstGauge::new(i64::try_from(store.pool().1).unwrap_or(i64::MAX)))
    }
}
