//! The routes, one file each.

mod count;
mod entries;
mod local;
mod search;

use platform::{
    Fields, Routes,
    fields::{Complaint, instant, nested},
};
use serde_json::Value;
use vocabulary::CodeVersion;

use crate::{
    Ledger,
    refusal::Refusal,
    store::{Kind, Period},
};

pub(crate) fn routes() -> Routes<Ledger> {
    Routes::new()
        .post("/ctoken-ledger", entries::entries)
        .post("/ctoken-ledger/count", count::count)
        .post("/ctoken-ledger/local", local::apply)
        .post("/ctoken-ledger/search", search::search)
}

/// The most codes or identifiers of one list.
const MOST: usize = 500;

fn period(fields: &Fields<'_>) -> Option<Period> {
    fields.optional("createAt", |value| {
        nested(value, |fields| {
            let start = fields.optional("start", instant);
            let end = fields.optional("end", instant);
            fields.inside(|| Some(Period { start, end }))
        })
    })
}

/// A list that databases can still look for.
fn few<T>(list: Vec<T>) -> Result<Vec<T>, Complaint> {
    if list.len() > MOST { Err("指定できる件数を超えています".into()) } else { Ok(list) }
}

/// The three lists, of which only one may hold anything.
struct Lists<T>([(Kind, Option<Vec<T>>); 3]);

impl<T> Lists<T> {
    fn read<'v>(fields: &Fields<'v>, rule: impl Fn(&'v Value) -> Result<Vec<T>, Complaint>) -> Self {
        let list = |name| fields.optional(name, |value| rule(value).and_then(few));
        Self([(Kind::Document, list("document")), (Kind::Event, list("event")), (Kind::Thing, list("thing"))])
    }

    /// That not more than one list holds anything.
    fn check(&self) -> Result<(), Refusal> {
        let full = self.0.iter().filter(|(_, list)| list.as_ref().is_some_and(|list| !list.is_empty()));
        if full.count() > 1 { Err(Refusal::SeveralKinds) } else { Ok(()) }
    }

    fn is_given(&self, kind: Kind) -> bool {
        self.0.iter().any(|(own, list)| *own == kind && list.is_some())
    }

    /// What a list holds; nothing when it was not given.
    fn take(&mut self, kind: Kind) -> Vec<T> {
        self.0.iter_mut().find(|(own, _)| *own == kind).and_then(|(_, list)| list.take()).unwrap_or_default()
    }
}

impl Lists<CodeVersion> {
    /// The list that holds anything.
    fn full(self) -> Option<(Kind, Vec<CodeVersion>)> {
        let given = self.0.into_iter().filter_map(|(kind, list)| Some((kind, list?)));
        given.into_iter().find(|(_, list)| !list.is_empty())
    }
}
