//! Whom a code stands for (spec: identity-verificate 4.8, 4.9).

use axum::{Json, extract::State};
use contract::identity_verificate::Collated;
use platform::{
    AnyOperator, ApiError, Call, Fields, Incoming, Individual, Input,
    fields::{any_text, short_text},
};
use serde_json::Value;
use vocabulary::{OperatorType, Session};

use crate::{
    Verifications,
    body::{in_one_message, object},
    refusal::Refusal,
    store::{self, identify_verify},
    validity::VERIFIED,
};

#[derive(Debug)]
pub(super) struct OwnCode {
    identify_code: String,
    /// The code of the portal URL on which an application sent the resident back.
    path: Option<String>,
}

impl OwnCode {
    fn of(fields: &Fields<'_>) -> Result<Self, ApiError> {
        let identify_code = fields.required("identifyCode", short_text);
        let path = fields.optional("path", any_text).filter(|path| !path.is_empty());
        fields.build(|| Some(Self { identify_code: identify_code?, path }))
    }
}

impl Input for OwnCode {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        Self::of(&object(incoming)?)
    }
}

/// A code, and the body as it came: only a resident may add a `path`.
#[derive(Debug)]
pub(super) struct AnyCode {
    identify_code: String,
    body: Value,
}

impl Input for AnyCode {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = object(incoming)?;
        let identify_code = fields.required("identifyCode", short_text);
        let make = || Some(Self { identify_code: identify_code?, body: incoming.body().clone() });
        fields.build(make).map_err(in_one_message)
    }
}

/// Says whom a verified code stands for; for a resident, verifies it before. **Any operator**: residents their own codes,
/// organisations those that are for them, and the root block itself, whose services ask for others, all.
pub(super) async fn collate(
    State(service): State<Verifications>,
    call: Call<AnyOperator, AnyCode>,
) -> Result<Json<Collated>, ApiError> {
    let (AnyOperator(session), wanted) = (call.who, call.input);
    if session.operator_type == OperatorType::Individual {
        let own = OwnCode::of(&Fields::of(&wanted.body))?;
        return service.verify_own(&session, own).await.map(Json);
    }
    let code = service.code(&wanted.identify_code).await?;
    let code = code.alive(service.now())?.verified()?;
    let own = service.ground.block.code.value;
    let is_of_root = session.block.is_some_and(|block| block.value == own);
    let code = if is_of_root { code } else { code.of_actor(session.actor)? };
    Ok(Json(collated(code)))
}

/// Verifies the caller's own code and says what it stands for. **Residents.**
pub(super) async fn individual(
    State(service): State<Verifications>,
    call: Call<Individual, OwnCode>,
) -> Result<Json<Collated>, ApiError> {
    service.verify_own(&call.who.0, call.input).await.map(Json)
}

impl Verifications {
    /// The user id comes with the URL, or was set by the organisation before.
    async fn verify_own(&self, session: &Session, own: OwnCode) -> Result<Collated, ApiError> {
        let code = self.code(&own.identify_code).await?;
        let now = self.now();
        let code = code.with_partner()?.alive(now)?.of_person(session.pxr_id.as_deref())?;
        let code = match own.path {
            Some(path) => {
                let url = store::by_path(self.ground.store.read(), &path).await?;
                let url = url.ok_or(Refusal::NoSuchPath)?.alive(now)?.for_code(&code)?;
                self.set_user_id(session, code, &url.user_id, VERIFIED).await?
            }
            None => self.set_state(session, code.with_user_id()?, VERIFIED).await?,
        };
        Ok(collated(code))
    }
}

fn collated(code: identify_verify::Model) -> Collated {
    let partner = code.partner();
    Collated {
        pxr_id: code.pxr_id,
        user_id: code.user_id,
        actor: partner.actor,
        region: partner.region,
        app: partner.app,
    }
}
