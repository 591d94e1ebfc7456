//! The office for data shared by a temporary code (spec: access-control-manage 4.6).

use axum::{Json, extract::State};
use contract::{
    access_control_manage::Office,
    permission::{DataKind, KnownUser, TemporaryDefinition},
};
use platform::{AnyOperator, ApiError, Call, Fields, Incoming, Input, fields::uuid};
use serde_json::Value;
use vocabulary::{Code, CodeVersion, Session};

use super::{
    offices::issued,
    share::{main_block, of_applications, requested},
};
use crate::{
    Offices,
    access_token::{self, Purpose, templates},
    application::{self, Application},
    element::Element,
    issue, peer,
    refusal::{Refusal, failure},
    restriction,
};

/// Data that somebody asks for who was given a code.
#[derive(Debug)]
struct Planned {
    element: Element,
    code: String,
    requested: [Vec<CodeVersion>; 3],
}

impl Planned {
    /// The kinds of which something is asked for.
    fn requested(&self) -> impl Iterator<Item = (DataKind, &[CodeVersion])> {
        DataKind::ALL
            .into_iter()
            .zip(&self.requested)
            .filter(|(_, codes)| !codes.is_empty())
            .map(|(kind, codes)| (kind, codes.as_slice()))
    }
}

#[derive(Debug)]
pub(super) struct Shares(Vec<Planned>);

impl Input for Shares {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let elements = of_applications(incoming)?;
        Ok(Self(elements.into_iter().map(planned).collect::<Result<_, _>>()?))
    }
}

fn planned(element: Element) -> Result<Planned, ApiError> {
    let body = element.body().cloned().unwrap_or_default();
    let fields = Fields::of(&body);
    let code = fields.required("tempShareCode", uuid);
    let requested = requested(&fields);
    let (code, requested) = fields.build(|| Some((code?, requested?)))?;
    Ok(Planned { element, code, requested })
}

/// Judges shares with a temporary code. **Access control of the blocks, for applications.**
pub(super) async fn judge(
    State(service): State<Offices>,
    call: Call<AnyOperator, Shares>,
) -> Result<Json<Vec<Value>>, ApiError> {
    let access_token = call.access_token().map(str::to_owned);
    let session = &call.who.0;
    let Shares(all) = call.input;
    let root = service.ground.block.root.code;
    peer::check(&call.incoming.origin, session, root, all.iter().map(|planned| &planned.element))?;
    let mut tokens = Vec::new();
    for planned in &all {
        tokens.extend(judge_one(&service, session, planned, access_token.as_deref()).await?);
    }
    issued(tokens)
}

async fn judge_one(
    service: &Offices,
    session: &Session,
    planned: &Planned,
    access_token: Option<&str>,
) -> Result<Vec<Value>, ApiError> {
    let app = planned.element.application.ok_or(Refusal::NotAnApplication)?.value;
    let actor = session.actor.ok_or(Refusal::NotPermitted)?.value;
    let app = application::in_a_region(service, session, app).await?;
    let definition = service.permissions.temporary_definition(session, &planned.code).await;
    let definition = definition.map_err(|error| failure(&error, Refusal::NotShared))?;
    if access_token::is_required(service, session, Purpose::Share, actor, app.code).await? {
        // A code stands for a resident whose book is open: it could not be made otherwise.
        let user = KnownUser { pxr_id: definition.pxr_id.clone(), book_status: 0 };
        access_token::verify(access_token, &user)?;
    }
    check_listed(&definition, planned)?;
    check_identified(service, session, &definition, planned).await?;
    let sources = sources(service, session, &definition, planned).await?;
    for source in &sources {
        check_restrictions(service, session, *source, planned, &app).await?;
    }
    let mut tokens = Vec::new();
    for source in sources {
        let block = main_block(service, session, source).await?;
        let callee = issue::callee(service, session, Office::ShareTemp, &planned.element, block).await?;
        tokens.extend(issue::issue(service, session, &planned.element, &callee, None).await?);
    }
    Ok(tokens)
}

/// A code that lists kinds of data gives nothing else.
fn check_listed(definition: &TemporaryDefinition, planned: &Planned) -> Result<(), Refusal> {
    if DataKind::ALL.into_iter().all(|kind| definition.listed(kind).is_none()) {
        return Ok(());
    }
    let is_listed = |kind, codes: &[CodeVersion]| {
        let listed = definition.listed(kind).unwrap_or_default();
        codes.iter().all(|code| listed.contains(code))
    };
    let all = planned.requested().all(|(kind, codes)| is_listed(kind, codes));
    if all { Ok(()) } else { Err(Refusal::NotShared) }
}

/// A code for single documents, events and things gives only the kinds that these are of.
async fn check_identified(
    service: &Offices,
    session: &Session,
    definition: &TemporaryDefinition,
    planned: &Planned,
) -> Result<(), ApiError> {
    let Some(conditions) = &definition.identifier else { return Ok(()) };
    for (kind, codes) in planned.requested() {
        let identifiers = identifiers(conditions, kind);
        if identifiers.is_empty() {
            return Err(Refusal::NotShared.into());
        }
        let there = service.permissions.codes_of(session, &definition.pxr_id, kind, &identifiers).await;
        let there = there.map_err(|error| failure(&error, Refusal::NotShared))?;
        if !codes.iter().all(|code| there.contains(code)) {
            return Err(Refusal::NotShared.into());
        }
    }
    Ok(())
}

/// A condition names one thing as a text, or several as a list.
fn identifiers(conditions: &[Value], kind: DataKind) -> Vec<String> {
    let of = |condition: &Value| match &condition[kind.word()] {
        Value::Array(several) => several.clone(),
        one => vec![one.clone()],
    };
    conditions.iter().flat_map(of).filter_map(|one| one.as_str().map(str::to_owned)).collect()
}

/// The actors that hold what is asked for.
async fn sources(
    service: &Offices,
    session: &Session,
    definition: &TemporaryDefinition,
    planned: &Planned,
) -> Result<Vec<Code>, ApiError> {
    let mut sources = Vec::new();
    for (kind, codes) in planned.requested() {
        let holders = service.permissions.holders(session, &definition.pxr_id, kind, codes).await;
        for actor in holders.map_err(|error| failure(&error, Refusal::NothingHeld))? {
            if !sources.contains(&actor) {
                sources.push(actor);
            }
        }
    }
    Ok(sources)
}

async fn check_restrictions(
    service: &Offices,
    session: &Session,
    source: Code,
    planned: &Planned,
    app: &Application,
) -> Result<(), ApiError> {
    let ext_name = &service.ground.block.ext_name;
    let ns = format!("catalog/ext/{ext_name}/actor/app/actor_{source}/sharing-restriction");
    for restriction in templates(service, session, &ns).await? {
        for (kind, codes) in planned.requested() {
            restriction::check(&restriction, kind, codes, app)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn identifiers_come_as_a_text_or_as_a_list() {
        let conditions =
            [json!({"document": "d1", "event": ["e1", "e2"]}), json!({"document": ["d2"], "event": null})];
        assert_eq!(identifiers(&conditions, DataKind::Document), ["d1", "d2"]);
        assert_eq!(identifiers(&conditions, DataKind::Event), ["e1", "e2"]);
        assert!(identifiers(&conditions, DataKind::Thing).is_empty());
    }
}
