//! The office for data shared by a lasting consent (spec: access-control-manage 4.5).

use contract::{
    access_control_manage::Office,
    permission::{DataKind, ShareQuestion, SharedFrom},
};
use platform::{
    ApiError, Fields, Incoming, Input,
    fields::{Complaint, array, code, code_version, nested, text},
};
use serde_json::{Map, Value, json};
use vocabulary::{Code, CodeVersion, OperatorType, Session};

use super::consented::Planned;
use crate::{
    Offices,
    access_token::{self, Purpose},
    application,
    element::{Element, Elements},
    issue,
    refusal::{Refusal, failure},
};

/// Data an application asks for about one of its users.
#[derive(Debug)]
pub(super) struct Share {
    element: Element,
    user_id: String,
    /// The kinds of data as they were asked for.
    kinds: Map<String, Value>,
    source_actor: Option<Code>,
    source_asset: Option<Code>,
    destination: Destination,
}

/// Who receives the data, where it is not the caller.
#[derive(Debug, Default)]
struct Destination {
    actor: Option<Code>,
    app: Option<Code>,
}

impl Planned for Share {
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
        let Self { element, destination, .. } = self;
        let own_app = element.application.map(|app| app.value);
        let app = destination.app.or(own_app).filter(|app| app.0 != 0).ok_or(Refusal::NotAnApplication)?;
        let own_actor = session.actor.map(|actor| actor.value);
        let actor = destination.actor.or(own_actor).ok_or(Refusal::NotPermitted)?;
        let user = service.permissions.user(session, actor, app, &self.user_id).await;
        let user = user.map_err(|error| failure(&error, Refusal::NoSuchUser))?;
        application::in_a_region(service, session, app).await?;
        if access_token::is_required(service, session, Purpose::Share, actor, app).await? {
            access_token::verify(access_token, &user)?;
        }
        let mut tokens = Vec::new();
        for shared in consent(service, session, self, actor, app).await? {
            let block = main_block(service, session, shared.source_actor_code).await?;
            let callee = issue::callee(service, session, Office::ShareContinuous, element, block).await?;
            let parameter = json!(shared).to_string();
            tokens.extend(issue::issue(service, session, element, &callee, Some(parameter)).await?);
        }
        Ok(tokens)
    }
}

/// Only applications share, and something must be asked for.
pub(super) fn of_applications(incoming: &Incoming) -> Result<Vec<Element>, ApiError> {
    let Elements(elements) = Elements::read(incoming)?;
    if elements.iter().any(|element| element.operator_type != OperatorType::Application) {
        return Err(Refusal::NotAnApplication.into());
    }
    let asks = |element: &Element| {
        let body = element.body().cloned().unwrap_or_default();
        let some = |kind: DataKind| body[kind.word()].as_array().is_some_and(|codes| !codes.is_empty());
        DataKind::ALL.into_iter().any(some)
    };
    if !elements.is_empty() && !elements.iter().any(asks) {
        return Err(Refusal::NoDataTypes.into());
    }
    Ok(elements)
}

/// The codes of each kind that are asked for.
pub(super) fn requested(fields: &Fields<'_>) -> Option<[Vec<CodeVersion>; 3]> {
    let of = |kind: DataKind| fields.optional(kind.word(), array(code_version)).unwrap_or_default();
    let requested = DataKind::ALL.map(of);
    fields.is_good().then_some(requested)
}

fn planned(element: Element) -> Result<Share, ApiError> {
    let body = element.body().cloned().unwrap_or_default();
    let fields = Fields::of(&body);
    let user_id = fields.required("userId", text);
    requested(&fields);
    let source_actor = fields.optional("actor", code_version).map(|code| code.value);
    let app = fields.optional("app", source_asset);
    let wf = fields.optional("wf", source_asset);
    let destination = fields.optional("dest", |value| {
        nested(value, |fields| {
            let actor = fields.required("actor", code);
            let app = fields.optional("app", code);
            fields.optional("wf", code);
            fields.inside(|| Some(Destination { actor: Some(actor?), app }))
        })
    });
    let kinds = DataKind::ALL
        .into_iter()
        .filter_map(|kind| Some((kind.word().to_owned(), body.get(kind.word())?.clone())));
    let kinds = kinds.collect();
    let (user_id, source_asset) = fields.build(|| Some((user_id?, app.or(wf))))?;
    let destination = destination.unwrap_or_default();
    Ok(Share { element, user_id, kinds, source_actor, source_asset, destination })
}

fn source_asset(value: &Value) -> Result<Code, Complaint> {
    code_version(value).map(|code| code.value)
}

async fn consent(
    service: &Offices,
    session: &Session,
    planned: &Share,
    actor: Code,
    app: Code,
) -> Result<Vec<SharedFrom>, ApiError> {
    let question = ShareQuestion {
        user_id: planned.user_id.clone(),
        app_code: app,
        actor_code: actor,
        kinds: planned.kinds.clone(),
        source_actor: planned.source_actor,
        source_asset: planned.source_asset,
    };
    let permitted = service.permissions.may_share(session, &question).await;
    Ok(permitted.map_err(|error| failure(&error, Refusal::NoSuchUser))?.ok_or(Refusal::NoConsent)?)
}

/// The block in which an actor keeps its data.
pub(super) async fn main_block(service: &Offices, session: &Session, actor: Code) -> Result<i64, ApiError> {
    let item = service.catalog.item(session, actor).await.map_err(|e| failure(&e, Refusal::NotAnActor))?;
    Ok(item.code("main-block").ok_or(Refusal::NotAnActor)?.value.0)
}
