//! What a resident's agreements permit, for the resident and for whoever serves him (spec: book-manage 4.2.2, 4.3.1).

use axum::{Json, extract::State};
use platform::{
    AnyOperator, ApiError, Call, Fields, Incoming, Individual, Input,
    fields::{code, text},
};
use serde::Serialize;
use vocabulary::{Code, CodeVersion, OperatorType, Session};

use super::input::no_workflow;
use crate::{
    Books,
    consent::{self, Agreement, Asset, Datum, Element, Purpose, may_share, may_store},
    neighbours::of_item,
    refusal::Refusal,
    store::{self, users},
    who::pxr_id,
};

/// Whose settings are asked for.
#[derive(Debug)]
pub(super) struct Asked {
    user_id: Option<String>,
    actor: Option<Code>,
    app: Option<Code>,
}

#[derive(Debug)]
pub(super) struct StoreAsked(Asked);

#[derive(Debug)]
pub(super) struct ShareAsked(Asked);

impl Input for StoreAsked {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        Asked::read(&Fields::of(&incoming.parameters()), "actorCode").map(Self)
    }
}

impl Input for ShareAsked {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let parameters = incoming.parameters();
        let fields = Fields::of(&parameters);
        if fields.raw("id").is_some() && fields.raw("app").is_none() {
            fields.refuse("app", "利用者IDにはアプリケーションの指定が必要です");
        }
        Asked::read(&fields, "actor").map(Self)
    }
}

impl Asked {
    fn read(fields: &Fields<'_>, actor: &str) -> Result<Self, ApiError> {
        let user_id = fields.optional("id", text);
        let app = fields.optional("app", code);
        let actor = fields.optional(actor, code);
        if fields.raw("wf").is_some_and(|wf| wf != "0") {
            no_workflow(fields);
        }
        fields.build(|| Some(Self { user_id, actor, app }))
    }
}

/// An element of a definition with what of it is permitted.
#[derive(Debug, Serialize)]
pub(super) struct Setting {
    id: i64,
    actor: CodeVersion,
    app: CodeVersion,
    wf: Option<CodeVersion>,
    #[serde(flatten)]
    definition: DefinitionOf,
    document: Vec<Kind>,
    event: Vec<EventKind>,
    thing: Option<Vec<Kind>>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum DefinitionOf {
    #[serde(rename_all = "camelCase")]
    Store { store: CodeVersion, store_catalog_id: String },
    #[serde(rename_all = "camelCase")]
    Share { share: CodeVersion, share_catalog_id: String },
}

#[derive(Debug, Serialize)]
struct Kind {
    #[serde(rename = "_code")]
    code: CodeVersion,
}

#[derive(Debug, Serialize)]
struct EventKind {
    #[serde(rename = "_code")]
    code: CodeVersion,
    thing: Vec<Kind>,
}

/// What may be stored. **Residents about themselves; members and applications about users of their actor.**
pub(super) async fn stored(
    State(service): State<Books>,
    call: Call<AnyOperator, StoreAsked>,
) -> Result<Json<Vec<Setting>>, ApiError> {
    let (session, asked) = (&call.who.0, call.input.0);
    let actor = service.actor_asked_for(session, &asked).await?;
    if let Some(actor) = actor {
        has_application(&service, session, actor, asked.app).await?;
    }
    let book = book_asked_for(&service, session, &asked, actor).await?;
    shown(&service, session, book, (actor, asked.app), Purpose::Store).await.map(Json)
}

/// What may be shared. **Residents about themselves; members and applications about users of their actor.**
pub(super) async fn shared(
    State(service): State<Books>,
    call: Call<AnyOperator, ShareAsked>,
) -> Result<Json<Vec<Setting>>, ApiError> {
    share_settings(&service, &call.who.0, call.input.0).await
}

/// The same under its old path. **Residents.**
pub(super) async fn shared_of_individual(
    State(service): State<Books>,
    call: Call<Individual, ShareAsked>,
) -> Result<Json<Vec<Setting>>, ApiError> {
    share_settings(&service, &call.who.0, call.input.0).await
}

async fn share_settings(
    service: &Books,
    session: &Session,
    asked: Asked,
) -> Result<Json<Vec<Setting>>, ApiError> {
    let actor = service.actor_asked_for(session, &asked).await?;
    if actor.is_some() && asked.user_id.is_none() {
        return Err(Refusal::Input("利用者IDを指定してください").into());
    }
    let book = book_asked_for(service, session, &asked, actor).await?;
    let settings = shown(service, session, book, (actor, asked.app), Purpose::Share).await?;
    if settings.is_empty() { Err(ApiError::NoContent) } else { Ok(Json(settings)) }
}

impl Books {
    /// The actor whose users are asked about; none for a resident, who asks about himself. Only members of the root
    /// and of regions may ask about another actor's (spec: book-manage 6, defect 2).
    async fn actor_asked_for(&self, session: &Session, asked: &Asked) -> Result<Option<Code>, ApiError> {
        if session.operator_type == OperatorType::Individual {
            return Ok(None);
        }
        let own = session.actor.map(|actor| actor.value);
        let actor = asked.actor.or(own).ok_or(Refusal::NotPermitted)?;
        if Some(actor) != own && !self.oversees_others(session).await? {
            return Err(Refusal::NotPermitted.into());
        }
        Ok(Some(actor))
    }

    async fn oversees_others(&self, session: &Session) -> Result<bool, ApiError> {
        let Some(own) = session.actor.filter(|_| session.operator_type == OperatorType::Member) else {
            return Ok(false);
        };
        if self.of_root(session).is_ok() {
            return Ok(true);
        }
        let actor = self.catalog.item(session, own.value).await.map_err(of_item)?;
        Ok(["/actor/pxr-root", "/actor/region-root"].iter().any(|kind| actor.head.ns.contains(kind)))
    }
}

/// An application's actor has the application that is asked about.
async fn has_application(
    service: &Books,
    session: &Session,
    actor: Code,
    app: Option<Code>,
) -> Result<(), ApiError> {
    let item = service.catalog.item(session, actor).await.map_err(of_item)?;
    if item.head.ns.contains("/wf") {
        return Err(Refusal::Workflow.into());
    }
    if !item.head.ns.contains("/app") {
        return Err(Refusal::NotPermitted.into());
    }
    let app = app.ok_or(Refusal::Input("アプリケーションを指定してください"))?;
    item.get("application").ok_or(Refusal::NotPermitted)?;
    if item.codes("application").iter().any(|one| one.value == app) {
        Ok(())
    } else {
        Err(Refusal::NotItsApplication.into())
    }
}

async fn book_asked_for(
    service: &Books,
    session: &Session,
    asked: &Asked,
    actor: Option<Code>,
) -> Result<i64, ApiError> {
    let connection = service.ground.store.read();
    let book = match (actor, &asked.user_id) {
        (None, _) => store::book(connection, pxr_id(session).ok_or(Refusal::NoOwnBook)?).await?,
        (Some(actor), Some(user_id)) => users::book_of(connection, user_id, actor, asked.app).await?,
        (Some(_), None) => None,
    };
    Ok(book.ok_or(Refusal::NoOwnBook)?.id)
}

/// The settings of every link of a book that is asked about.
async fn shown(
    service: &Books,
    session: &Session,
    book: i64,
    (actor, app): (Option<Code>, Option<Code>),
    purpose: Purpose,
) -> Result<Vec<Setting>, ApiError> {
    let links = users::links(service.ground.store.read(), book, actor, app).await?;
    if links.is_empty() {
        return Err(Refusal::NotLinked.into());
    }
    let assets = service.agreements(session, book, purpose, None).await?;
    let linked = links.iter().filter_map(|link| {
        let app = link.app_catalog_code?;
        assets.iter().find(|asset| asset.asset.value.0 == app)
    });
    Ok(linked.flat_map(|asset| settings_of(asset, purpose)).collect())
}

fn settings_of(asset: &Asset, purpose: Purpose) -> Vec<Setting> {
    let agreements = &asset.agreements;
    let permits = |datum: Datum| match purpose {
        Purpose::Store => may_store(agreements, datum.code),
        Purpose::Share => may_share(agreements, datum, None, &[]).is_some(),
    };
    let permitted = consent::settings(agreements, permits);
    let shown =
        permitted.into_iter().filter_map(|(agreement, element)| setting(asset, agreement, element, purpose));
    shown.collect()
}

fn setting(asset: &Asset, agreement: &Agreement, element: Element, purpose: Purpose) -> Option<Setting> {
    let effective = agreement.effective.as_ref()?.code;
    let kinds = |codes: Vec<CodeVersion>| codes.into_iter().map(|code| Kind { code }).collect();
    let things: Vec<_> = element.things.iter().map(|thing| thing.code).collect();
    let (definition, things) = match purpose {
        Purpose::Store => (DefinitionOf::Store { store: effective, store_catalog_id: element.id }, None),
        Purpose::Share => {
            (DefinitionOf::Share { share: effective, share_catalog_id: element.id }, Some(kinds(things)))
        }
    };
    let events = element.events.into_iter();
    Some(Setting {
        id: agreement.id,
        actor: asset.actor,
        app: asset.asset,
        wf: None,
        definition,
        document: kinds(element.documents.iter().map(|document| document.code).collect()),
        event: events.map(|event| EventKind { code: event.code, thing: kinds(event.things) }).collect(),
        thing: things,
    })
}
