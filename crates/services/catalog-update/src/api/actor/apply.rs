//! Applying for certification (spec: catalog-update 4.1.2).

use axum::{Json, extract::State};
use platform::{
    ApiError, Author, Call, Fields, Incoming, Input, Member, Transaction,
    fields::{Complaint, boolean, code_version, nested, number, object, text},
    new_row,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, Order, QueryFilter,
    QueryOrder, TryIntoModel,
};
use serde_json::{Map, Value};
use vocabulary::{ActorType, CodeVersion, Session};

use super::{
    CERTIFICATION, CERTIFYING,
    certify::certify_root,
    decided_at,
    record::{Rows, announced, draft, set_code, withdraw},
    view,
};
use crate::{
    CatalogUpdate,
    items::{Place, block_of},
    notices::Notice,
    refusal::Refusal,
    store::{actor_approval_manage, actor_manage, applying, status},
};

/// An application as it is sent.
#[derive(Debug)]
pub(in crate::api) struct Application {
    draft: Option<i64>,
    /// The item of the actor to be, exactly as posted.
    pub(super) catalog: Value,
    pub(super) ns: String,
    kind: ActorType,
    /// None for the root's own actor, which nobody else certifies.
    approver: Option<CodeVersion>,
    is_draft: bool,
}

impl Input for Application {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        super::super::check_object(incoming)?;
        let fields = incoming.fields();
        let draft = fields.optional("id", number);
        let catalog = fields.required("actorCatalog", actor_catalog);
        let approver = fields.optional("approvalActor", code_version);
        let is_draft = fields.required("isDraft", boolean);
        let (catalog, ns) = catalog.unzip();
        let kind = ns.as_deref().filter(|ns| ns.starts_with("catalog/ext/")).and_then(Place::of);
        let kind = kind.and_then(|place| place.actors()).filter(|kind| !kind.is_unsupported());
        match kind {
            None if ns.is_some() => {
                fields.refuse("actorCatalog", "nsがアクターのネームスペースではありません");
            }
            Some(ActorType::PxrRoot) if fields.raw("approvalActor").is_some() => {
                fields.refuse("approvalActor", "流通制御の認定では指定できません");
            }
            Some(ActorType::PxrRoot) | None => {}
            Some(_) => drop(fields.required("approvalActor", real_code)),
        }
        fields.build(|| {
            Some(Self {
                draft: draft.filter(|id| *id != 0),
                catalog: catalog?,
                ns: ns?,
                kind: kind?,
                approver,
                is_draft: is_draft?,
            })
        })
    }
}

/// 0 names nothing.
fn real_code(value: &Value) -> Result<CodeVersion, Complaint> {
    let code = code_version(value)?;
    if code.value.0 == 0 || code.ver.0 == 0 {
        Err("コードが正しくありません".into())
    } else {
        Ok(code)
    }
}

/// The document of an actor and its namespace.
fn actor_catalog(value: &Value) -> Result<(Value, String), Complaint> {
    nested(value, |fields| {
        let ns = fields.required("catalogItem", |head| {
            nested(head, |fields| {
                let ns = fields.required("ns", text);
                fields.required("name", text);
                fields.optional("_code", optional_code);
                fields.required("inherit", optional_code);
                fields.inside(|| ns)
            })
        });
        let template = fields.required("template", object);
        let there = |object: &Map<String, Value>, key: &str| object.contains_key(key);
        if template.is_some_and(|template| !there(&template, "prop") || !there(&template, "value")) {
            fields.refuse("template", "propとvalueが必要です");
        }
        for key in ["inner", "attribute"] {
            if value.get(key).is_none() {
                fields.refuse(key, "必須項目です");
            }
        }
        let whole = fields.whole();
        fields.inside(|| Some((whole.into(), ns?)))
    })
}

/// `{"_value", "_ver"}`, each possibly absent.
fn optional_code(value: &Value) -> Result<(), Complaint> {
    nested(value, |fields: &Fields<'_>| {
        fields.optional("_value", number);
        fields.optional("_ver", number);
        fields.inside(|| Some(()))
    })
}

/// Applies for the certification of an actor, or keeps a draft of it. **Members.**
pub(in crate::api) async fn apply(
    State(service): State<CatalogUpdate>,
    call: Call<Member, Application>,
) -> Result<Json<Value>, ApiError> {
    let (session, application) = (call.who.0, call.input);
    let own = format!("catalog/ext/{}/actor/{}", service.ground.block.ext_name, application.kind);
    if application.ns != own {
        return Err(Refusal::Namespace(application.ns).into());
    }
    if application.is_draft {
        let (row, approval) = save(&service, &session, &application).await?;
        return Ok(Json(view::draft(&row, &approval)));
    }
    let Some(approver) = application.approver else {
        return certify_root(&service, &session, &application).await.map(Json);
    };
    let announcing = || announce(&service, &session, &application, approver);
    service.ground.patiently(announcing).await.map(Json)
}

/// Writes the application and asks for the decision.
async fn announce(
    service: &CatalogUpdate,
    session: &Session,
    application: &Application,
    approver: CodeVersion,
) -> Result<Value, ApiError> {
    let block = service.main_block(session, approver.value).await?;
    let (row, approval) = save(service, session, application).await?;
    let notice = Notice::new(CERTIFYING.applying).decided_at(decided_at(&approval));
    let written = ("actor_manage", row.id, row.updated_at);
    match service.announce(written, service.ask(session, block, notice)).await? {
        Ok(until) => {
            let row = announced(service, row, until).await?;
            Ok(view::applied(service, &row, &approval))
        }
        Err(error) => {
            withdraw(service, application.draft.is_some(), (row, approval)).await?;
            Err(error)
        }
    }
}

/// Writes the application as new, or over the draft that it names.
async fn save(
    service: &CatalogUpdate,
    session: &Session,
    application: &Application,
) -> Result<Rows, ApiError> {
    // Of two that send the same draft, one does.
    let tx = applying(&service.ground.store).await?;
    let rows = write(service, session, &tx, application).await?;
    tx.commit().await?;
    Ok(rows)
}

pub(super) async fn write(
    service: &CatalogUpdate,
    session: &Session,
    tx: &Transaction,
    application: &Application,
) -> Result<Rows, ApiError> {
    let author = Author::new(&service.ground, session);
    let block = block_of(service, session);
    let begun = match application.draft {
        Some(id) => Some(draft(service, tx, id, block.value.0).await?),
        None => broken_off(service, session, tx, application).await?,
    };
    let (mut row, mut approval) = begun.map_or_else(
        || (new_row!(author, actor_manage {}), new_row!(author, actor_approval_manage {})),
        |(row, approval)| (row.into_active_model(), approval.into_active_model()),
    );
    row.caller_block_code = Set(block.value.0);
    row.caller_block_version = Set(block.ver.0);
    row.caller_actor_code = Set(session.actor.map(|actor| actor.value.0));
    row.caller_actor_version = Set(session.actor.map(|actor| actor.ver.0));
    row.kind = Set(CERTIFICATION);
    row.template = Set(Some(application.catalog.to_string()));
    row.is_draft = Set(application.is_draft);
    row.updated_by = Set(author.login_id.clone());
    row.updated_at = Set(author.now);
    approval.status = Set(status::APPLYING);
    approval.approval_actor_code = Set(application.approver.map(|actor| actor.value.0));
    approval.approval_actor_version = Set(application.approver.map(|actor| actor.ver.0));
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

/// The same application, whose announcement was broken off.
async fn broken_off(
    service: &CatalogUpdate,
    session: &Session,
    tx: &Transaction,
    application: &Application,
) -> Result<Option<Rows>, ApiError> {
    if application.is_draft || application.approver.is_none() {
        return Ok(None);
    }
    let same = unfinished(service, session, tx, application).await?;
    match same.filter(|(row, _)| row.approval_expire_at.is_none()) {
        Some((row, _)) if !service.is_broken_off(row.updated_at) => Err(Refusal::BeingAnnounced.into()),
        same => Ok(same),
    }
}

/// The same application, which is not decided yet.
pub(super) async fn unfinished(
    service: &CatalogUpdate,
    session: &Session,
    tx: &Transaction,
    application: &Application,
) -> Result<Option<Rows>, ApiError> {
    let found = actor_manage::Entity::find()
        .find_also_related(actor_approval_manage::Entity)
        .filter(actor_manage::Column::CallerBlockCode.eq(block_of(service, session).value.0))
        .filter(actor_manage::Column::Kind.eq(CERTIFICATION))
        .filter(actor_manage::Column::IsDraft.eq(false))
        .filter(actor_manage::Column::IsDisabled.eq(false))
        .filter(actor_manage::Column::Template.eq(application.catalog.to_string()))
        .filter(actor_approval_manage::Column::Status.eq(status::APPLYING))
        .filter(actor_approval_manage::Column::IsDisabled.eq(false))
        .order_by(actor_manage::Column::ApprovalExpireAt.is_not_null(), Order::Asc)
        .one(tx)
        .await?;
    Ok(found.and_then(|(row, approval)| Some((row, approval?))))
}
