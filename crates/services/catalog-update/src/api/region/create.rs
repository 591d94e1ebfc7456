//! Creating a region (spec: catalog-update 4.3.2).

use axum::{Json, extract::State};
use contract::catalog::Item;
use platform::{
    ApiError, Author, Call, Incoming, Input, Member,
    fields::{any_text, array, nested, one_of, strict_number, text},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use serde_json::{Map, Value, json};
use vocabulary::{CodeVersion, Session};

use super::record::{CREATION, Change};
use crate::{
    CatalogUpdate,
    audit::audit,
    items::{Place, actor_of, unwritable},
    refusal::Refusal,
    store::{Approvals, region_manage},
};

#[derive(Debug)]
pub(in crate::api) struct NewRegion {
    draft: Option<i64>,
    name: String,
    description: Option<String>,
    appendix: Value,
    /// The item to be; none is needed for a draft.
    document: Option<Value>,
    is_draft: bool,
    /// The whole request in the order in which it is kept.
    kept: Value,
}

impl Input for NewRegion {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        crate::api::check_object(incoming)?;
        let fields = incoming.fields();
        let draft = fields.optional("id", strict_number);
        let name = fields.required("name", text);
        let description = fields.optional("description", any_text);
        fields.optional(
            "catalogObject",
            array(|value| {
                nested(value, |fields| {
                    fields.optional("type", one_of(strict_number, |kind| kind == 1));
                    fields.optional("comment", any_text);
                    fields.inside(|| Some(()))
                })
            }),
        );
        let is_draft =
            fields.required("isDraft", |value| value.as_bool().ok_or("真偽値ではありません".into()));
        let document = fields.raw("catalog").map(|catalog| catalog[0]["template"].clone());
        let document = document.filter(Value::is_object);
        if is_draft == Some(false) && document.is_none() {
            fields.refuse("catalog", "領域のカタログが必要です");
        }
        let kept = kept(incoming.body());
        let appendix = incoming.body()["appendix"].clone();
        fields.build(|| {
            let draft = draft.filter(|id| *id != 0);
            Some(Self { draft, name: name?, description, appendix, document, is_draft: is_draft?, kept })
        })
    }
}

/// The fields that have a name first, then whatever else came.
fn kept(body: &Value) -> Value {
    let first = ["name", "description", "catalogObject", "appendix", "isDraft"];
    let mut kept: Map<String, Value> =
        first.iter().map(|key| ((*key).to_owned(), body[*key].clone())).collect();
    for (key, value) in body.as_object().into_iter().flatten() {
        kept.entry(key.clone()).or_insert_with(|| value.clone());
    }
    Value::Object(kept)
}

/// Creates a region of the operator's actor, or keeps a draft of it. **Members of a region's actor.**
pub(in crate::api) async fn create(
    State(service): State<CatalogUpdate>,
    call: Call<Member, NewRegion>,
) -> Result<Json<Value>, ApiError> {
    let (session, new) = (call.who.0, call.input);
    let change = Change {
        kind: CREATION,
        applicant: actor_of(&session)?,
        draft: new.draft,
        region: None,
        template: Some(new.kept.to_string()),
        comment: None,
    };
    let Some(document) = new.document.as_ref().filter(|_| !new.is_draft) else {
        service.check_region_root(&session, change.applicant.value).await?;
        let row = change.keep(&service, &session).await?;
        return Ok(Json(view(&new, row.id)));
    };
    let ns = document["catalogItem"]["ns"].as_str().unwrap_or_default();
    if Place::of(ns) != Some(Place::Regions(change.applicant.value)) {
        return Err(Refusal::Namespace(ns.to_owned()).into());
    }
    service.check_region_root(&session, change.applicant.value).await?;
    let author = Author::new(&service.ground, &session);
    let ((row, approval), repeated) = change.begin(&service, &session).await?;
    let (id, stands) = (row.id, (approval.id, approval.status));
    let creating = || async {
        // What an attempt that was broken off has left is noted here.
        let row = region_manage::Entity::find_by_id(id).one(service.ground.store.read()).await?;
        let row = row.ok_or(Refusal::NoSuchDraft)?;
        carry_out(&service, &session, row, (document, repeated), change.applicant).await
    };
    let deciding = || Approvals::Region.decide(&service, &author, stands, creating());
    let row = service.ground.patiently(deciding).await?;
    change.finish(&service, &author, row, approval).await?;
    audit("creation of a region", &author, id, true);
    Ok(Json(view(&new, id)))
}

/// Makes the region and adds it to its actor. Doing it again changes nothing more.
async fn carry_out(
    service: &CatalogUpdate,
    session: &Session,
    row: region_manage::Model,
    (document, repeated): (&Value, bool),
    applicant: CodeVersion,
) -> Result<region_manage::Model, ApiError> {
    let actor = service.actor_item(session, applicant.value).await?.item;
    let earlier = if repeated { made_before(service, session, document, &actor).await? } else { None };
    let row = make(service, session, row, document, earlier).await?;
    assign(service, session, &row, &actor).await?;
    Ok(row)
}

/// The region of an attempt whose end nobody saw: it bears the name and belongs to nobody.
async fn made_before(
    service: &CatalogUpdate,
    session: &Session,
    document: &Value,
    actor: &Item,
) -> Result<Option<Item>, ApiError> {
    let head = &document["catalogItem"];
    let own = actor.codes("region");
    let there = service.items_in(session, head["ns"].as_str().unwrap_or_default()).await?;
    Ok(there.into_iter().find(|region| {
        let belongs = own.iter().any(|own| own.value == region.head.code.value);
        !belongs && region.head.name.as_deref() == head["name"].as_str()
    }))
}

/// Makes the item of the region and notes it at once, so that a repeated request makes no second one.
async fn make(
    service: &CatalogUpdate,
    session: &Session,
    row: region_manage::Model,
    document: &Value,
    earlier: Option<Item>,
) -> Result<region_manage::Model, ApiError> {
    if row.region_code.is_some() {
        return Ok(row);
    }
    let region = match earlier {
        Some(region) => region,
        None => {
            let made = service.catalog.add_item(session, document).await;
            made.map_err(|failure| unwritable(&failure))?
        }
    };
    let mut row = row.into_active_model();
    row.region_code = Set(Some(region.head.code.value.0));
    row.region_version = Set(Some(region.head.code.ver.0));
    Ok(row.update(service.ground.store.read()).await?)
}

/// Adds the region to its actor.
async fn assign(
    service: &CatalogUpdate,
    session: &Session,
    row: &region_manage::Model,
    actor: &Item,
) -> Result<(), ApiError> {
    let Some((code, version)) = row.region_code.zip(row.region_version) else { return Ok(()) };
    if actor.codes("region").iter().any(|region| region.value.0 == code) {
        return Ok(());
    }
    let mut document = service.document(session, actor).await?;
    document.refer("region", CodeVersion::new(code, version));
    Ok(service.change(session, &document).await?)
}

fn view(new: &NewRegion, id: i64) -> Value {
    json!({
        "id": id,
        "name": new.name,
        "description": new.description,
        "catalog": new.kept,
        "appendix": new.appendix,
        "isDraft": new.is_draft,
    })
}
