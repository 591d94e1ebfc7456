//! URLs of the portal with a code (spec: identity-verificate 4.3, 4.4, 4.5).

use axum::{Json, extract::State};
use chrono::TimeDelta;
use platform::{
    AnyOperator, ApiError, Application, Author, Call, Incoming, Input, Institution,
    fields::{Complaint, number, one_of, short_text, strict_number},
    new_row,
};
use sea_orm::ActiveModelTrait;
use serde::Serialize;
use serde_json::Value;
use vocabulary::random;

use crate::{
    Verifications,
    body::{in_one_message, object},
    refusal::Refusal,
    store::{self, identify_verify_url},
    user_id,
};

#[derive(Debug, Serialize)]
pub(super) struct Url {
    url: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Confirmed {
    result: &'static str,
}

/// For the person concerned (0) or for a third party (1).
fn url_type<'v>(
    rule: fn(&'v Value) -> Result<i64, Complaint>,
) -> impl FnOnce(&'v Value) -> Result<i64, Complaint> {
    one_of(rule, |kind| matches!(kind, 0 | 1))
}

#[derive(Debug)]
pub(super) struct UrlOfCode {
    identify_code: String,
    user_id: Option<String>,
}

impl Input for UrlOfCode {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = object(incoming)?;
        let identify_code = fields.required("identifyCode", short_text);
        fields.required("urlType", url_type(number));
        let user_id = user_id::optional(&fields);
        let make = || Some(Self { identify_code: identify_code?, user_id });
        fields.build(make).map_err(in_one_message)
    }
}

/// The portal's page for an identification code, and the user id behind it when one is given.
/// **Applications and members of the actor that the code is for.**
pub(super) async fn of_code(
    State(service): State<Verifications>,
    call: Call<Institution, UrlOfCode>,
) -> Result<Json<Url>, ApiError> {
    let (Institution(session), wanted) = (call.who, call.input);
    let code = service.code(&wanted.identify_code).await?;
    let code = code.with_partner()?.alive(service.now())?.unverified()?.of_actor(session.actor)?;
    if let Some(user_id) = &wanted.user_id {
        let state = code.is_verified;
        service.set_user_id(&session, code, user_id, state).await?;
    }
    Ok(Json(service.url(&wanted.identify_code)))
}

#[derive(Debug)]
pub(super) struct NewUrl {
    kind: i16,
    user_id: Option<String>,
}

impl Input for NewUrl {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = object(incoming)?;
        let kind = fields.required("urlType", url_type(strict_number));
        let user_id = user_id::optional(&fields);
        let make = || Some(Self { kind: i16::from(kind? == 1), user_id });
        fields.build(make).map_err(in_one_message)
    }
}

/// A short-lived page of the portal that carries the user id by which an application knows a resident.
/// **Applications.**
pub(super) async fn issue(
    State(service): State<Verifications>,
    call: Call<Application, NewUrl>,
) -> Result<Json<Url>, ApiError> {
    let (Application(session), new) = (call.who, call.input);
    let actor = session.actor.ok_or(Refusal::NoActor)?;
    let application = session.roles.first().copied().ok_or(Refusal::NoRole)?;
    let author = Author::new(&service.ground, &session);
    let end = service.ground.clock.now() + TimeDelta::minutes(service.settings.url_minutes);
    let code = random::identification_code();
    let row = new_row!(
        author,
        identify_verify_url {
            code: code.clone(),
            kind: new.kind,
            user_id: new.user_id.unwrap_or_default(),
            actor_catalog_code: actor.value.0,
            actor_catalog_version: actor.ver.0,
            application_catalog_code: Some(application.value.0),
            application_catalog_version: Some(application.ver.0),
            expiration_at: Some(service.ground.store.column(end)),
        }
    );
    row.insert(service.ground.store.read()).await?;
    Ok(Json(service.url(&code)))
}

#[derive(Debug)]
pub(super) struct Path(String);

impl Input for Path {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = object(incoming)?;
        let path = fields.required("path", short_text);
        fields.build(|| path.map(Self)).map_err(in_one_message)
    }
}

/// Whether the code of a portal URL works. **Any operator.**
pub(super) async fn confirm(
    State(service): State<Verifications>,
    call: Call<AnyOperator, Path>,
) -> Result<Json<Confirmed>, ApiError> {
    let url = store::by_path(service.ground.store.read(), &call.input.0).await?;
    url.ok_or(Refusal::NoSuchPath)?.alive(service.now())?;
    Ok(Json(Confirmed { result: "success" }))
}

impl Verifications {
    fn url(&self, code: &str) -> Url {
        Url { url: self.settings.url(&self.ground.block, code) }
    }
}
