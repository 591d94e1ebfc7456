//! Publishing terms of use (spec: catalog-update 4.7).

use axum::{Json, extract::State};
use platform::{
    ApiError, Author, Call, Incoming, Input, Member,
    fields::{Complaint, any_text, array, nested, object, one_of, strict_number, text},
    new_row,
};
use sea_orm::ActiveModelTrait;
use serde_json::{Map, Value, json};
use vocabulary::{CodeVersion, Session};

use crate::{
    CatalogUpdate,
    items::{actor_of, block_of, unwritable},
    refusal::Refusal,
    store::{platform_terms_of_use_manage, region_terms_of_use_manage},
};

/// An update-set entry that adds an item.
const ADDITION: i64 = 1;

#[derive(Debug)]
pub(super) struct Terms {
    body: Map<String, Value>,
    catalog: Vec<Entry>,
    is_draft: bool,
}

/// One item of the terms.
#[derive(Debug)]
struct Entry {
    kind: Option<i64>,
    ns: Option<String>,
    /// The item and version that a draft changes.
    code: Option<i64>,
    version: Option<i64>,
}

impl Input for Terms {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        super::check_object(incoming)?;
        let fields = incoming.fields();
        fields.optional("name", text);
        fields.optional("description", any_text);
        let catalog = fields.required("catalog", array(entry));
        let is_draft =
            fields.optional("isDraft", |value| value.as_bool().ok_or("真偽値ではありません".into()));
        let body = incoming.body().as_object().cloned();
        fields.build(|| Some(Self { body: body?, catalog: catalog?, is_draft: is_draft.unwrap_or(false) }))
    }
}

fn entry(value: &Value) -> Result<Entry, Complaint> {
    nested(value, |fields| {
        let kind = fields.optional("type", one_of(strict_number, |kind| matches!(kind, 1..=3)));
        let code = fields.optional("catalogCode", strict_number);
        fields.optional("comment", any_text);
        fields.optional("template", object);
        let head = &value["template"]["catalogItem"];
        let (ns, version) = (head["ns"].as_str().map(str::to_owned), head["_code"]["_ver"].as_i64());
        fields.inside(|| Some(Entry { kind, ns, code, version }))
    })
}

/// Publishes the terms of the operator's own regions, or keeps a draft. **Members of a region's actor.**
pub(super) async fn publish_for_region(
    State(service): State<CatalogUpdate>,
    call: Call<Member, Terms>,
) -> Result<Json<Value>, ApiError> {
    let (session, terms) = (call.who.0, call.input);
    let actor = actor_of(&session)?;
    let published = publish(&service, &session, terms, &format!("region/actor_{}", actor.value)).await?;
    let author = Author::new(&service.ground, &session);
    let row = new_row!(
        author,
        region_terms_of_use_manage {
            terms_of_use_code: published.code,
            terms_of_use_version: published.version,
            template: Some(published.kept),
            application_actor_code: actor.value.0,
            application_block_code: block_of(&service, &session).value.0,
            application_at: author.now,
        }
    );
    let row = row.insert(service.ground.store.read()).await?;
    Ok(Json(published.answer.with_id(row.id)))
}

/// Publishes the terms of the whole platform, or keeps a draft. **Members of the root.**
pub(super) async fn publish_for_platform(
    State(service): State<CatalogUpdate>,
    call: Call<Member, Terms>,
) -> Result<Json<Value>, ApiError> {
    let (session, terms) = (call.who.0, call.input);
    let actor = actor_of(&session)?;
    if block_of(&service, &session).value != service.ground.block.code.value {
        return Err(Refusal::WrongActor.into());
    }
    let published = publish(&service, &session, terms, "platform").await?;
    let author = Author::new(&service.ground, &session);
    let row = new_row!(
        author,
        platform_terms_of_use_manage {
            terms_of_use_code: published.code,
            terms_of_use_version: published.version,
            template: Some(published.kept),
            application_actor_code: actor.value.0,
            application_block_code: block_of(&service, &session).value.0,
            application_at: author.now,
        }
    );
    let row = row.insert(service.ground.store.read()).await?;
    Ok(Json(published.answer.with_id(row.id)))
}

/// What is written down, and what the caller is answered.
struct Published {
    code: Option<i64>,
    version: Option<i64>,
    kept: String,
    answer: Answer,
}

/// The request with what became of it.
struct Answer(Map<String, Value>);

impl Answer {
    fn with_id(mut self, id: i64) -> Value {
        self.0.insert("id".to_owned(), json!(id));
        Value::Object(self.0)
    }
}

async fn publish(
    service: &CatalogUpdate,
    session: &Session,
    terms: Terms,
    whose: &str,
) -> Result<Published, ApiError> {
    let mut kept = terms.body.clone();
    kept.remove("isDraft");
    let kept = Value::Object(kept);
    if terms.is_draft {
        let last = terms.catalog.last();
        return Ok(Published {
            code: last.and_then(|entry| entry.code),
            version: last.and_then(|entry| entry.version),
            kept: kept.to_string(),
            answer: Answer(terms.body),
        });
    }
    let ext_name = service.catalog.ext_name(session).await.map_err(|_| Refusal::Catalog)?;
    let ns = format!("catalog/ext/{ext_name}/terms-of-use/{whose}");
    match terms.catalog.as_slice() {
        [only] if only.kind == Some(ADDITION) && only.ns.as_deref() == Some(&ns) => {}
        _ => return Err(Refusal::Input("利用規約を一つだけ、そのネームスペースに追加できます").into()),
    }
    let made = apply_at_once(service, session, &kept).await?;
    let head = &made["catalog"][0]["template"]["catalogItem"];
    let code = CodeVersion::read(&head["_code"]);
    let mut answer = terms.body;
    if let Some(item) =
        answer.get_mut("catalog").and_then(|catalog| catalog.pointer_mut("/0/template/catalogItem"))
    {
        item["_code"] = head["_code"].clone();
    }
    Ok(Published {
        code: code.map(|code| code.value.0),
        version: code.map(|code| code.ver.0),
        kept: kept.to_string(),
        answer: Answer(answer),
    })
}

/// Registers an update set that its own actor approves, which is applied at once.
pub(super) async fn apply_at_once(
    service: &CatalogUpdate,
    session: &Session,
    set: &Value,
) -> Result<Value, ApiError> {
    let actor = actor_of(session)?;
    let registered = service.catalog.register_update_set(session, set).await;
    let registered = registered.map_err(|failure| unwritable(&failure))?;
    let id = registered["id"].as_i64().ok_or(Refusal::CatalogWrite)?;
    let applied = service.catalog.request_update_set(session, id, actor.value).await;
    applied.map_err(|failure| unwritable(&failure).into())
}
