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

pub(crate) use items::Question;

use std::ops::RangeInclusive;

use platform::{
    ApiError, Fields, Incoming, Input, Reason, Routes,
    fields::{Complaint, number},
};
use serde_json::{Value, json};

use crate::{Catalog, codes::Kind, refusal::Refusal};

pub(crate) fn routes() -> Routes<Catalog> {
    let mut routes = Routes::new()
        .get("/catalog/name", names::show)
        .post("/catalog/name", names::activate)
        .put("/catalog/name", names::rename)
        .get("/catalog/public", public::list)
        .put("/catalog/attribute", attributes::replace)
        .post("/catalog/text", text::search)
        .get("/catalog/ns", namespaces::list)
        .get("/catalog/ns/{nsId}", namespaces::show)
        .get("/catalog/code", ranges::list)
        .post("/catalog/code", ranges::create)
        .get("/catalog/code/{id}", ranges::of_kind)
        .put("/catalog/code/{id}", ranges::change)
        .delete("/catalog/code/{id}", ranges::delete)
        .get("/catalog", items::in_namespace)
        .post("/catalog", items::by_codes)
        .get("/catalog/{code}", items::newest)
        .get("/catalog/{code}/{version}", items::at_version)
        .get("/catalog/history/{code}", items::history)
        .get("/catalog/inner/{code}/{name}", classes::newest)
        .get("/catalog/inner/{code}/{version}/{name}", classes::at_version)
        .merge(update_sets::routes());
    for kind in [Kind::Model, Kind::BuiltIn, Kind::Ext] {
        let name = kind.as_str();
        let (namespaces, namespace) = (format!("/catalog/ns/{name}"), format!("/catalog/ns/{name}/{{nsId}}"));
        let (items, item) = (format!("/catalog/{name}"), format!("/catalog/{name}/{{code}}"));
        routes = routes
            .post(&namespaces, move |s, c| namespaces::create(kind, s, c))
            .put(&namespace, move |s, c| namespaces::update(kind, s, c))
            .delete(&namespace, move |s, c| namespaces::delete(kind, s, c))
            .post(&items, move |s, c| writing::create(kind, s, c))
            .put(&item, move |s, c| writing::update(kind, s, c))
            .delete(&item, move |s, c| writing::delete(kind, s, c));
    }
    routes
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
            let message = "使用できない文字が含まれています";
            Err(ApiError::Fields(vec![Reason::new(property, Value::Null, message)]))
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
        let reason = |message: &'static str| Reason::new(name, value.clone(), message);
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
