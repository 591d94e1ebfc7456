//! Creating a region (spec: catalog-update 4.3.2).

use axum::{Json, extract::State};
use contract::catalog::Item;
use platform::{
    ApiError, Author, Call, Incoming, Input, Member,
    fields::{any_text, array, nested, one_of, strict_number, text},
    new_row,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, TryIntoModel,
};
use serde_json::{Map, Value, json};
use vocabulary::{CodeVersion, Session};

use crate::{
    CatalogUpdate,
    auth_code::new_code,
    items::{Document, Place, actor_of, block_of, unwritable},
    refusal::Refusal,
    store::{Approvals, region_approval_manage, region_manage, status},
};

/// What `region_manage.type` says of a creation.
const CREATION: i16 = 1;

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
    let applicant = actor_of(&session)?;
    let Some(document) = new.document.as_ref().filter(|_| !new.is_draft) else {
        let (row, _) = save(&service, &session, &new, applicant).await?;
        return Ok(Json(view(&new, row.id)));
    };
    let ns = document["catalogItem"]["ns"].as_str().unwrap_or_default();
    if Place::of(ns) != Some(Place::Regions(applicant.value)) {
        return Err(Refusal::Namespace(ns.to_owned()).into());
    }
    let (row, approval) = match unfinished(&service, &new, applicant).await? {
        Some(rows) => rows,
        None => save(&service, &session, &new, applicant).await?,
    };
    let row = make(&service, &session, row, document).await?;
    assign(&service, &session, &row, applicant).await?;
    let id = row.id;
    finish(&service, &session, (row, approval), applicant).await?;
    Ok(Json(view(&new, id)))
}

type Rows = (region_manage::Model, Option<region_approval_manage::Model>);

/// The same creation, when it failed half-way before.
async fn unfinished(
    service: &CatalogUpdate,
    new: &NewRegion,
    applicant: CodeVersion,
) -> Result<Option<Rows>, ApiError> {
    let found = region_manage::Entity::find()
        .find_also_related(region_approval_manage::Entity)
        .filter(region_manage::Column::ApplicantActorCode.eq(applicant.value.0))
        .filter(region_manage::Column::Kind.eq(CREATION))
        .filter(region_manage::Column::IsDisabled.eq(false))
        .filter(region_manage::Column::Template.eq(new.kept.to_string()))
        .filter(region_approval_manage::Column::Status.eq(i64::from(status::APPLYING)))
        .one(service.ground.store.read())
        .await?;
    Ok(found)
}

async fn save(
    service: &CatalogUpdate,
    session: &Session,
    new: &NewRegion,
    applicant: CodeVersion,
) -> Result<Rows, ApiError> {
    let author = Author::new(&service.ground, session);
    let block = block_of(service, session);
    let tx = service.ground.store.write().await?;
    let mut row = match new.draft {
        Some(id) => region_manage::Entity::find_by_id(id)
            .filter(region_manage::Column::ApplicantActorCode.eq(applicant.value.0))
            .filter(region_manage::Column::Kind.eq(CREATION))
            .filter(region_manage::Column::IsDraft.eq(true))
            .filter(region_manage::Column::IsDisabled.eq(false))
            .one(&tx)
            .await?
            .ok_or(Refusal::NoSuchDraft)?
            .into_active_model(),
        None => new_row!(author, region_manage {}),
    };
    row.caller_block_code = Set(block.value.0);
    row.caller_block_version = Set(block.ver.0);
    row.applicant_actor_code = Set(Some(applicant.value.0));
    row.applicant_actor_version = Set(Some(applicant.ver.0));
    row.kind = Set(CREATION);
    row.template = Set(Some(new.kept.to_string()));
    row.is_draft = Set(new.is_draft);
    row.updated_by = Set(author.login_id.clone());
    row.updated_at = Set(author.now);
    let row = row.save(&tx).await?.try_into_model()?;
    let approval = if new.is_draft {
        None
    } else {
        let approval = new_row!(
            author,
            region_approval_manage {
                region_manage_id: row.id,
                auth_code: Some(new_code(&tx, Approvals::Region).await?),
                status: i64::from(status::APPLYING),
                approval_actor_code: Some(applicant.value.0),
                approval_actor_version: Some(applicant.ver.0),
            }
        );
        Some(approval.insert(&tx).await?)
    };
    tx.commit().await?;
    Ok((row, approval))
}

/// Makes the item of the region and notes it at once, so that a repeated request makes no second one.
async fn make(
    service: &CatalogUpdate,
    session: &Session,
    row: region_manage::Model,
    document: &Value,
) -> Result<region_manage::Model, ApiError> {
    if row.region_code.is_some() {
        return Ok(row);
    }
    let region = service.catalog.add_item(session, document).await;
    let region: Item = region.map_err(|failure| unwritable(&failure))?;
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
    applicant: CodeVersion,
) -> Result<(), ApiError> {
    let Some((code, version)) = row.region_code.zip(row.region_version) else { return Ok(()) };
    let actor = service.actor_item(session, applicant.value).await?.item;
    if actor.codes("region").iter().any(|region| region.value.0 == code) {
        return Ok(());
    }
    let mut document = Document::from(&actor);
    document.refer("region", CodeVersion::new(code, version));
    Ok(service.change(session, &document).await?)
}

async fn finish(
    service: &CatalogUpdate,
    session: &Session,
    (row, approval): Rows,
    applicant: CodeVersion,
) -> Result<(), ApiError> {
    let author = Author::new(&service.ground, session);
    let tx = service.ground.store.write().await?;
    let mut row = row.into_active_model();
    row.approval_actor_code = Set(Some(applicant.value.0));
    row.approval_actor_version = Set(Some(applicant.ver.0));
    row.update(&tx).await?;
    if let Some(approval) = approval {
        let mut approval = approval.into_active_model();
        approval.status = Set(i64::from(status::APPROVED));
        approval.approver = Set(Some(author.login_id.clone()));
        approval.approval_at = Set(Some(author.now));
        approval.update(&tx).await?;
    }
    Ok(tx.commit().await?)
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
