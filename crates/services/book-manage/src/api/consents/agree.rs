//! Agreeing to what an application stores or receives, and withdrawing it (spec: book-manage 4.2.1, 4.2.4, 4.3.3, 4.3.4).

use axum::{Json, extract::State};
use platform::{
    ApiError, Author, Call, Fields, Incoming, Individual, Input,
    fields::{any_text, array, nested, strict_number},
};
use serde_json::Value;
use vocabulary::{Code, CodeVersion, Session};

use super::input::{no_workflow, strict_code_version};
use crate::{
    Books,
    api::Done,
    audit, body,
    consent::{Definition, Exclusions, Purpose, data_rows},
    neighbours::of_item,
    refusal::Refusal,
    store::{self, agreements::NewAgreement, users},
    who::pxr_id,
};

/// What a resident agrees to.
#[derive(Debug)]
struct Wish {
    actor: CodeVersion,
    app: Code,
    app_version: Option<i64>,
    definition: CodeVersion,
    exclusions: Exclusions,
}

#[derive(Debug)]
pub(super) struct StoreWish(Wish);

#[derive(Debug)]
pub(super) struct ShareWish(Wish);

impl Input for StoreWish {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        Wish::read(&body::object(incoming)?, Purpose::Store).map(Self)
    }
}

impl Input for ShareWish {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        Wish::read(&body::object(incoming)?, Purpose::Share).map(Self)
    }
}

impl Wish {
    fn read(fields: &Fields<'_>, purpose: Purpose) -> Result<Self, ApiError> {
        let word = purpose.word();
        let actor = fields.required("actor", strict_code_version);
        let app = fields.required("app", |value| application(value, purpose));
        let definition = fields.required(word, strict_code_version);
        fields.required(&format!("{word}CatalogId"), any_text);
        let documents = fields.optional("excludeDocument", array(excluded));
        let events = fields.optional("excludeEvent", array(excluded_event));
        let things = match purpose {
            Purpose::Store => None,
            Purpose::Share => fields.optional("excludeThing", array(excluded)),
        };
        no_workflow(fields);
        fields.build(|| {
            let (app, app_version) = app?;
            let exclusions = Exclusions {
                documents: documents.unwrap_or_default(),
                events: events.unwrap_or_default(),
                things: things.unwrap_or_default(),
            };
            Some(Self { actor: actor?, app, app_version, definition: definition?, exclusions })
        })
    }
}

/// An application; whoever agrees to share may leave its version out.
fn application(value: &Value, purpose: Purpose) -> Result<(Code, Option<i64>), platform::fields::Complaint> {
    nested(value, |fields| {
        let code = fields.required("_value", strict_number);
        let version = match purpose {
            Purpose::Store => fields.required("_ver", strict_number),
            Purpose::Share => fields.optional("_ver", strict_number),
        };
        fields.inside(|| Some((Code(code?), version)))
    })
}

fn excluded(value: &Value) -> Result<CodeVersion, platform::fields::Complaint> {
    nested(value, |fields| {
        let code = fields.required("code", strict_code_version);
        fields.inside(|| code)
    })
}

fn excluded_event(value: &Value) -> Result<(CodeVersion, Vec<CodeVersion>), platform::fields::Complaint> {
    nested(value, |fields| {
        let code = fields.required("code", strict_code_version);
        let things = fields.required("excludeThing", array(excluded));
        fields.inside(|| Some((code?, things?)))
    })
}

/// Agrees to what an application stores. **Residents.**
pub(super) async fn to_store(
    State(service): State<Books>,
    call: Call<Individual, StoreWish>,
) -> Result<Json<Done>, ApiError> {
    agree(&service, &call.who.0, Purpose::Store, call.input.0, Refusal::NoOwnBook).await
}

/// Agrees to what an application receives. **Residents.**
pub(super) async fn to_share(
    State(service): State<Books>,
    call: Call<Individual, ShareWish>,
) -> Result<Json<Done>, ApiError> {
    agree(&service, &call.who.0, Purpose::Share, call.input.0, Refusal::NoBook).await
}

async fn agree(
    service: &Books,
    session: &Session,
    purpose: Purpose,
    wish: Wish,
    no_book: Refusal,
) -> Result<Json<Done>, ApiError> {
    let pxr_id = pxr_id(session).ok_or_else(|| no_book.clone())?;
    let definition = offered(service, session, purpose, &wish).await?;
    let rows = data_rows(purpose, &definition, &wish.exclusions);

    let tx = service.ground.store.write().await?;
    // Two agreements of one resident are written one after the other: the later one stands, whole.
    let book = store::locked_book(&tx, pxr_id).await?.ok_or(no_book)?;
    if !users::is_linked(&tx, book.id, wish.actor.value, wish.app).await? {
        return Err(Refusal::NotLinked.into());
    }
    let new = NewAgreement {
        book: book.id,
        purpose,
        actor: wish.actor,
        app: wish.app,
        app_version: wish.app_version,
        definition: wish.definition,
        rows,
    };
    store::agreements::agree(&tx, &Author::new(&service.ground, session), new).await?;
    tx.commit().await?;
    let what = if purpose == Purpose::Store { "agreed to store" } else { "agreed to share" };
    audit::decided(what, session, pxr_id, wish.definition.value.0);
    Ok(Json(Done::SUCCESS))
}

/// The definition, once the actor offers the application and the application the definition.
async fn offered(
    service: &Books,
    session: &Session,
    purpose: Purpose,
    wish: &Wish,
) -> Result<Definition, ApiError> {
    let actor = service.catalog.item(session, wish.actor.value).await.map_err(of_item)?;
    let is_its = |codes: Vec<CodeVersion>, code: Code| codes.iter().any(|one| one.value == code);
    if !actor.head.ns.contains("/app") || !is_its(actor.codes("application"), wish.app) {
        return Err(Refusal::NotItsApplication.into());
    }
    let application = service.catalog.item(session, wish.app).await.map_err(of_item)?;
    if !is_its(application.codes(purpose.word()), wish.definition.value) {
        return Err(Refusal::NotOffered.into());
    }
    let CodeVersion { value, ver } = wish.definition;
    let item = service.catalog.item_at(session, value, ver).await.map_err(of_item)?;
    Ok(Definition::read(&item, purpose).ok_or(Refusal::NotOffered)?)
}

/// The id of an agreement in the path; anything but a number is none.
#[derive(Debug)]
pub(super) struct AgreementId(i64);

impl Input for AgreementId {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let id = incoming.path("id").and_then(|id| id.parse().ok()).ok_or(Refusal::NoAgreement)?;
        Ok(Self(id))
    }
}

/// Withdraws what was agreed to be stored. **Residents, their own.**
pub(super) async fn withdraw_store(
    State(service): State<Books>,
    call: Call<Individual, AgreementId>,
) -> Result<Json<Done>, ApiError> {
    withdraw(&service, &call.who.0, Purpose::Store, call.input.0).await
}

/// Withdraws what was agreed to be shared. **Residents, their own.**
pub(super) async fn withdraw_share(
    State(service): State<Books>,
    call: Call<Individual, AgreementId>,
) -> Result<Json<Done>, ApiError> {
    withdraw(&service, &call.who.0, Purpose::Share, call.input.0).await
}

async fn withdraw(
    service: &Books,
    session: &Session,
    purpose: Purpose,
    id: i64,
) -> Result<Json<Done>, ApiError> {
    let tx = service.ground.store.write().await?;
    let book = store::own_book(&tx, session).await?;
    let author = Author::new(&service.ground, session);
    let definition = store::agreements::withdraw(&tx, &author, book.id, purpose, id).await?;
    let definition = definition.ok_or(Refusal::NoAgreement)?;
    tx.commit().await?;
    let what = if purpose == Purpose::Store { "withdrew storing" } else { "withdrew sharing" };
    audit::decided(what, session, &book.pxr_id, definition);
    Ok(Json(Done::SUCCESS))
}
