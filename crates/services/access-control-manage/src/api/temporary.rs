//! The office for data shared by a temporary code (spec: access-control-manage 4.6).

use contract::{
    access_control_manage::Office,
    permission::{DataKind, KnownUser, TemporaryDefinition},
};
use platform::{ApiError, Fields, Incoming, fields::uuid};
use serde_json::Value;
use vocabulary::{Code, CodeVersion, Session};

use super::{
    consented::Planned,
    share::{main_block, of_applications, requested},
};
use crate::{
    Offices,
    access_token::{self, Purpose, templates},
    application::{self, Application},
    element::Element,
    issue,
    refusal::{Refusal, failure},
    restriction,
};

/// Data that somebody asks for who was given a code.
#[derive(Debug)]
pub(super) struct TemporaryShare {
    element: Element,
    code: String,
    requested: [Vec<CodeVersion>; 3],
}

impl TemporaryShare {
    /// The kinds of which something is asked for.
    fn requested(&self) -> impl Iterator<Item = (DataKind, &[CodeVersion])> {
        DataKind::ALL
            .into_iter()
            .zip(&self.requested)
            .filter(|(_, codes)| !codes.is_empty())
            .map(|(kind, codes)| (kind, codes.as_slice()))
    }
}

impl Planned for TemporaryShare {
    fn read(incoming: &Incoming) -> Result<Vec<Self>, ApiError> {
        of_applications(incoming)?.into_iter().map(planned).collect()
    }

    fn element(&self) -> &Element {
        &self.element
    }

    async fn judge(
        &self,
        service: &Offices,
        session: &Session,
        access_token: Option<&str>,
    ) -> Result<Vec<Value>, ApiError> {
        let app = self.element.application.ok_or(Refusal::NotAnApplication)?.value;
        let actor = session.actor.ok_or(Refusal::NotPermitted)?.value;
        let app = application::in_a_region(service, session, app).await?;
        let definition = service.permissions.temporary_definition(session, &self.code).await;
        let definition = definition.map_err(|error| failure(&error, Refusal::NotShared))?;
        if access_token::is_required(service, session, Purpose::Share, actor, app.code).await? {
            // A code stands for a resident whose book is open: it could not be made otherwise.
            let user = KnownUser { pxr_id: definition.pxr_id.clone(), book_status: 0 };
            access_token::verify(access_token, &user)?;
        }
        check_listed(&definition, self)?;
        check_identified(service, session, &definition, self).await?;
        let sources = sources(service, session, &definition, self).await?;
        for source in &sources {
            check_restrictions(service, session, *source, self, &app).await?;
        }
        let mut tokens = Vec::new();
        for source in sources {
            let block = main_block(service, session, source).await?;
            let callee = issue::callee(service, session, Office::ShareTemp, &self.element, block).await?;
            tokens.extend(issue::issue(service, session, &self.element, &callee, None).await?);
        }
        Ok(tokens)
    }
}

fn planned(element: Element) -> Result<TemporaryShare, ApiError> {
    let body = element.body().cloned().unwrap_or_default();
    let fields = Fields::of(&body);
    let code = fields.required("tempShareCode", uuid);
    let requested = requested(&fields);
    let (code, requested) = fields.build(|| Some((code?, requested?)))?;
    Ok(TemporaryShare { element, code, requested })
}

/// A code that lists kinds of data gives nothing else.
fn check_listed(definition: &TemporaryDefinition, planned: &TemporaryShare) -> Result<(), Refusal> {
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
    planned: &TemporaryShare,
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
    planned: &TemporaryShare,
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
    planned: &TemporaryShare,
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
