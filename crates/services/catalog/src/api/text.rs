//! Searching the catalog by words, namespaces and attributes (spec: catalog 4.10).

use axum::{Json, extract::State};
use platform::{
    AnyOperator, ApiError, Call, Fields, Incoming, Input,
    fields::{Complaint, any_text, array, nested, number},
};
use serde::Serialize;
use serde_json::Value;

use super::storable;
use crate::{
    Catalog,
    refusal::Refusal,
    search::{Filter, Hit, Question, words},
};

impl Input for Question {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let body = incoming.body();
        storable(body)?;
        let fields = Fields::of(body);
        let words = fields.optional("keyword", keyword).unwrap_or_default();
        let namespaces = fields.optional("namespace", array(namespace)).unwrap_or_default();
        let attributes = fields.optional("attribute", array(attribute)).unwrap_or_default();
        fields.build(|| {
            Some(Self {
                words,
                namespaces: namespaces.into_iter().flatten().collect(),
                attributes: attributes.into_iter().flatten().collect(),
            })
        })
    }
}

fn keyword(value: &Value) -> Result<Vec<String>, Complaint> {
    const LONGEST: usize = 1000;
    let text = any_text(value)?;
    if text.chars().count() > LONGEST {
        Err("1000文字以内で指定してください".into())
    } else {
        Ok(words(&text))
    }
}

/// Empty ones do not count.
fn namespace(value: &Value) -> Result<Option<String>, Complaint> {
    match value {
        Value::Null | Value::Bool(false) => Ok(None),
        value => Ok(Some(any_text(value)?).filter(|ns| !ns.is_empty())),
    }
}

/// Objects, else tags, else a code; an entry that names none of them does not count.
fn attribute(value: &Value) -> Result<Option<Filter>, Complaint> {
    nested(value, |fields: &Fields<'_>| {
        let objects = fields.optional("objects", array(object)).unwrap_or_default();
        let tags = fields.optional("tags", array(tag)).unwrap_or_default();
        let code = fields.optional("_value", number);
        fields.inside(|| {
            let objects: Vec<_> = objects.into_iter().flatten().collect();
            let tags: Vec<_> = tags.into_iter().flatten().collect();
            Some(if !objects.is_empty() {
                Some(Filter::Objects(objects))
            } else if !tags.is_empty() {
                Some(Filter::Tags(tags))
            } else {
                code.map(Filter::Code)
            })
        })
    })
}

fn object(value: &Value) -> Result<Option<(i64, Option<i64>)>, Complaint> {
    nested(value, |fields: &Fields<'_>| {
        let key = fields.optional("key", |key| {
            nested(key, |fields: &Fields<'_>| {
                let code = fields.required("_value", number);
                let version = fields.optional("_ver", number);
                fields.inside(|| Some((code?, version)))
            })
        });
        fields.inside(|| Some(key))
    })
}

fn tag(value: &Value) -> Result<Option<String>, Complaint> {
    nested(value, |fields: &Fields<'_>| {
        let ns = fields.optional("ns", namespace).flatten();
        fields.inside(|| Some(ns))
    })
}

/// An item that was found.
#[derive(Debug, Serialize)]
pub(crate) struct Found {
    #[serde(rename = "_code")]
    code: FoundCode,
    #[serde(rename = "_score")]
    score: Option<f32>,
}

#[derive(Debug, Serialize)]
struct FoundCode {
    #[serde(rename = "_value")]
    value: i64,
    /// Always null: the newest is meant.
    #[serde(rename = "_ver")]
    version: Option<i64>,
}

impl From<Hit> for Found {
    fn from(hit: Hit) -> Self {
        Self { code: FoundCode { value: hit.code, version: None }, score: hit.score }
    }
}

/// The items that hold all words, the best first; or those of namespaces and with attributes. **Any operator.**
pub(crate) async fn search(
    State(service): State<Catalog>,
    call: Call<AnyOperator, Question>,
) -> Result<Json<Vec<Found>>, ApiError> {
    service.reading().await?;
    let hits = service.finder.find(&service.ground.store, call.input, service.settings.search_hits).await?;
    if hits.is_empty() {
        return Err(Refusal::ItemNotFound.into());
    }
    Ok(Json(hits.into_iter().map(Found::from).collect()))
}
