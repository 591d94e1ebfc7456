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
        let regions =
            service.items_in(&session, &format!("catalog/ext/{ext_name}/actor/region-root")).await?;
        for region in &regions {
            if certifies_apps(&service, &session, region).await? {
                all.extend(accreditor(region));
            }
        }
    }
    Ok(Json(json!({"approvalActors": all})))
}

fn accreditor(actor: &Item) -> Option<Value> {
    let name = actor.head.name.as_deref().filter(|name| !name.is_empty())?;
    Some(json!({"name": name, "approvalActor": actor.head.code}))
}

/// The catalog has the settings of each region's actor in a namespace of its own.
async fn certifies_apps(service: &CatalogUpdate, session: &Session, region: &Item) -> Result<bool, Refusal> {
    let ext_name = &service.ground.block.ext_name;
    let code = region.head.code.value;
    let ns = format!("catalog/ext/{ext_name}/setting/actor/region-root/actor_{code}");
    let settings = service.items_in(session, &ns).await?;
    Ok(settings.iter().any(|settings| settings.get("certify-app") == Some(&json!(true))))
}

fn is_truthy(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Bool(false)) && value != "" && value != 0
}
