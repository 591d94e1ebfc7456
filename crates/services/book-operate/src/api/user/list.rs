//! The users of a block with what they agreed to (spec: book-operate 4.3).

use std::collections::HashMap;

use axum::{Json, extract::State};
use contract::CallFailure;
use http::StatusCode;
use platform::{
    ApiError, Call, Incoming, Input,
    fields::{Complaint, array, boolean, nested, text},
};
use sea_orm::{ColumnTrait, QueryFilter};
use serde_json::{Map, Value, json};
use vocabulary::{CodeVersion, Instant, OperatorType, Session, TimeZone};

use super::super::input;
use crate::{
    BookOperate, application, neighbours,
    refusal::Refusal,
    store::{find, my_condition_book},
    users::established,
    who::Provider,
};

#[derive(Debug)]
pub(in crate::api) struct Search {
    users: Option<Vec<String>>,
    start: Option<Instant>,
    end: Option<Instant>,
    include_request: bool,
}

impl Input for Search {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = input::object(incoming)?;
        let users = fields.optional("userId", |value| match value {
            Value::String(text) if text.is_empty() => Ok(None),
            Value::Array(all) if all.is_empty() => Err("空にはできません".into()),
            other => array(text)(other).map(Some),
        });
        let established = fields.optional("establishAt", |value| {
            nested(value, |fields| {
                let start = fields.optional("start", time_or_empty).flatten();
                let end = fields.optional("end", time_or_empty).flatten();
                fields.inside(|| Some((start, end)))
            })
        });
        let include_request = fields.optional("includeRequest", boolean).unwrap_or_default();
        let (start, end) = established.unwrap_or_default();
        if start.zip(end).is_some_and(|(start, end)| start > end) {
            fields.refuse("establishAt", "開始日時は終了日時以前を指定してください");
        }
        fields.build(|| Some(Self { users: users.flatten(), start, end, include_request }))
    }
}

fn time_or_empty(value: &Value) -> Result<Option<Instant>, Complaint> {
    if value.as_str() == Some("") { Ok(None) } else { input::api_time(value).map(Some) }
}

impl Search {
    /// Members see all users, applications their own; requests are for members.
    fn check(&self, session: &Session, zone: TimeZone, texts: &Value) -> Result<(), Refusal> {
        let is_member = session.operator_type == OperatorType::Member;
        if is_member && self.users.is_some() {
            return Err(Refusal::Input("運営メンバーは利用者IDを指定できません"));
        }
        if !is_member && self.include_request {
            return Err(Refusal::Input("連携申請中の利用者は運営メンバーのみ検索できます"));
        }
        // Times must be in the zone of the block, to the letter.
        let exact = |name: &str, time: Option<Instant>| {
            time.is_none_or(|time| texts[name].as_str() == Some(&zone.text(time)))
        };
        if exact("start", self.start) && exact("end", self.end) {
            Ok(())
        } else {
            Err(Refusal::Input("日時の形式が正しくありません"))
        }
    }
}

/// A user in the answer: entries of the same user and application are one.
struct Entry {
    book: my_condition_book::Model,
    /// Documents, events and things agreed to; none where there is no consent.
    store: Option<[Option<Vec<Value>>; 3]>,
}

/// Users by id and time. **Applications, of their own users; managing members, of all.**
pub(in crate::api) async fn list(
    State(service): State<BookOperate>,
    call: Call<Provider, Search>,
) -> Result<Json<Value>, ApiError> {
    let (Provider(session), search) = (call.who, call.input);
    search.check(&session, service.ground.zone, &call.incoming.body()["establishAt"])?;
    let books = service.books_listed(&session, &search).await?;
    let codes: Vec<_> = books.iter().filter_map(|book| book.identify_code.clone()).collect();
    let entries = service.with_settings(&session, books).await?;
    let requests =
        if search.include_request { service.requests(&session, &codes).await? } else { Vec::new() };
    let mut answer = Vec::with_capacity(entries.len() + requests.len());
    for entry in entries {
        answer.push(service.user(&session, entry).await?);
    }
    answer.extend(requests);
    if answer.is_empty() {
        return Err(Refusal::NoSuchUser.into());
    }
    Ok(Json(Value::Array(answer)))
}

impl BookOperate {
    async fn books_listed(
        &self,
        session: &Session,
        search: &Search,
    ) -> Result<Vec<my_condition_book::Model>, ApiError> {
        use my_condition_book::Column;
        let mut books = find::live_books();
        match (application::of(session), session.operator_type) {
            (Some(app), _) => books = books.filter(Column::AppCatalogCode.eq(app.0)),
            (None, OperatorType::Member) => {}
            (None, _) => return Err(Refusal::NoApplication.into()),
        }
        if let Some(users) = &search.users {
            books = books.filter(Column::UserId.is_in(users.iter().map(String::as_str)));
        }
        if let Some(start) = search.start {
            books = books.filter(Column::OpenStartAt.gte(TimeZone::UTC.wall_clock(start)));
        }
        if let Some(end) = search.end {
            books = books.filter(Column::OpenStartAt.lte(TimeZone::UTC.wall_clock(end)));
        }
        Ok(books.all(self.ground.store.read()).await?)
    }

    /// Asks the root what each user agreed to. Users whom the root does not know are left out.
    async fn with_settings(
        &self,
        session: &Session,
        books: Vec<my_condition_book::Model>,
    ) -> Result<Vec<Entry>, ApiError> {
        let Some(_) = books.first() else { return Ok(Vec::new()) };
        let names_actor = self.is_region_actor(session).await?;
        let mut entries: Vec<Entry> = Vec::new();
        let mut known: HashMap<(String, Option<i64>), usize> = HashMap::new();
        for book in books {
            let actor = names_actor.then_some(book.actor_catalog_code);
            let app = book.app_catalog_code.unwrap_or_default();
            let settings = self.books.store_settings(session, &book.user_id, app, actor).await;
            let stores = match settings {
                Ok(Value::Array(all)) if !all.is_empty() => all.iter().map(|one| Some(kinds(one))).collect(),
                Ok(_) => vec![None],
                Err(failure) => match failure.status() {
                    Some(StatusCode::BAD_REQUEST) => continue,
                    Some(StatusCode::NOT_FOUND) => vec![None],
                    _ => return Err(neighbours::standard(failure)),
                },
            };
            for store in stores {
                let key = (book.user_id.clone(), book.app_catalog_code);
                match known.get(&key) {
                    Some(at) => merge(&mut entries[*at], store),
                    None => {
                        known.insert(key, entries.len());
                        entries.push(Entry { book: book.clone(), store });
                    }
                }
            }
        }
        Ok(entries)
    }

    async fn is_region_actor(&self, session: &Session) -> Result<bool, ApiError> {
        let actor = session.actor.ok_or(Refusal::NotPermitted)?;
        let item = self.catalog.item(session, actor.value).await.map_err(neighbours::standard)?;
        Ok(item.head.ns.contains("region-root"))
    }

    /// Requests for a link that no user came of yet, from the notices of the block.
    async fn requests(&self, session: &Session, known: &[String]) -> Result<Vec<Value>, ApiError> {
        let notices = self.notices.all(session).await.map_err(neighbours::standard)?;
        let codes = notices.into_iter().filter_map(|notice| {
            Some(notice["attribute"].get("identifyCode")?.as_str()?.to_owned())
                .filter(|code| !known.contains(code))
        });
        Ok(codes.map(|code| json!({"status": 0, "identifyCode": code})).collect())
    }

    async fn user(&self, session: &Session, entry: Entry) -> Result<Value, ApiError> {
        let book = entry.book;
        let information = self.information(session, &book).await?;
        let code = |code: Option<i64>, version: Option<i64>| {
            code.map(|code| CodeVersion::new(code, version.unwrap_or_default()))
        };
        let [document, event, thing] = entry.store.unwrap_or_default();
        let mut user = Map::new();
        user.insert("status".to_owned(), json!(1));
        user.insert("app".to_owned(), json!(code(book.app_catalog_code, book.app_catalog_version)));
        user.insert("wf".to_owned(), json!(code(book.wf_catalog_code, book.wf_catalog_version)));
        user.insert("region".to_owned(), json!(code(book.region_catalog_code, book.region_catalog_version)));
        user.insert("userId".to_owned(), json!(book.user_id));
        let established = self.ground.zone.text(established(&book));
        user.insert("establishAt".to_owned(), json!(established));
        user.insert("attribute".to_owned(), attributes(&book));
        user.insert("store".to_owned(), json!({"document": document, "event": event, "thing": thing}));
        user.insert("userInformation".to_owned(), information);
        Ok(Value::Object(user))
    }

    /// What the provider knows of a user, or null.
    async fn information(
        &self,
        session: &Session,
        book: &my_condition_book::Model,
    ) -> Result<Value, ApiError> {
        let app = book.app_catalog_code.map(|app| ("appCode", app));
        let region = book.region_catalog_code.map(|region| ("regionCode", region));
        // Workflows are gone, what was known of their users is not.
        let wf = book.wf_catalog_code.map(|wf| ("wfCode", wf));
        let Some(of) = app.or(region).or(wf) else { return Ok(Value::Null) };
        match self.operators.user_info(session, &book.user_id, of).await {
            Ok(mut found) => {
                Ok(found.get_mut("userInfo").map(Value::take).filter(Value::is_object).unwrap_or_default())
            }
            Err(failure) if failure.status() == Some(StatusCode::NO_CONTENT) => Ok(Value::Null),
            Err(CallFailure::Unreadable { .. }) => Ok(Value::Null),
            Err(failure) => Err(neighbours::standard(failure)),
        }
    }
}

/// Nothing that this service wrote; existing databases may hold something.
fn attributes(book: &my_condition_book::Model) -> Value {
    let Some(text) = &book.attributes else { return json!({}) };
    serde_json::from_str(text).unwrap_or_else(|_| json!(text))
}

fn kinds(settings: &Value) -> [Option<Vec<Value>>; 3] {
    ["document", "event", "thing"].map(|kind| settings.get(kind).and_then(Value::as_array).cloned())
}

/// Adds what another definition permits.
fn merge(entry: &mut Entry, more: Option<[Option<Vec<Value>>; 3]>) {
    let Some(more) = more else { return };
    let kinds = entry.store.get_or_insert_default();
    for (kind, more) in kinds.iter_mut().zip(more) {
        match (kind.as_mut(), more) {
            (Some(kind), Some(more)) => kind.extend(more),
            (None, Some(more)) => *kind = Some(more),
            (_, None) => {}
        }
    }
}
