//! Giving what is asked for to another block (spec: book-operate 4.11).
//!
//! The root decided which kinds of data may be given, and this block's proxy removes all others from the answer.

use axum::{Json, extract::State};
use contract::{CallFailure, book_manage::Link, catalog::Item};
use http::StatusCode;
use platform::{
    AnyOperator, ApiError, Author, Call, Incoming, Input, Transaction,
    fields::{array, code, nested, number, short_text, text},
    new_row,
};
use sea_orm::ActiveModelTrait;
use serde_json::{Value, json};
use vocabulary::{Code, CodeVersion, Instant, Session};

use super::{super::input, KINDS};
use crate::{
    BookOperate, application, neighbours,
    read::Found,
    refusal::Refusal,
    share::{
        conditions::keep_permitted,
        definition::{Given, covering},
    },
    store::{find, insert_all, search, shared_access_log, shared_access_log_data_type},
};

#[derive(Debug)]
pub(in crate::api) struct Wanted {
    user_id: Option<String>,
    temporary_code: Option<String>,
    identifiers: Vec<String>,
    log_identifier: String,
    updated: Option<(Instant, Instant)>,
    codes: [Vec<CodeVersion>; 3],
    /// The actor that receives, where it is not the caller's.
    receiver: Option<Code>,
}

impl Input for Wanted {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = input::object(incoming)?;
        let user_id = fields.optional("userId", short_text);
        let temporary_code = fields.optional("tempShareCode", text);
        let identifiers = fields.optional("identifier", array(text)).unwrap_or_default();
        let log_identifier = fields.required("logIdentifier", short_text);
        let updated = fields.optional("updatedAt", input::period);
        for name in ["app", "wf"] {
            fields.optional(name, |value| {
                nested(value, |fields| {
                    fields.required("_value", number);
                    fields.inside(|| Some(()))
                })
            });
        }
        let codes = KINDS.map(|kind| input::codes(&fields, kind));
        let receiver = fields.optional("dest", |value| {
            nested(value, |fields| {
                let actor = fields.required("actor", code);
                fields.inside(|| actor)
            })
        });
        fields.build(|| {
            let log_identifier = log_identifier?;
            Some(Self { user_id, temporary_code, identifiers, log_identifier, updated, codes, receiver })
        })
    }
}

/// Whose data are asked for, and what a temporary code permits of them.
struct Person {
    pxr_id: String,
    /// The one application whose data may be given.
    app: Option<i64>,
    conditions: Vec<Value>,
}

/// What a user has stored with one application.
struct Share {
    book: i64,
    /// Documents, events, things.
    items: [Vec<Found>; 3],
}

/// Who receives, for the log.
struct Receiver {
    actor: CodeVersion,
    block: CodeVersion,
    definitions: Vec<Item>,
}

/// Data of a user that were stored in this block. **Any operator, through the proxies**, with a token that the root
/// gave by the user's consent.
pub(in crate::api) async fn give(
    State(service): State<BookOperate>,
    call: Call<AnyOperator, Wanted>,
) -> Result<Json<Value>, ApiError> {
    let (AnyOperator(session), wanted) = (call.who, call.input);
    let person = service.person(&session, &wanted).await?;
    let condition = json!({"pxrId": [person.pxr_id], "createdAt": null});
    let books = service.books.links(&session, &condition).await.map_err(neighbours::standard)?;
    let links = books.into_iter().next().ok_or(Refusal::ShareFails)?.cooperation.unwrap_or_default();
    let mut shares = Vec::new();
    for link in links {
        shares.extend(service.share_of(&wanted, &person, link).await?);
    }
    if !shares.is_empty() {
        let receiver = service.receiver(&session, wanted.receiver).await?;
        let author = Author::new(&service.ground, &session);
        let tx = service.ground.store.write().await?;
        for share in &shares {
            service.log(&tx, &author, &wanted, &receiver, share).await?;
        }
        tx.commit().await?;
        tracing::info!(
            target: "audit", operator = session.login_id, actor = receiver.actor.value.0,
            log = wanted.log_identifier, books = shares.len(), "data of a user were shared"
        );
    }
    let [mut documents, mut events, mut things] = [const { Vec::<Value>::new() }; 3];
    for Share { items: [of_document, of_event, of_thing], .. } in shares {
        documents.extend(of_document.into_iter().map(|found| found.item));
        events.extend(of_event.into_iter().map(|found| found.item));
        things.extend(of_thing.into_iter().map(|found| found.item));
    }
    let some = |items: Vec<Value>| Some(items).filter(|items| !items.is_empty());
    Ok(Json(json!({"document": some(documents), "event": some(events), "thing": some(things)})))
}

impl BookOperate {
    async fn person(&self, session: &Session, wanted: &Wanted) -> Result<Person, ApiError> {
        if let Some(code) = &wanted.temporary_code {
            let permitted =
                self.books.collate_share_code(session, code).await.map_err(neighbours::standard)?;
            let app = permitted.app.as_ref().and_then(|app| number(app.get("_value")?).ok());
            let pxr_id = permitted.pxr_id.filter(|id| !id.is_empty()).ok_or(Refusal::NeighbourFails)?;
            return Ok(Person { pxr_id, app, conditions: permitted.identifier.unwrap_or_default() });
        }
        let user_id = wanted.user_id.as_deref().ok_or(Refusal::Input("利用者IDが必要です"))?;
        let app = application::of(session).ok_or(Refusal::NoApplication)?;
        let actor = session.actor.map(|actor| actor.value);
        let pxr_id = self.books.pxr_id(session, actor, app, user_id).await.map_err(neighbours::standard)?;
        Ok(Person { pxr_id, app: None, conditions: Vec::new() })
    }

    /// What this block stored for a link of the person, as far as it is asked for.
    async fn share_of(
        &self,
        wanted: &Wanted,
        person: &Person,
        link: Link,
    ) -> Result<Option<Share>, ApiError> {
        let (Some(user_id), Some(app)) = (link.user_id.filter(|id| !id.is_empty()), link.app) else {
            return Ok(None);
        };
        if person.app.is_some_and(|only| only != app.value.0) {
            return Ok(None);
        }
        let connection = self.ground.store.read();
        let Some(book) = find::book(connection, &user_id, app.value).await? else { return Ok(None) };
        let of = |codes: &[CodeVersion]| search::Wanted {
            user_id: user_id.clone(),
            app: app.value.0,
            identifiers: wanted.identifiers.clone(),
            codes: codes.iter().map(|code| (code.value.0, code.ver.0)).collect(),
            updated: wanted.updated.map(|period| self.columns(period)),
        };
        let asked = |codes: &[CodeVersion]| !wanted.identifiers.is_empty() || !codes.is_empty();
        let [documents, events, things] = &wanted.codes;
        let mut items = [const { Vec::new() }; 3];
        if asked(documents) {
            items[0] = self.documents(connection, &of(documents)).await?;
        }
        if asked(events) {
            items[1] = self.events(connection, &of(events)).await?;
        }
        if asked(things) {
            items[2] = self.things(connection, &of(things)).await?;
        }
        if !person.conditions.is_empty() {
            items = permitted(items, &person.conditions);
        }
        let is_empty = items.iter().all(Vec::is_empty);
        Ok((!is_empty).then_some(Share { book: book.id, items }))
    }

    async fn receiver(&self, session: &Session, named: Option<Code>) -> Result<Receiver, ApiError> {
        let own = session.actor.ok_or(Refusal::NotPermitted)?;
        let item = match self.catalog.item(session, named.unwrap_or(own.value)).await {
            Ok(item) => item,
            // There is something else, or nothing.
            Err(CallFailure::Unreadable { .. }) => return Err(Refusal::NotAnApplication.into()),
            Err(failure) => return Err(neighbours::standard(failure)),
        };
        if item.head.ns.rsplit('/').next() != Some("app") {
            return Err(Refusal::NotAnApplication.into());
        }
        let (actor, block) = match named {
            Some(_) => (item.head.code, item.code("main-block")),
            None => (own, session.block),
        };
        let ext = &self.ground.block.ext_name;
        let ns = format!("catalog/ext/{ext}/actor/app/actor_{}/share", actor.value);
        let definitions = match self.catalog.in_namespace(session, &ns).await {
            Ok(definitions) => definitions,
            // Sharing does not depend on it: the definition is for the log.
            Err(
                CallFailure::Unreadable { .. }
                | CallFailure::Status { status: StatusCode::NOT_FOUND | StatusCode::NO_CONTENT, .. },
            ) => Vec::new(),
            Err(failure) => return Err(neighbours::standard(failure)),
        };
        Ok(Receiver { actor, block: block.ok_or(Refusal::NotAnApplication)?, definitions })
    }

    /// Notes who was given what; a row for each item, without the things inside events.
    async fn log(
        &self,
        tx: &Transaction,
        author: &Author,
        wanted: &Wanted,
        receiver: &Receiver,
        share: &Share,
    ) -> Result<(), ApiError> {
        let codes = |items: &[Found]| items.iter().map(|found| found.code).collect();
        let [documents, events, things] = &share.items;
        let given = Given { documents: codes(documents), events: codes(events), things: codes(things) };
        let access = chrono::Timelike::with_nanosecond(&author.now, 0).unwrap_or(author.now);
        let row = new_row!(
            author,
            shared_access_log {
                my_condition_book_id: share.book,
                log_identifier: wanted.log_identifier.clone(),
                user_name: author.login_id.clone(),
                data_type: if wanted.temporary_code.is_some() { 2 } else { 1 },
                share_catalog_code: covering(&receiver.definitions, &given).map(|code| code.0),
                req_actor_catalog_code: receiver.actor.value.0,
                req_actor_catalog_version: receiver.actor.ver.0,
                req_block_catalog_code: receiver.block.value.0,
                req_block_catalog_version: receiver.block.ver.0,
                access_at: access,
            }
        );
        let log = row.insert(tx).await?;
        let mut rows = Vec::new();
        for (kind, items) in (1..).zip(&share.items) {
            rows.extend(items.iter().map(|found| {
                new_row!(
                    author,
                    shared_access_log_data_type {
                        share_access_log_id: log.id,
                        data_type: kind,
                        data_type_catalog_code: found.code.value.0,
                        data_type_catalog_version: found.code.ver.0,
                    }
                )
            }));
        }
        Ok(insert_all(tx, rows).await?)
    }
}

/// What the conditions of a temporary code leave, still with the codes.
fn permitted(items: [Vec<Found>; 3], conditions: &[Value]) -> [Vec<Found>; 3] {
    let shown = |items: &[Found]| items.iter().map(|found| found.item.clone()).collect::<Vec<_>>();
    let [documents, events, things] = &items;
    let all = json!({"document": shown(documents), "event": shown(events), "thing": shown(things)});
    let kept = keep_permitted(&all, conditions);
    let mut left = items;
    for (kind, items) in KINDS.iter().zip(&mut left) {
        let kept = kept[*kind].as_array().map(Vec::as_slice).unwrap_or_default();
        let same = |found: &Found| {
            kept.iter().find(|item| item["id"]["value"] == found.item["id"]["value"]).cloned()
        };
        *items = items.drain(..).filter_map(|found| Some(Found { item: same(&found)?, ..found })).collect();
    }
    left
}
