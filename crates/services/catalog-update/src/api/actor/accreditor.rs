//! Which actors can certify an actor of a type (spec: catalog-update 4.1.4).

use axum::{Json, extract::State};
use contract::catalog::Item;
use platform::{AnyOperator, ApiError, Call, Fields, Incoming, Input};
use serde_json::{Value, json};
use vocabulary::{ActorType, Session};

use super::list::actor_type;
use crate::{CatalogUpdate, refusal::Refusal};

#[derive(Debug)]
pub(in crate::api) struct Wanted(ActorType);

impl Input for Wanted {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let parameters = incoming.parameters();
        let fields = Fields::of(&parameters);
        let kind = fields.required("actorType", actor_type);
        fields.build(|| kind.map(Self))
    }
}

/// The actors that can certify; nobody certifies the root. **Any operator.**
pub(in crate::api) async fn accreditors(
    State(service): State<CatalogUpdate>,
    call: Call<AnyOperator, Wanted>,
) -> Result<Json<Value>, ApiError> {
    let (session, Wanted(kind)) = (call.who.0, call.input);
    if kind == ActorType::PxrRoot {
        return Ok(Json(json!([])));
    }
    let ext_name = &service.ground.block.ext_name;
    let roots = service.items_in(&session, &format!("catalog/ext/{ext_name}/actor/pxr-root")).await?;
    let standards = format!("{kind}-cert");
    let mut all: Vec<_> = roots
        .iter()
        .filter(|root| root.get(&standards).is_some_and(|standards| is_truthy(&standards["cert"])))
        .filter_map(accreditor)
        .collect();
    if kind == ActorType::App {
        all.extend(regions(&service, &session).await?.iter().filter_map(accreditor));
    }
    Ok(Json(json!({"approvalActors": all})))
}

fn accreditor(actor: &Item) -> Option<Value> {
    let name = actor.head.name.as_deref().filter(|name| !name.is_empty())?;
    Some(json!({"name": name, "approvalActor": actor.head.code}))
}

/// The actors of regions whose settings say that they certify. The catalog has the settings of each in a namespace of
/// its own.
async fn regions(service: &CatalogUpdate, session: &Session) -> Result<Vec<Item>, Refusal> {
    let ext = format!("catalog/ext/{}", service.ground.block.ext_name);
    let mut regions = service.items_in(session, &format!("{ext}/actor/region-root")).await?;
    let settings_of =
        |region: &Item| format!("{ext}/setting/actor/region-root/actor_{}", region.head.code.value);
    let settings =
        service.items_in_any(session, &regions.iter().map(settings_of).collect::<Vec<_>>()).await?;
    regions.retain(|region| {
        let ns = settings_of(region);
        let certifies = |item: &Item| item.head.ns == ns && item.get("certify-app") == Some(&json!(true));
        settings.iter().any(certifies)
    });
    Ok(regions)
}

fn is_truthy(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Bool(false)) && value != "" && value != 0
}
