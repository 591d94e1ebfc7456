//! What is stored about a resident everywhere (spec: book-manage 4.2.5).

use std::collections::HashMap;

use axum::{Json, extract::State};
use contract::{
    book_operate::{AccessPeriod, DataWanted},
    ctoken_ledger::Bare,
};
use platform::{
    AnyOperator, ApiError, Call, Fields, Incoming, Input,
    fields::{Complaint, array, code_version, instant, nested, number, text},
};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter};
use serde_json::Value;
use vocabulary::{Code, CodeVersion, Instant, Session};

use crate::{
    Books, body,
    neighbours::of_item,
    refusal::Refusal,
    store::{self, user_id_cooperate},
    who::pxr_id,
};

#[derive(Debug)]
pub(super) struct Search {
    kind: Option<String>,
    identifier: Option<Vec<String>>,
    updated: Option<(Instant, Instant)>,
    conditions: Vec<OfApplication>,
}

#[derive(Debug)]
struct OfApplication {
    actor: i64,
    app: i64,
    codes: Option<Vec<CodeVersion>>,
}

impl Input for Search {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = body::object(incoming)?;
        let kind = fields.optional("type", |value| match text(value)?.as_str() {
            kind @ ("document" | "event" | "thing") => Ok(kind.to_owned()),
            _ => Err("指定できない値です".into()),
        });
        let identifier = fields.optional("identifier", array(text)).filter(|ids| !ids.is_empty());
        let updated = fields.optional("updatedAt", |value| nested(value, period));
        let conditions = fields.optional("condition", array(|one| nested(one, condition)));
        fields.build(|| Some(()))?;
        if kind.is_none() && identifier.is_none() {
            return Err(Refusal::Input("データ種別または識別子を指定してください").into());
        }
        let conditions = conditions.unwrap_or_default().into_iter().collect::<Result<_, _>>()?;
        Ok(Self { kind, identifier, updated, conditions })
    }
}

fn period(fields: &Fields<'_>) -> Result<(Instant, Instant), Complaint> {
    let start = fields.required("start", instant);
    let end = fields.required("end", instant);
    fields.inside(|| Some((start?, end?)))
}

/// A condition is about an application; what it cannot be about is refused after the fields.
fn condition(fields: &Fields<'_>) -> Result<Result<OfApplication, Refusal>, Complaint> {
    let actor = fields.required("actor", value);
    let app = fields.optional("app", value);
    let workflow = fields.optional("wf", value);
    let codes = fields.optional("_code", array(code_version));
    fields.inside(|| {
        let actor = actor?;
        Some(match (app, workflow) {
            (_, Some(_)) => Err(Refusal::Workflow),
            (None, None) => Err(Refusal::Input("アプリケーションを指定してください")),
            (Some(app), None) => Ok(OfApplication { actor, app, codes }),
        })
    })
}

fn value(code: &Value) -> Result<i64, Complaint> {
    nested(code, |fields| {
        let value = fields.required("_value", number);
        fields.inside(|| value)
    })
}

/// Reads the caller's own data from the blocks of all applications he is linked with, or of some. **Anybody with a
/// book: of it.**
pub(super) async fn search(
    State(service): State<Books>,
    call: Call<AnyOperator, Search>,
) -> Result<Json<Vec<Value>>, ApiError> {
    let (session, search) = (&call.who.0, call.input);
    let pxr_id = pxr_id(session).ok_or(Refusal::NoPxrId)?;
    let connection = service.ground.store.read();
    let links = match store::book(connection, pxr_id).await? {
        Some(book) => links(connection, book.id).await?,
        None => Vec::new(),
    };
    let mut blocks = HashMap::new();
    let mut found = Vec::new();
    for (link, codes) in search.chosen(&links) {
        let Some(wanted) = search.wanted(&service, link, codes) else { continue };
        let block = block(&service, session, &mut blocks, Code(link.actor_catalog_code)).await?;
        let data = service.blocks.search(session, block, &wanted).await.map_err(|failure| {
            tracing::warn!(%failure, %block, "a block did not give its data");
            Refusal::NoStoredData
        })?;
        found.extend(data);
    }
    if found.is_empty() { Err(ApiError::NoContent) } else { Ok(Json(found)) }
}

/// The links with applications, in the order of the spec.
async fn links(
    connection: &impl ConnectionTrait,
    book: i64,
) -> Result<Vec<user_id_cooperate::Model>, ApiError> {
    let query = store::links()
        .filter(user_id_cooperate::Column::BookId.eq(book))
        .filter(user_id_cooperate::Column::AppCatalogCode.is_not_null());
    let mut links = query.all(connection).await?;
    links.sort_by(|one, other| one.user_id.cmp(&other.user_id));
    Ok(links)
}

impl Search {
    /// The links that are asked: all, or the first of each condition.
    fn chosen<'s>(
        &'s self,
        links: &'s [user_id_cooperate::Model],
    ) -> Vec<(&'s user_id_cooperate::Model, Option<&'s [CodeVersion]>)> {
        if self.conditions.is_empty() {
            return links.iter().map(|link| (link, None)).collect();
        }
        let of = |condition: &'s OfApplication| {
            let link = links.iter().find(|link| {
                link.actor_catalog_code == condition.actor && link.app_catalog_code == Some(condition.app)
            })?;
            Some((link, condition.codes.as_deref()))
        };
        self.conditions.iter().filter_map(of).collect()
    }

    /// What a block is asked; nothing about a user it does not know yet.
    fn wanted(
        &self,
        service: &Books,
        link: &user_id_cooperate::Model,
        codes: Option<&[CodeVersion]>,
    ) -> Option<DataWanted> {
        let time = |instant: Instant| Some(service.ground.zone.text(instant));
        Some(DataWanted {
            user_id: link.user_id.clone()?,
            kind: self.kind.clone(),
            identifier: self.identifier.clone(),
            updated_at: self.updated.map(|(start, end)| AccessPeriod { start: time(start), end: time(end) }),
            code: codes.map(<[_]>::to_vec),
            app: link.app().map(|app| Bare { value: app.value }),
            wf: None,
        })
    }
}

/// The block of an actor, asked once for each.
async fn block(
    service: &Books,
    session: &Session,
    known: &mut HashMap<Code, Code>,
    actor: Code,
) -> Result<Code, ApiError> {
    if let Some(block) = known.get(&actor) {
        return Ok(*block);
    }
    let item = service.catalog.item(session, actor).await.map_err(of_item)?;
    let block = item.code("main-block").ok_or(Refusal::NoMainBlock)?.value;
    known.insert(actor, block);
    Ok(block)
}
