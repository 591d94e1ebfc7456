//! Applying for certification (spec: catalog-update 4.1.2).

use axum::{Json, extract::State};
use platform::{
    ApiError, Author, Call, Fields, Incoming, Input, Member,
    fields::{Complaint, boolean, code_version, nested, number, object, text},
    new_row,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel,
    ModelTrait, QueryFilter, TryIntoModel,
};
use serde_json::{Map, Value};
use vocabulary::{ActorType, CodeVersion, Session};

use super::{CERTIFICATION, NOTICES, view};
use crate::{
    CatalogUpdate,
    auth_code::new_code,
    items::block_of,
    notices::Notice,
    refusal::Refusal,
    store::{Approvals, actor_approval_manage, actor_manage, status},
};

/// An application as it is sent.
#[derive(Debug)]
pub(in crate::api) struct Application {
    draft: Option<i64>,
    /// The item of the actor to be, exactly as posted.
    catalog: Value,
    ns: String,
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
        let kind = ns.as_deref().and_then(|ns: &str| ns.rsplit_once("/actor/")?.1.parse().ok());
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
        fields.inside(|| Some((value.clone(), ns?)))
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

/// An application with its approval.
type Rows = (actor_manage::Model, actor_approval_manage::Model);

/// Applies for the certification of an actor, or keeps a draft of it. **Members.**
pub(in crate::api) async fn apply(
    State(service): State<CatalogUpdate>,
    call: Call<Member, Application>,
) -> Result<Json<Value>, ApiError> {
    let (session, application) = (call.who.0, call.input);
    let own = format!("catalog/ext/{}/actor/{}", service.ground.block.ext_name, application.kind);
    if application.ns != own || application.kind.is_unsupported() {
        return Err(Refusal::Namespace(application.ns).into());
    }
    if application.is_draft {
        let (row, approval) = save(&service, &session, &application).await?;
        return Ok(Json(view::draft(&row, &approval)));
    }
    let Some(approver) = application.approver else {
        return certify_root(&service, &session, &application).await;
    };
    let block = service.main_block(&session, approver.value).await?;
    let (row, approval) = save(&service, &session, &application).await?;
    let code = approval.auth_code.clone().unwrap_or_default();
    let notice =
        Notice::new(NOTICES.applying).decided_at(format!("/catalog-update/actor/approval?code={code}"));
    match service.ask(&session, block, notice).await {
        Ok(until) => {
            let mut announced = row.into_active_model();
            announced.approval_expire_at = Set(Some(service.ground.store.column(until)));
            let row = announced.update(service.ground.store.read()).await?;
            Ok(Json(view::applied(&service, &row, &approval)))
        }
        Err(error) => {
            withdraw(&service, application.draft.is_some(), (row, approval)).await?;
            Err(error)
        }
    }
}

/// The root's own actor is certified at once, by a root that has none yet or by this actor itself.
async fn certify_root(
    service: &CatalogUpdate,
    session: &Session,
    application: &Application,
) -> Result<Json<Value>, ApiError> {
    let roots = service.items_in(session, &application.ns).await?;
    let own = |root: &contract::catalog::Item| {
        session.actor.is_some_and(|actor| actor.value == root.head.code.value)
    };
    if !roots.is_empty() && !roots.iter().any(own) {
        return Err(Refusal::WrongActor.into());
    }
    let author = Author::new(&service.ground, session);
    let (row, approval) = match unfinished_root(service, session, application).await? {
        Some(rows) => rows,
        None => save(service, session, application).await?,
    };
    Approvals::Actor.claim(service, &author, approval.id).await?;
    match super::decide::certify_and_tell(service, session, row).await {
        Ok(row) => {
            let approval = super::decide::finish(service, &author, approval, None, true, None).await?;
            Ok(Json(view::root(service, &row, &approval)))
        }
        Err(error) => {
            Approvals::Actor.give_back(service, &author, approval.id).await?;
            Err(error)
        }
    }
}

/// The same application for the root's own actor, when it failed half-way before.
async fn unfinished_root(
    service: &CatalogUpdate,
    session: &Session,
    application: &Application,
) -> Result<Option<Rows>, ApiError> {
    let connection = service.ground.store.read();
    let row = actor_manage::Entity::find()
        .filter(actor_manage::Column::CallerBlockCode.eq(block_of(service, session).value.0))
        .filter(actor_manage::Column::Kind.eq(CERTIFICATION))
        .filter(actor_manage::Column::IsDraft.eq(false))
        .filter(actor_manage::Column::IsDisabled.eq(false))
        .filter(actor_manage::Column::Template.eq(application.catalog.to_string()))
        .one(connection)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let approval = approval_of(connection, row.id).await?;
    Ok(approval.filter(|approval| approval.status == status::APPLYING).map(|approval| (row, approval)))
}

async fn approval_of(
    connection: &impl ConnectionTrait,
    id: i64,
) -> Result<Option<actor_approval_manage::Model>, sea_orm::DbErr> {
    actor_approval_manage::Entity::find()
        .filter(actor_approval_manage::Column::ActorManageId.eq(id))
        .filter(actor_approval_manage::Column::IsDisabled.eq(false))
        .one(connection)
        .await
}

/// Writes the application as new, or over the draft that it names.
async fn save(
    service: &CatalogUpdate,
    session: &Session,
    application: &Application,
) -> Result<Rows, ApiError> {
    let author = Author::new(&service.ground, session);
    let block = block_of(service, session);
    let tx = service.ground.store.write().await?;
    let (mut row, mut approval) = match application.draft {
        Some(id) => {
            let (row, approval) = draft(&tx, id, block.value.0).await?;
            (row.into_active_model(), approval.into_active_model())
        }
        None => (new_row!(author, actor_manage {}), new_row!(author, actor_approval_manage {})),
    };
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
        approval.auth_code = Set(Some(new_code(&tx, Approvals::Actor).await?));
    }
    let row = row.save(&tx).await?.try_into_model()?;
    approval.actor_manage_id = Set(row.id);
    let approval = approval.save(&tx).await?.try_into_model()?;
    tx.commit().await?;
    Ok((row, approval))
}

async fn draft(tx: &platform::Transaction, id: i64, block: i64) -> Result<Rows, ApiError> {
    let row = actor_manage::Entity::find_by_id(id)
        .filter(actor_manage::Column::CallerBlockCode.eq(block))
        .filter(actor_manage::Column::Kind.eq(CERTIFICATION))
        .filter(actor_manage::Column::IsDraft.eq(true))
        .filter(actor_manage::Column::IsDisabled.eq(false))
        .one(tx)
        .await?;
    let approval = approval_of(tx, id).await?;
    row.zip(approval).ok_or_else(|| Refusal::NoSuchDraft.into())
}

/// An application that could not be announced was never made; what was a draft is one again.
async fn withdraw(service: &CatalogUpdate, was_draft: bool, (row, approval): Rows) -> Result<(), ApiError> {
    let tx = service.ground.store.write().await?;
    if was_draft {
        let mut row = row.into_active_model();
        row.is_draft = Set(true);
        row.applicant_date = Set(None);
        row.update(&tx).await?;
        let mut approval = approval.into_active_model();
        approval.auth_code = Set(None);
        approval.update(&tx).await?;
    } else {
        approval.delete(&tx).await?;
        row.delete(&tx).await?;
    }
    Ok(tx.commit().await?)
}
