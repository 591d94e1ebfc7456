//! Applying for the end of the operator's own actor (spec: catalog-update 4.1.3).

use axum::{Json, extract::State};
use contract::catalog::Item;
use platform::{
    ApiError, Author, Call, Incoming, Input, Member, Transaction,
    fields::{boolean, number},
    new_row,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait,
    IntoActiveModel, QueryFilter, QueryOrder, TryIntoModel,
};
use serde_json::Value;
use vocabulary::{ActorType, Code, CodeVersion, Session};

use super::{
    REMOVAL, REMOVING, TAKING_OVER, decided_at,
    record::{Rows, announced, set_code, withdraw},
    view,
};
use crate::{
    CatalogUpdate,
    items::{ActorItem, actor_of},
    notices::Notice,
    refusal::Refusal,
    store::{actor_approval_manage, actor_manage, applying, status},
};

#[derive(Debug)]
pub(in crate::api) struct Application {
    draft: Option<i64>,
    /// Who takes over the blocks.
    successor: Option<Code>,
    is_draft: bool,
}

impl Input for Application {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        crate::api::check_object(incoming)?;
        let fields = incoming.fields();
        let draft = fields.optional("id", number);
        let successor = fields.optional("migrationActorCode", number);
        let is_draft = fields.required("isDraft", boolean);
        if incoming.body().get("migrationActorCode").is_none() {
            fields.refuse("migrationActorCode", "必須項目です");
        }
        let given = |number: &i64| *number != 0;
        let successor = successor.filter(given).map(Code);
        fields.build(|| Some(Self { draft: draft.filter(given), successor, is_draft: is_draft? }))
    }
}

/// The parties of an end.
struct Parties {
    actor: ActorItem,
    block: CodeVersion,
    successor: Option<CodeVersion>,
    /// Who certified the actor.
    approver: CodeVersion,
}

/// Applies for the end of the operator's own actor, or keeps a draft. **Members.**
pub(in crate::api) async fn remove(
    State(service): State<CatalogUpdate>,
    call: Call<Member, Application>,
) -> Result<Json<Value>, ApiError> {
    let (session, application) = (call.who.0, call.input);
    service.ground.patiently(|| apply(&service, &session, &application)).await.map(Json)
}

async fn apply(
    service: &CatalogUpdate,
    session: &Session,
    application: &Application,
) -> Result<Value, ApiError> {
    let own = actor_of(session)?;
    existing(service, service.ground.store.read(), application, own).await?;
    let parties = parties(service, session, application, own).await?;
    if application.is_draft {
        let (row, approval, _) = save(service, session, application, &parties).await?;
        return Ok(view::removal_applied(service, &row, &approval));
    }
    let (asked, text) = match parties.successor {
        Some(successor) => (successor, TAKING_OVER),
        None => (parties.approver, REMOVING.applying),
    };
    let block = service.main_block(session, asked.value).await?;
    let (row, approval, was_draft) = save(service, session, application, &parties).await?;
    let notice = Notice::new(text).decided_at(decided_at(&approval));
    let written = ("actor_manage", row.id, row.updated_at);
    match service.announce(written, service.ask(session, block, notice)).await? {
        Ok(until) => {
            let row = announced(service, row, until).await?;
            Ok(view::removal_applied(service, &row, &approval))
        }
        Err(error) => {
            withdraw(service, was_draft, (row, approval)).await?;
            Err(error)
        }
    }
}

/// The draft that this application goes on with; another one in the way is refused.
async fn existing(
    service: &CatalogUpdate,
    connection: &impl ConnectionTrait,
    application: &Application,
    own: CodeVersion,
) -> Result<Option<Rows>, ApiError> {
    let now = service.ground.store.column(service.ground.clock.now());
    let mut query = actor_manage::Entity::find()
        .find_also_related(actor_approval_manage::Entity)
        .filter(actor_manage::Column::CallerActorCode.eq(own.value.0))
        .filter(actor_manage::Column::Kind.eq(REMOVAL))
        .filter(actor_manage::Column::IsDisabled.eq(false))
        .filter(actor_approval_manage::Column::IsDisabled.eq(false))
        .filter(
            Condition::any()
                .add(actor_manage::Column::ApprovalExpireAt.is_null())
                .add(actor_manage::Column::ApprovalExpireAt.gte(now)),
        );
    if let Some(id) = application.draft {
        query = query.filter(actor_manage::Column::Id.eq(id));
    }
    let found = query.order_by_asc(actor_approval_manage::Column::Status).one(connection).await?;
    let Some((row, Some(approval))) = found else {
        return if application.draft.is_some() { Err(Refusal::NoSuchDraft.into()) } else { Ok(None) };
    };
    let being_announced = row.approval_expire_at.is_none();
    match approval.status {
        _ if row.is_draft && application.draft.is_none() => Err(Refusal::DraftExists(row.id).into()),
        status::APPLYING if row.is_draft => Ok(Some((row, approval))),
        status::APPLYING if being_announced && service.is_broken_off(row.updated_at) => {
            Ok(Some((row, approval)))
        }
        status::APPLYING if being_announced => Err(Refusal::BeingAnnounced.into()),
        status::APPLYING | status::AWAITING_FINAL => Err(Refusal::Requested.into()),
        _ => Ok(None),
    }
}

async fn parties(
    service: &CatalogUpdate,
    session: &Session,
    application: &Application,
    own: CodeVersion,
) -> Result<Parties, ApiError> {
    let actor = service.actor_item(session, own.value).await?;
    let kind = supported(&actor)?;
    match kind {
        ActorType::PxrRoot => return Err(Refusal::Input("流通制御の認定は解除できません").into()),
        ActorType::RegionRoot if application.successor.is_some() => {
            return Err(Refusal::Input("領域運営は移行先を指定できません").into());
        }
        _ => {}
    }
    let mut successor = None;
    if let Some(code) = application.successor {
        let item = service.actor_item(session, code).await?;
        if supported(&item)? != kind || code == own.value {
            return Err(Refusal::Input("移行先には同じ種別の別のアクターを指定してください").into());
        }
        successor = Some(item.code());
    }
    let approver = certifier(&actor.item).ok_or(Refusal::Input("アクターの認定者が不明です"))?;
    if kind == ActorType::RegionRoot {
        check_regions(service, session, &actor.item).await?;
    }
    let block = actor.main_block().ok_or(Refusal::NotAnActor(own.value))?;
    Ok(Parties { actor, block, successor, approver })
}

fn supported(actor: &ActorItem) -> Result<ActorType, Refusal> {
    match actor.place.actors() {
        Some(kind) if kind.is_unsupported() => Err(Refusal::Unsupported(kind)),
        Some(kind) => Ok(kind),
        None => Err(Refusal::NotAnActor(actor.code().value)),
    }
}

/// Who certified an actor last; of two at the same time the one that is written first.
fn certifier(actor: &Item) -> Option<CodeVersion> {
    let marks = actor.get("status")?.as_array()?;
    let at = |mark: &Value| mark["at"].as_str().unwrap_or_default().to_owned();
    let newest = marks.iter().reduce(|newest, mark| if at(mark) > at(newest) { mark } else { newest })?;
    CodeVersion::read(&newest["by"])
}

/// A region's actor must not leave anybody behind.
async fn check_regions(service: &CatalogUpdate, session: &Session, actor: &Item) -> Result<(), ApiError> {
    if actor.template.get("trader-alliance").is_none_or(|alliance| !alliance.is_null()) {
        return Err(Refusal::Unsupported(ActorType::DataTrader).into());
    }
    let codes: Vec<_> = actor.codes("region").iter().map(|region| region.value).collect();
    let regions = service.items(session, &codes).await?;
    let allied = |key: &str| regions.iter().any(|region| !region.codes(key).is_empty());
    if regions.len() < codes.len() {
        return Err(Refusal::Input("領域のカタログが存在しません").into());
    }
    if allied("wf-alliance") {
        return Err(Refusal::Unsupported(ActorType::Wf).into());
    }
    if allied("app-alliance") { Err(Refusal::StillJoined.into()) } else { Ok(()) }
}

/// Writes the application, unless another one came in between; says whether it was a draft.
async fn save(
    service: &CatalogUpdate,
    session: &Session,
    application: &Application,
    parties: &Parties,
) -> Result<(actor_manage::Model, actor_approval_manage::Model, bool), ApiError> {
    let tx = applying(&service.ground.store).await?;
    let draft = existing(service, &tx, application, parties.actor.code()).await?;
    let was_draft = draft.is_some();
    let (row, approval) = write(service, session, &tx, application, parties, draft).await?;
    tx.commit().await?;
    Ok((row, approval, was_draft))
}

async fn write(
    service: &CatalogUpdate,
    session: &Session,
    tx: &Transaction,
    application: &Application,
    parties: &Parties,
    draft: Option<Rows>,
) -> Result<Rows, ApiError> {
    let author = Author::new(&service.ground, session);
    let (mut row, mut approval) = draft.map_or_else(
        || (new_row!(author, actor_manage {}), new_row!(author, actor_approval_manage {})),
        |(row, approval)| (row.into_active_model(), approval.into_active_model()),
    );
    let actor = parties.actor.code();
    row.caller_actor_code = Set(Some(actor.value.0));
    row.caller_actor_version = Set(Some(actor.ver.0));
    row.caller_block_code = Set(parties.block.value.0);
    row.caller_block_version = Set(parties.block.ver.0);
    row.kind = Set(REMOVAL);
    row.is_draft = Set(application.is_draft);
    row.updated_by = Set(author.login_id.clone());
    row.updated_at = Set(author.now);
    approval.status = Set(status::APPLYING);
    approval.migration_actor_code = Set(parties.successor.map(|actor| actor.value.0));
    approval.migration_actor_version = Set(parties.successor.map(|actor| actor.ver.0));
    approval.approval_actor_code = Set(Some(parties.approver.value.0));
    approval.approval_actor_version = Set(Some(parties.approver.ver.0));
    approval.updated_by = Set(author.login_id.clone());
    approval.updated_at = Set(author.now);
    if !application.is_draft {
        row.applicant_date = Set(Some(author.now));
        set_code(tx, &mut approval).await?;
    }
    let row = row.save(tx).await?.try_into_model()?;
    approval.actor_manage_id = Set(row.id);
    let approval = approval.save(tx).await?.try_into_model()?;
    Ok((row, approval))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn actor(marks: Value) -> Item {
        let head = json!({"ns": "n", "_code": {"_value": 1, "_ver": 1}});
        serde_json::from_value(json!({"catalogItem": head, "template": {"status": marks}})).unwrap()
    }

    #[test]
    fn the_newest_mark_names_the_certifier_and_the_first_of_two_at_once() {
        let mark = |by: i64, at: &str| json!({"by": {"_value": by, "_ver": 1}, "at": at});
        let marks = json!([mark(1, "2020-01-01"), mark(2, "2021-01-01"), mark(3, "2021-01-01")]);
        assert_eq!(certifier(&actor(marks)), Some(CodeVersion::new(2, 1)));
        assert_eq!(certifier(&actor(json!([]))), None);
        assert_eq!(certifier(&actor(Value::Null)), None);
    }
}
