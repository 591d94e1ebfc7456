//! Temporary share codes: a resident gives one to whomever shall see certain data once (spec: book-manage 4.4).

mod collate;
mod issue;
mod list;

use platform::Routes;
use serde::Serialize;
use vocabulary::{Code, CodeVersion};

use crate::{
    Books,
    consent::{DataKind, Datum},
    refusal::Refusal,
    share_code::{Node, nodes},
    store::share_codes::ShareCode,
};

pub(super) fn routes() -> Routes<Books> {
    Routes::new()
        .get("/book-manage/share/temp", list::list)
        .post("/book-manage/share/temp", issue::issue)
        .get("/book-manage/ind/share/temp", list::list)
        .post("/book-manage/ind/share/temp", issue::issue)
        .post("/book-manage/share/temp/collation", collate::collate)
}

#[derive(Debug, Serialize)]
struct Bare {
    #[serde(rename = "_value")]
    value: Code,
}

/// What a code opens. The kinds are all there or none of them.
#[derive(Debug, Serialize)]
struct Opened {
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    kinds: Option<Kinds>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    identifier: Vec<Node>,
}

#[derive(Debug, Serialize)]
struct Kinds {
    document: Vec<CodeVersion>,
    event: Vec<CodeVersion>,
    thing: Vec<CodeVersion>,
}

impl Opened {
    fn by(kinds: &[Datum], data: Vec<crate::share_code::Identified>) -> Self {
        let of = |kind| kinds.iter().filter(|datum| datum.kind == kind).map(|datum| datum.code).collect();
        let all = || Kinds {
            document: of(DataKind::Document),
            event: of(DataKind::Event),
            thing: of(DataKind::Thing),
        };
        Self { kinds: (!kinds.is_empty()).then(all), identifier: nodes(data) }
    }
}

/// The actor and the application whose data a code opens. Workflows are no longer supported.
fn holder(code: &ShareCode) -> Result<(Bare, Bare), Refusal> {
    let operation = &code.operation;
    let app = operation.app_catalog_code.filter(|_| operation.wf_catalog_code.is_none());
    let actor = Bare { value: Code(operation.actor_catalog_code) };
    Ok((actor, Bare { value: Code(app.ok_or(Refusal::Workflow)?) }))
}
