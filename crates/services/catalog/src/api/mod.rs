//! The routes, one file a resource.

mod attributes;
mod classes;
mod items;
mod names;
mod namespaces;
mod public;
mod ranges;
mod text;
mod update_sets;
mod writing;

use std::ops::RangeInclusive;

use axum::{
    Router,
    routing::{get, post, put},
};
use platform::{
    ApiError, Fields, Incoming, Input, Reason,
    fields::{Complaint, number},
};
use serde_json::{Value, json};

use crate::{Catalog, codes::Kind, refusal::Refusal};

pub(crate) fn routes(service: Catalog) -> Router {
    let mut routes = Router::new()
        .route("/catalog/name", get(names::show).post(names::activate).put(names::rename))
        .route("/catalog/public", get(public::list))
        .route("/catalog/attribute", put(attributes::replace))
        .route("/catalog/text", post(text::search))
        .route("/catalog/ns", get(namespaces::list))
        .route("/catalog/ns/{nsId}", get(namespaces::show))
        .route("/catalog/code", get(ranges::list).post(ranges::create))
        .route("/catalog/code/{id}", get(ranges::of_kind).put(ranges::change).delete(ranges::delete))
        .route("/catalog", get(items::in_namespace).post(items::by_codes))
        .route("/catalog/{code}", get(items::newest))
        .route("/catalog/{code}/{version}", get(items::at_version))
        .route("/catalog/history/{code}", get(items::history))
        .route("/catalog/inner/{code}/{name}", get(classes::newest))
        .route("/catalog/inner/{code}/{version}/{name}", get(classes::at_version))
        .merge(update_sets::routes());
    for kind in [Kind::Model, Kind::BuiltIn, Kind::Ext] {
        let name = kind.as_str();
        routes = routes
            .route(&format!("/catalog/ns/{name}"), post(move |s, c| namespaces::create(kind, s, c)))
            .route(
                &format!("/catalog/ns/{name}/{{nsId}}"),
                put(move |s, c| namespaces::update(kind, s, c)).delete(namespaces::delete),
            )
            .route(&format!("/catalog/{name}"), post(move |s, c| writing::create(kind, s, c)))
            .route(
                &format!("/catalog/{name}/{{code}}"),
                put(move |s, c| writing::update(kind, s, c)).delete(writing::delete),
            );
    }
    routes.with_state(service)
}

/// The body of a request that must have one, and no text in it that the databases cannot hold.
fn body(incoming: &Incoming) -> Result<&Value, ApiError> {
    if incoming.is_empty() {
        return Err(Refusal::Empty.into());
    }
    storable(incoming.body())?;
    Ok(incoming.body())
}

/// The same for routes where an array is refused.
fn object(incoming: &Incoming) -> Result<Fields<'_>, ApiError> {
    let body = body(incoming)?;
    if body.is_array() { Err(Refusal::Array.into()) } else { Ok(Fields::of(body)) }
}

/// Path and query, and no text in them that the databases cannot hold.
fn parameters(incoming: &Incoming) -> Result<Value, ApiError> {
    let parameters = incoming.parameters();
    storable(&parameters)?;
    Ok(parameters)
}

/// The one parameter that a request is read by.
fn parameter<T>(
    incoming: &Incoming,
    name: &str,
    rule: impl Fn(&Value) -> Result<T, Complaint>,
) -> Result<T, ApiError> {
    let parameters = parameters(incoming)?;
    let fields = Fields::of(&parameters);
    let found = fields.required(name, rule);
    fields.build(|| found)
}

/// PostgreSQL knows no text with a NUL in it.
fn storable(value: &Value) -> Result<(), ApiError> {
    fn unstorable(name: &str, value: &Value) -> Option<String> {
        match value {
            Value::String(text) => text.contains('\0').then(|| name.to_owned()),
            Value::Array(elements) => elements.iter().find_map(|element| unstorable(name, element)),
            Value::Object(object) => object.iter().find_map(|(key, value)| {
                if key.contains('\0') { Some(name.to_owned()) } else { unstorable(key, value) }
            }),
            _ => None,
        }
    }
    match unstorable("body", value) {
        None => Ok(()),
        Some(property) => {
            let message = "使用できない文字が含まれています".into();
            Err(ApiError::Fields(vec![Reason { property, value: Value::Null, message }]))
        }
    }
}

/// A number in a path or query. Every rule that it breaks is listed, and the number is shown as one.
fn whole(name: &'static str, allowed: RangeInclusive<i64>) -> impl Fn(&Value) -> Result<i64, Complaint> {
    const NOT_NUMBER: &str = "数値ではありません";
    const TOO_SMALL: &str = "値が小さすぎます";
    const TOO_LARGE: &str = "値が大きすぎます";
    move |value| {
        let found = number(value);
        let bounds = [(TOO_SMALL, *allowed.start(), i64::MIN), (TOO_LARGE, *allowed.end(), i64::MAX)];
        let broken: Vec<_> = match found {
            Ok(number) if allowed.contains(&number) => return Ok(number),
            Ok(number) if number < *allowed.start() => vec![TOO_SMALL],
            Ok(_) => vec![TOO_LARGE],
            Err(_) => {
                let bounds = bounds.into_iter().filter(|(_, bound, none)| bound != none);
                [NOT_NUMBER].into_iter().chain(bounds.map(|(message, ..)| message)).collect()
            }
        };
        let value = found.ok().filter(|number| *number != 0).map_or(Value::Null, |number| json!(number));
        let reason = |message: &'static str| Reason {
            property: name.to_owned(),
            value: value.clone(),
            message: message.into(),
        };
        Err(Complaint::Inside(broken.into_iter().map(reason).collect()))
    }
}

const ANY: RangeInclusive<i64> = i64::MIN..=i64::MAX;
/// From 1 to the greatest number that JavaScript knows exactly.
const POSITIVE: RangeInclusive<i64> = 1..=9_007_199_254_740_991;
const AT_LEAST_ONE: RangeInclusive<i64> = 1..=i64::MAX;

/// The code in a path.
#[derive(Clone, Copy, Debug)]
struct Code(i64);

impl Input for Code {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        parameter(incoming, "code", whole("code", ANY)).map(Self)
    }
}

/// The id in a path; none is below 1.
#[derive(Clone, Copy, Debug)]
struct Id(i64);

impl Input for Id {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        parameter(incoming, "id", whole("id", AT_LEAST_ONE)).map(Self)
    }
}
