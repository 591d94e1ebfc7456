//! Applying to join or leave a region (spec: catalog-update 4.2.2, 4.2.3).

use axum::{Json, extract::State};
use platform::{ApiError, Call, Member};
use serde_json::{Value, json};
use vocabulary::{Code, CodeVersion, Session};

use super::{
    Wish,
    application::Application,
    record::{announced, existing, save, withdraw},
};
use crate::{
    CatalogUpdate,
    items::{ActorItem, Place, actor_of},
    notices::Notice,
    refusal::Refusal,
    store::join_manage,
};

/// Applies for services to join a region, or keeps a draft. **Members of the actor, and of the region's actor.**
pub(in crate::api) async fn apply_to_join(
    State(service): State<CatalogUpdate>,
    call: Call<Member, Application>,
) -> Result<Json<Value>, ApiError> {
    apply(&service, Wish::Join, &call.who.0, &call.input).await
}

/// Applies for services to leave a region, or keeps a draft. **Members of the actor, and of the region's actor.**
pub(in crate::api) async fn apply_to_leave(
    State(service): State<CatalogUpdate>,
    call: Call<Member, Application>,
) -> Result<Json<Value>, ApiError> {
    apply(&service, Wish::Leave, &call.who.0, &call.input).await
}

async fn apply(
    service: &CatalogUpdate,
    wish: Wish,
    session: &Session,
    application: &Application,
) -> Result<Json<Value>, ApiError> {
    service.ground.patiently(|| try_to_apply(service, wish, session, application)).await.map(Json)
}

async fn try_to_apply(
    service: &CatalogUpdate,
    wish: Wish,
    session: &Session,
    application: &Application,
) -> Result<Value, ApiError> {
    let applicant = actor_of(session)?;
    check_party(service, session, applicant, application).await?;
    existing(service, service.ground.store.read(), wish, applicant, application).await?;
    check_services(service, wish, session, application).await?;
    if application.is_draft {
        let saved = save(service, session, wish, applicant, application).await?;
        return Ok(view(service, &saved.row, application));
    }
    let to = counterpart(service, session, applicant, application).await?;
    let saved = save(service, session, wish, applicant, application).await?;
    let code = saved.approval.as_ref().and_then(|approval| approval.auth_code.clone()).unwrap_or_default();
    let apps: Vec<_> = application.services.iter().map(|code| code.value).collect();
    let about = json!({"region": application.region.value, "actor": application.actor.value, "app": apps});
    let notice = Notice::new(wish.notices().applying)
        .attribute(about)
        .decided_at(format!("/catalog-update/join/approval/{code}"));
    let written = ("join_manage", saved.row.id, saved.row.updated_at);
    match service.announce(written, service.ask(session, to, notice)).await? {
        Ok(until) => {
            let row = announced(service, saved.row, until).await?;
            Ok(view(service, &row, application))
        }
        Err(error) => {
            withdraw(service, saved).await?;
            Err(error)
        }
    }
}

/// The actor and the region's actor apply; nobody else does, nor keeps a draft.
async fn check_party(
    service: &CatalogUpdate,
    session: &Session,
    applicant: CodeVersion,
    application: &Application,
) -> Result<(), Refusal> {
    if applicant.value == application.actor.value {
        return Ok(());
    }
    let region = service.actor_item(session, application.region.value).await?;
    if region_root_of(&region)? == applicant.value { Ok(()) } else { Err(Refusal::WrongActor) }
}

/// Services are the actor's own, and not yet, or still, in the region.
async fn check_services(
    service: &CatalogUpdate,
    wish: Wish,
    session: &Session,
    application: &Application,
) -> Result<(), Refusal> {
    let codes: Vec<_> = application.services.iter().map(|service| service.value).collect();
    let items = service.items(session, &codes).await?;
    for code in codes {
        let item = items.iter().find(|item| item.head.code.value == code);
        let item = item.ok_or(Refusal::NoSuchItem(code))?;
        match Place::of(&item.head.ns) {
            None => return Err(Refusal::NotAnActor(code)),
            Some(place) if !place.is_below_app(application.actor.value) => {
                return Err(Refusal::NotOwnService(code));
            }
            Some(_) => {}
        }
        let regions = item.codes("region-alliance");
        let joined = regions.iter().any(|region| region.value == application.region.value);
        match wish {
            Wish::Join if joined => return Err(Refusal::Joined(code)),
            Wish::Leave if !joined => return Err(Refusal::NotJoined(code)),
            _ => {}
        }
    }
    Ok(())
}

/// The block of the other side: the region's, when the provider applies, and the provider's otherwise.
async fn counterpart(
    service: &CatalogUpdate,
    session: &Session,
    applicant: CodeVersion,
    application: &Application,
) -> Result<Code, Refusal> {
    let region = service.actor_item(session, application.region.value).await?;
    let owner = region_root_of(&region)?;
    let by_provider = applicant.value == application.actor.value;
    service.main_block(session, if by_provider { owner } else { application.actor.value }).await
}

/// The actor whose region it is.
pub(super) fn region_root_of(region: &ActorItem) -> Result<Code, Refusal> {
    match region.place {
        Place::Regions(owner) => Ok(owner),
        _ => Err(Refusal::NotARegion(region.code().value)),
    }
}

fn view(service: &CatalogUpdate, row: &join_manage::Model, application: &Application) -> Value {
    let plain = |code: &CodeVersion| json!({"code": code.value, "version": code.ver});
    let mut actor = plain(&application.actor);
    actor["app"] = application.services.iter().map(plain).collect();
    let mut view = json!({
        "id": row.id,
        "region": plain(&application.region),
        "actor": actor,
        "isDraft": row.is_draft,
    });
    if !row.is_draft {
        view["applicantDate"] = json!(service.time(row.applicant_date));
        view["expireAt"] = json!(service.time(row.approval_expire_at));
    }
    view
}
