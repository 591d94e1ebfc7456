//! Profiles of residents (spec: book-manage 4.5).

use axum::{Json, extract::State};
use http::StatusCode;
use platform::{
    AnyOperator, ApiError, Call, Fields, Incoming, Input,
    fields::{Complaint, any, array, code_version, nested, number, short_text},
};
use serde_json::{Value, json};
use vocabulary::OperatorType;

use super::Done;
use crate::{
    Books, body,
    document::Document,
    link::may_act_in,
    neighbours::{of_item, of_operator, of_profiles},
    refusal::Refusal,
    store,
};

#[derive(Debug)]
pub(super) struct NewProfile {
    pxr_id: String,
    profile: Document,
}

impl Input for NewProfile {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = body::object(incoming)?;
        let pxr_id = fields.required("pxrId", short_text);
        let profile = fields.required("userInfo", Document::profile_rule);
        fields.build(|| Some(Self { pxr_id: pxr_id?, profile: profile? }))
    }
}

/// Replaces the profile of a resident. **Members who may change members: of the root, or of an actor that serves him**
/// (the operator service asks for the right).
pub(super) async fn write(
    State(service): State<Books>,
    call: Call<AnyOperator, NewProfile>,
) -> Result<Json<Done>, ApiError> {
    let (session, new) = (call.who.0, call.input);
    may_act_in(&session, &new.pxr_id)?;
    let book = store::book(service.ground.store.read(), &new.pxr_id).await?.ok_or(Refusal::NoSuchBook)?;
    if session.operator_type != OperatorType::Individual {
        service.serves(&session, &book).await?;
    }
    let written = service.operators.write_profile(&session, &new.pxr_id, &new.profile.json).await;
    // A 204 is a success of older operator services (spec: book-manage 4.5.2).
    match written {
        Err(failure) if failure.status() != Some(StatusCode::NO_CONTENT) => return Err(of_operator(failure)),
        _ => (),
    }
    tracing::info!(target: "audit", what = "profile written", by = session.login_id, book = book.id);
    Ok(Json(Done::SUCCESS))
}

/// Conditions, as the operator service reads them.
#[derive(Debug)]
pub(super) struct Conditions(Value);

impl Input for Conditions {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        if incoming.body().is_object() && incoming.is_empty() {
            return Err(Refusal::Empty.into());
        }
        let whole = json!({"conditions": incoming.body()});
        let fields = Fields::of(&whole);
        let conditions = fields.required("conditions", array(|set| nested(set, condition_set)));
        fields.build(|| conditions.map(|conditions| Self(conditions.into())))
    }
}

fn condition_set(fields: &Fields<'_>) -> Result<Value, Complaint> {
    let condition = fields.required("condition", array(|condition| nested(condition, one_condition)));
    let min = fields.required("min", number);
    let max = fields.optional("max", number);
    fields.inside(|| {
        let mut set = json!({"condition": condition?, "min": min?});
        if let Some(max) = max {
            set["max"] = max.into();
        }
        Some(set)
    })
}

fn one_condition(fields: &Fields<'_>) -> Result<Value, Complaint> {
    let kind = fields.required("type", code_version);
    let target = fields.optional("target", code_version);
    let min = fields.optional("min", any);
    let max = fields.optional("max", any);
    fields.inside(|| {
        let mut condition = json!({"type": kind?, "target": target});
        for (name, bound) in [("min", min), ("max", max)] {
            if let Some(bound) = bound {
                condition[name] = bound;
            }
        }
        Some(condition)
    })
}

/// Finds residents by their profiles. **Members and applications of the root and of application providers.**
pub(super) async fn search(
    State(service): State<Books>,
    call: Call<AnyOperator, Conditions>,
) -> Result<Json<Value>, ApiError> {
    let session = &call.who.0;
    let actor = session.actor.filter(|_| session.operator_type != OperatorType::Individual);
    let actor = actor.ok_or(Refusal::NotPermitted)?;
    let item = service.catalog.item_at(session, actor.value, actor.ver).await.map_err(of_item)?;
    if !["/pxr-root", "/app"].iter().any(|kind| item.head.ns.contains(kind)) {
        return Err(Refusal::NotPermitted.into());
    }
    Ok(Json(service.operators.search_profiles(session, &call.input.0).await.map_err(of_profiles)?))
}
