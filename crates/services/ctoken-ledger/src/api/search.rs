//! Persons about whom much is held (spec: ctoken-ledger 4.4).

use std::collections::HashMap;

use axum::{Json, extract::State};
use contract::{
    catalog::Item,
    ctoken_ledger::{Bare, CountedCode},
};
use platform::{
    ApiError, Call, Incoming, Input, Member,
    fields::{Complaint, array, code_version, nested, number, short_text, text},
};
use serde::Serialize;
use serde_json::Value;
use vocabulary::{Code, Session};

use super::few;
use crate::{
    Ledger,
    condition::{Condition, Holding, Link, shown},
    refusal::Refusal,
    store::{Kind, totals::totals},
};

/// The most persons of one search.
const MOST_PERSONS: usize = 10_000;

#[derive(Debug)]
pub(super) struct Wanted {
    pxr_ids: Vec<String>,
    conditions: Vec<Condition>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Person {
    pxr_id: String,
    ctokens: Vec<Holdings>,
}

#[derive(Debug, Serialize)]
struct Holdings {
    actor: Bare,
    data: Vec<CountedCode>,
}

impl Input for Wanted {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        if incoming.is_empty() {
            return Err(Refusal::Empty.into());
        }
        let fields = incoming.fields();
        let pxr_ids = fields.required("pxrId", |value| match array(short_text)(value)? {
            none if none.is_empty() => Err("空の配列にはできません".into()),
            many if many.len() > MOST_PERSONS => Err("指定できる件数を超えています".into()),
            some => Ok(some),
        });
        let conditions = fields.required("condition", |value| array(condition)(value).and_then(few));
        fields.build(|| Some(Self { pxr_ids: pxr_ids?, conditions: conditions? }))
    }
}

fn condition(value: &Value) -> Result<Condition, Complaint> {
    nested(value, |fields| {
        let link = fields.required("type", text);
        let code = fields.required("_code", code_version);
        let min = fields.required("min", number);
        let max = fields.optional("max", number);
        fields.inside(|| {
            let link = match link?.as_str() {
                "and" => Link::And,
                "or" => Link::Or,
                _ => Link::Other,
            };
            Some(Condition { link, code: code?, min: min?, max })
        })
    })
}

/// Finds persons by how much is held about them. **Managing members of the root.**
pub(super) async fn search(
    State(service): State<Ledger>,
    call: Call<Member, Wanted>,
) -> Result<Json<Vec<Person>>, ApiError> {
    let (session, wanted) = (call.who.0, call.input);
    if session.block.is_none_or(|block| block.value != service.ground.block.root.code) {
        return Err(Refusal::NotPermitted.into());
    }
    if wanted.conditions.is_empty() {
        return Ok(Json(Vec::new()));
    }
    let conditions = service.with_kinds(&session, &wanted.conditions).await?;
    let mut held: HashMap<String, Vec<(Condition, Vec<Holding>)>> = HashMap::new();
    for (condition, kind) in conditions {
        let mut found: HashMap<String, Vec<Holding>> = HashMap::new();
        let coded = kind.map(|kind| (kind, condition.code));
        for total in totals(&service.ground.store, &wanted.pxr_ids, coded).await? {
            let holding = Holding { actor: total.actor, code: condition.code, count: total.count };
            found.entry(total.pxr_id).or_default().push(holding);
        }
        for pxr_id in &wanted.pxr_ids {
            let holdings = found.get(pxr_id).cloned().unwrap_or_default();
            held.entry(pxr_id.clone()).or_default().push((condition, holdings));
        }
    }
    let persons = wanted.pxr_ids.into_iter().filter_map(|pxr_id| {
        let holdings = shown(held.get(&pxr_id)?);
        (!holdings.is_empty()).then(|| Person { pxr_id, ctokens: by_actor(&holdings) })
    });
    Ok(Json(persons.collect()))
}

/// Holdings by actor, in the order in which the actors appear.
fn by_actor(holdings: &[Holding]) -> Vec<Holdings> {
    let mut all: Vec<Holdings> = Vec::new();
    for holding in holdings {
        let actor = Bare { value: Code(holding.actor) };
        let at = all.iter().position(|it| it.actor == actor).unwrap_or_else(|| {
            all.push(Holdings { actor, data: Vec::new() });
            all.len() - 1
        });
        all[at].data.push(CountedCode { code: holding.code, count: holding.count });
    }
    all
}

impl Ledger {
    /// Each condition with what it is about, as the catalog says; none: anything. The item's code counts.
    async fn with_kinds(
        &self,
        session: &Session,
        conditions: &[Condition],
    ) -> Result<Vec<(Condition, Option<Kind>)>, Refusal> {
        let codes: Vec<_> = conditions.iter().map(|condition| condition.code).collect();
        let items = self.catalog.items_at(session, &codes).await?;
        let with_kind = |condition: &Condition| {
            let item = items.iter().find(|item| item.head.code.value == condition.code.value);
            let item = item.ok_or(Refusal::UnknownCode)?;
            Ok((Condition { code: item.head.code, ..*condition }, kind(item)))
        };
        conditions.iter().map(with_kind).collect()
    }
}

fn kind(item: &Item) -> Option<Kind> {
    let words = [("document", Kind::Document), ("event", Kind::Event), ("thing", Kind::Thing)];
    words.into_iter().find(|(word, _)| item.head.ns.contains(word)).map(|(_, kind)| kind)
}
