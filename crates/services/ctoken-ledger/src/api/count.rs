//! How much is held (spec: ctoken-ledger 4.2).

use axum::{Json, extract::State};
use contract::ctoken_ledger::{Bare, Counted, CountedCode};
use platform::{
    AnyOperator, ApiError, Call, Incoming, Input,
    fields::{any_text, array, code_version},
};
use vocabulary::{Code, CodeVersion};

use super::{Lists, period};
use crate::{
    Ledger,
    refusal::Refusal,
    store::{
        Kind,
        counts::{Group, Question, groups},
    },
};

#[derive(Debug)]
pub(super) struct Wanted {
    question: Question,
    pxr_id: Option<String>,
}

impl Input for Wanted {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        if incoming.is_empty() {
            return Err(Refusal::Empty.into());
        }
        let fields = incoming.fields();
        let period = period(&fields).unwrap_or_default();
        let pxr_id = fields.optional("pxrId", any_text);
        let lists = Lists::read(&fields, |value| array(code_version)(value));
        fields.build(|| Some(()))?;
        lists.check()?;
        Ok(Self { question: Question { period, codes: lists.full() }, pxr_id })
    }
}

/// Counts documents, events and things by actor and code. **Any operator: residents what is held about themselves,
/// others what their actor may see** (see `scope`).
pub(super) async fn count(
    State(service): State<Ledger>,
    call: Call<AnyOperator, Wanted>,
) -> Result<Json<Vec<Counted>>, ApiError> {
    let wanted = call.input;
    let person = wanted.pxr_id.as_deref().filter(|pxr_id| !pxr_id.is_empty());
    let scope = service.scope(&call.who.0, &call.incoming.origin, person).await?;
    let mut counted = Vec::new();
    for kind in [Kind::Document, Kind::Event, Kind::Thing] {
        for group in groups(&service.ground.store, &scope, kind, &wanted.question).await? {
            put(&mut counted, kind, &group)?;
        }
    }
    Ok(Json(counted))
}

/// Adds a group to those of its actor and application.
fn put(counted: &mut Vec<Counted>, kind: Kind, group: &Group) -> Result<(), Refusal> {
    let app = group.app.filter(|app| *app != 0).ok_or(Refusal::NoApplication)?;
    let (actor, app) = (Bare { value: Code(group.actor) }, Bare { value: Code(app) });
    let at = counted.iter().position(|it| it.actor == actor && it.app == app).unwrap_or_else(|| {
        let (document, event, thing) = (Vec::new(), Vec::new(), Vec::new());
        counted.push(Counted { actor, app, wf: None, document, event, thing });
        counted.len() - 1
    });
    let list = match kind {
        Kind::Document => &mut counted[at].document,
        Kind::Event => &mut counted[at].event,
        Kind::Thing => &mut counted[at].thing,
    };
    list.push(CountedCode { code: CodeVersion::new(group.code, group.version), count: group.count });
    Ok(())
}
