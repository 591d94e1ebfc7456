//! Defining what is stored or shared (spec: catalog-update 4.5.2).

use axum::{Json, extract::State};
use contract::catalog::Item;
use http::StatusCode;
use platform::{
    ApiError, Author, Call, Incoming, Input, Member,
    fields::{any_text, array, object, strict_number, text},
    new_row,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, TryIntoModel,
};
use serde_json::{Map, Value, json};
use vocabulary::{Code, CodeVersion, Session};

use super::{consent::needs_new_consent, view};
use crate::{
    CatalogUpdate,
    attempt::Attempt,
    items::{actor_of, block_of, unreadable},
    refusal::Refusal,
    store::data_operation_manage,
};

/// An update-set entry that changes an item.
const CHANGE: i64 = 2;

#[derive(Debug)]
pub(in crate::api) struct Definition {
    draft: Option<i64>,
    /// The request as it is kept and handed on.
    body: Map<String, Value>,
    entries: Vec<Map<String, Value>>,
    is_draft: bool,
}

impl Input for Definition {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        crate::api::check_object(incoming)?;
        let fields = incoming.fields();
        let draft = fields.optional("id", strict_number);
        fields.required("name", text);
        fields.optional("description", any_text);
        let entries = fields.required("catalog", array(object));
        let is_draft =
            fields.optional("isDraft", |value| value.as_bool().ok_or("真偽値ではありません".into()));
        let names_nothing = |entry: &Map<String, Value>| {
            let kind = entry.get("type").and_then(Value::as_i64);
            let code = entry.get("catalogCode").and_then(Value::as_i64).unwrap_or_default();
            matches!(kind, Some(2 | 3)) && code == 0
        };
        match &entries {
            Some(entries) if entries.is_empty() => fields.refuse("catalog", "空にはできません"),
            Some(entries) if entries.iter().any(names_nothing) => {
                fields.refuse("catalog", "変更と削除にはcatalogCodeが必要です");
            }
            _ => {}
        }
        let mut body = fields.whole();
        body.remove("isDraft");
        let draft = draft.filter(|id| *id != 0);
        fields.build(|| Some(Self { draft, body, entries: entries?, is_draft: is_draft.unwrap_or(false) }))
    }
}

/// Defines what is stored or shared, or keeps a draft. **Members of the provider.**
pub(in crate::api) async fn define(
    State(service): State<CatalogUpdate>,
    call: Call<Member, Definition>,
) -> Result<Json<Value>, ApiError> {
    let (session, definition) = (call.who.0, call.input);
    let actor = actor_of(&session)?;
    let ext_name = service.catalog.ext_name(&session).await.map_err(|failure| unreadable(&failure))?;
    let own = format!("catalog/ext/{ext_name}/actor/app/actor_{}", actor.value);
    for entry in &definition.entries {
        let ns =
            entry.get("template").and_then(|item| item["catalogItem"]["ns"].as_str()).unwrap_or_default();
        if ns != format!("{own}/store") && ns != format!("{own}/share") {
            return Err(Refusal::Namespace(ns.to_owned()).into());
        }
    }
    let draft = find_draft(&service, definition.draft, actor).await?;
    let (mut kept, mut attempt) = (definition.body.clone(), None);
    if !definition.is_draft {
        let (published, under_way) = publish(&service, &session, &definition).await?;
        (kept, attempt) = (published, Some(under_way));
    }
    let row = row(&service, &session, &definition, draft, actor, &kept);
    let tx = service.ground.store.write().await?;
    if let Some(attempt) = attempt {
        attempt.end(&tx).await?;
    }
    let row = row.save(&tx).await?.try_into_model()?;
    tx.commit().await?;
    Ok(Json(view(&service, &row, kept)))
}

async fn find_draft(
    service: &CatalogUpdate,
    id: Option<i64>,
    actor: CodeVersion,
) -> Result<Option<data_operation_manage::Model>, ApiError> {
    let Some(id) = id else { return Ok(None) };
    let draft = data_operation_manage::Entity::find_by_id(id)
        .filter(data_operation_manage::Column::ApplicationActorCode.eq(actor.value.0))
        .filter(data_operation_manage::Column::IsDraft.eq(true))
        .filter(data_operation_manage::Column::IsDisabled.eq(false))
        .one(service.ground.store.read())
        .await?;
    draft.map(Some).ok_or_else(|| Refusal::NoSuchDraft.into())
}

/// Changes the catalog, and tells the books which definitions need new consent. Gives the update set without its id,
/// and the attempt that is to end with the row.
async fn publish(
    service: &CatalogUpdate,
    session: &Session,
    definition: &Definition,
) -> Result<(Map<String, Value>, Attempt), ApiError> {
    let set = Value::Object(definition.body.clone());
    let attempt = Attempt::begin(service, session, "data-operation", &set).await?;
    let changes = definition.entries.iter().filter(|entry| entry.get("type") == Some(&json!(CHANGE)));
    let changed: Vec<_> = changes
        .filter_map(|entry| entry.get("template")?["catalogItem"]["_code"]["_value"].as_i64())
        .map(Code)
        .collect();
    let before = match &attempt.applied {
        Some(set) => replaced(service, session, set).await?,
        None => items(service, session, &changed).await?,
    };
    let set = attempt.apply(service, session).await?;
    let after = items(service, session, &changed).await?;
    let codes: Vec<_> = after
        .iter()
        .filter(|after| {
            let before = before.iter().find(|before| before.head.code.value == after.head.code.value);
            needs_new_consent(before, after)
        })
        .map(|item| item.head.code)
        .collect();
    if !codes.is_empty() {
        service.books.settings_changed(session, &codes).await.map_err(|failure| {
            tracing::warn!(%failure, "the books were not told of changed definitions");
            Refusal::Books
        })?;
    }
    let mut kept = set.as_object().cloned().unwrap_or_default();
    kept.shift_remove("id");
    Ok((kept, attempt))
}

/// What an earlier attempt changed, as it was before.
async fn replaced(service: &CatalogUpdate, session: &Session, set: &Value) -> Result<Vec<Item>, ApiError> {
    let changes = set["catalog"].as_array().into_iter().flatten().filter(|entry| entry["type"] == CHANGE);
    let made = changes.filter_map(|entry| CodeVersion::read(&entry["template"]["catalogItem"]["_code"]));
    let before: Vec<_> = made
        .filter(|made| made.ver.0 > 1)
        .map(|made| CodeVersion::new(made.value.0, made.ver.0 - 1))
        .collect();
    if before.is_empty() {
        return Ok(Vec::new());
    }
    service.catalog.items_at(session, &before).await.map_err(|failure| unreadable(&failure).into())
}

async fn items(service: &CatalogUpdate, session: &Session, codes: &[Code]) -> Result<Vec<Item>, ApiError> {
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    let items = service.catalog.items(session, codes).await;
    // As the spec has it (4.0.6); none of them is there: 404.
    items.map_err(|failure| match failure.status() {
        Some(StatusCode::BAD_REQUEST) => Refusal::NoSuchItem(codes[0]).into(),
        Some(status) if !status.is_server_error() => Refusal::NoSuchItems.into(),
        _ => unreadable(&failure).into(),
    })
}

fn row(
    service: &CatalogUpdate,
    session: &Session,
    definition: &Definition,
    draft: Option<data_operation_manage::Model>,
    actor: CodeVersion,
    kept: &Map<String, Value>,
) -> data_operation_manage::ActiveModel {
    let author = Author::new(&service.ground, session);
    let new = || {
        new_row!(
            author,
            data_operation_manage {
                application_actor_code: actor.value.0,
                application_block_code: block_of(service, session).value.0,
            }
        )
    };
    let mut row = draft.map_or_else(new, IntoActiveModel::into_active_model);
    row.template = Set(Some(Value::Object(kept.clone()).to_string()));
    row.application_at = Set((!definition.is_draft).then_some(author.now));
    row.is_draft = Set(definition.is_draft);
    row.updated_by = Set(author.login_id.clone());
    row.updated_at = Set(author.now);
    row
}
