//! Books by their residents, their age and their links (spec: book-manage 4.4.1).

use std::collections::HashMap;

use axum::{Json, extract::State};
use platform::{
    AnyOperator, ApiError, Call, Fields, Incoming, Input,
    fields::{Complaint, array, boolean, instant, nested, short_text, strict_number},
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Query};
use serde::Serialize;
use serde_json::Value;
use vocabulary::{Instant, Session};

use super::{AT_MOST, Link, Sight, count, flag};
use crate::{
    Books, body,
    neighbours::of_profiles,
    refusal::Refusal,
    store::{json_of, my_condition_book, user_id_cooperate},
    who::pxr_id,
};

const TOO_MANY: &str = "10000件以下で指定してください";

#[derive(Debug)]
pub(super) struct Search {
    pxr_ids: Option<Vec<String>>,
    created_from: Option<Instant>,
    created_to: Option<Instant>,
    linked_from: Option<Instant>,
    actor: Option<i64>,
    page: Option<(u64, u64)>,
    released_too: bool,
    closed_too: bool,
}

impl Input for Search {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = body::object(incoming)?;
        let pxr_ids = fields.optional("pxrId", |ids| {
            let ids = array(short_text)(ids)?;
            match ids.len() {
                0 => Err(Complaint::from("空にはできません")),
                1..=AT_MOST => Ok(ids),
                _ => Err(TOO_MANY.into()),
            }
        });
        let created = fields.optional("createdAt", |value| nested(value, created)).unwrap_or_default();
        let linked_from = fields.optional("coopStartAt", instant);
        let actor = fields.optional("actor", strict_number);
        let offset = fields.optional("offset", count);
        let limit = fields.optional("limit", |value| match count(value)? {
            0 => Err("1以上を指定してください".into()),
            limit if limit > AT_MOST as u64 => Err(TOO_MANY.into()),
            limit => Ok(limit),
        });
        let released_too = fields.optional("includeDeleteCoop", boolean) == Some(true);
        fields.build(|| Some(()))?;
        let (created_from, created_to) = created;
        if created_from.zip(created_to).is_some_and(|(from, to)| to < from) {
            return Err(Refusal::Input("終了日時は開始日時以降を指定してください").into());
        }
        let page = match (offset, limit) {
            (Some(offset), Some(limit)) => Some((offset, limit)),
            (None, None) if pxr_ids.is_some() => None,
            (None, None) => return Err(Refusal::Input("PXR-IDまたは取得件数を指定してください").into()),
            _ => return Err(Refusal::Input("取得開始位置と取得件数は共に指定してください").into()),
        };
        let closed_too = flag(incoming, "disableFlg");
        Ok(Self { pxr_ids, created_from, created_to, linked_from, actor, page, released_too, closed_too })
    }
}

fn created(fields: &Fields<'_>) -> Result<(Option<Instant>, Option<Instant>), Complaint> {
    let from = fields.optional("start", instant);
    let to = fields.optional("end", instant);
    fields.inside(|| Some((from, to)))
}

/// A book that was found.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Found {
    pxr_id: String,
    /// Whether the book was stopped by force: 1.
    status: i64,
    attributes: Value,
    cooperation: Option<Vec<Link>>,
    user_information: Option<Value>,
}

type Rows = Vec<(my_condition_book::Model, Vec<user_id_cooperate::Model>)>;

/// Finds books with their links and the profiles of their residents. **Residents: their own; operators of the root: any;
/// others: a resident whom they know by PXR-ID, and lists of those linked with their own actor.**
pub(super) async fn search(
    State(service): State<Books>,
    call: Call<AnyOperator, Search>,
) -> Result<Json<Vec<Found>>, ApiError> {
    let (session, search) = (call.who.0, call.input);
    let sight = Sight::of(&service, &session);
    search.permitted(&session, sight)?;
    let rows = match search.linked_from {
        None => by_book(&service, &search).await?,
        Some(from) => by_link(&service, &search, from).await?,
    };
    if rows.is_empty() {
        return Err(ApiError::NoContent);
    }
    let mut profiles = profiles(&service, &session, sight, &rows).await?;
    let mut found = Vec::with_capacity(rows.len());
    for (book, links) in rows {
        let links: Vec<_> = links.iter().map(|row| Link::of(&service, row)).collect();
        found.push(Found {
            status: i64::from(book.force_deletion_flag),
            attributes: json_of(book.attributes.as_deref()),
            cooperation: Some(links).filter(|links| !links.is_empty()),
            user_information: profiles.get_mut(&book.pxr_id).and_then(|profile| profile.clone()),
            pxr_id: book.pxr_id,
        });
    }
    Ok(Json(found))
}

impl Search {
    fn permitted(&self, session: &Session, sight: Sight) -> Result<(), Refusal> {
        let ids = self.pxr_ids.as_deref();
        let permitted = match sight {
            Sight::Everybody => true,
            Sight::Oneself => {
                ids.is_some_and(|ids| ids.iter().all(|id| Some(id.as_str()) == pxr_id(session)))
            }
            Sight::Linked(own) => ids.is_some() || self.actor == Some(own),
        };
        if permitted { Ok(()) } else { Err(Refusal::NotPermitted) }
    }

    /// Which books count.
    fn of_books(&self, service: &Books) -> Condition {
        use my_condition_book::Column;
        let column = |instant: Instant| service.ground.store.column(instant);
        let mut condition = Condition::all();
        if !self.closed_too {
            condition = condition.add(Column::IsDisabled.eq(false));
        }
        if let Some(ids) = &self.pxr_ids {
            condition = condition.add(Column::PxrId.is_in(ids));
        }
        if let Some(from) = self.created_from {
            condition = condition.add(Column::CreatedAt.gte(column(from)));
        }
        if let Some(to) = self.created_to {
            condition = condition.add(Column::CreatedAt.lte(column(to)));
        }
        condition
    }

    /// Which of their links are shown.
    fn of_links(&self) -> Condition {
        use user_id_cooperate::Column;
        let mut condition = Condition::all().add(Column::WfCatalogCode.is_null());
        if !self.released_too {
            condition = condition.add(Column::IsDisabled.eq(false));
        }
        if let Some(actor) = self.actor {
            condition = condition.add(Column::ActorCatalogCode.eq(actor));
        }
        condition
    }
}

/// Pages of books, each with its links.
async fn by_book(service: &Books, search: &Search) -> Result<Rows, ApiError> {
    let mut query = my_condition_book::Entity::find()
        .filter(search.of_books(service))
        .order_by_asc(my_condition_book::Column::Id);
    if search.actor.is_some() {
        let linked = Query::select()
            .column(user_id_cooperate::Column::BookId)
            .from(user_id_cooperate::Entity)
            .cond_where(search.of_links())
            .to_owned();
        query = query.filter(my_condition_book::Column::Id.in_subquery(linked));
    }
    if let Some((offset, limit)) = search.page {
        query = query.offset(offset).limit(limit);
    }
    let connection = service.ground.store.read();
    let books = query.all(connection).await?;
    let links = user_id_cooperate::Entity::find()
        .filter(search.of_links())
        .filter(user_id_cooperate::Column::BookId.is_in(books.iter().map(|book| book.id)))
        .order_by_asc(user_id_cooperate::Column::Id)
        .all(connection)
        .await?;
    let mut of_book: HashMap<i64, Vec<_>> = HashMap::new();
    for link in links {
        of_book.entry(link.book_id).or_default().push(link);
    }
    let with_links = |book: my_condition_book::Model| {
        let links = of_book.remove(&book.id).unwrap_or_default();
        (book, links)
    };
    Ok(books.into_iter().map(with_links).collect())
}

/// Pages of links made since then: callers count links to find the next page. A book comes once for each run of its
/// links.
async fn by_link(service: &Books, search: &Search, from: Instant) -> Result<Rows, ApiError> {
    let connection = service.ground.store.read();
    let books_in_question = Query::select()
        .column(my_condition_book::Column::Id)
        .from(my_condition_book::Entity)
        .cond_where(search.of_books(service))
        .to_owned();
    let mut query = user_id_cooperate::Entity::find()
        .filter(search.of_links())
        .filter(user_id_cooperate::Column::StartAt.gte(service.ground.store.column(from)))
        .filter(user_id_cooperate::Column::BookId.in_subquery(books_in_question))
        .order_by_asc(user_id_cooperate::Column::StartAt)
        .order_by_asc(user_id_cooperate::Column::BookId)
        .order_by_asc(user_id_cooperate::Column::Id);
    if let Some((offset, limit)) = search.page {
        query = query.offset(offset).limit(limit);
    }
    let links = query.all(connection).await?;
    let books = my_condition_book::Entity::find()
        .filter(my_condition_book::Column::Id.is_in(links.iter().map(|link| link.book_id)))
        .all(connection)
        .await?;
    let books: HashMap<i64, _> = books.into_iter().map(|book| (book.id, book)).collect();
    let mut rows: Rows = Vec::new();
    for link in links {
        match rows.last_mut() {
            Some((book, links)) if book.id == link.book_id => links.push(link),
            _ => {
                if let Some(book) = books.get(&link.book_id) {
                    rows.push((book.clone(), vec![link]));
                }
            }
        }
    }
    Ok(rows)
}

/// The profiles that a caller may see.
async fn profiles(
    service: &Books,
    session: &Session,
    sight: Sight,
    rows: &Rows,
) -> Result<HashMap<String, Option<Value>>, ApiError> {
    let visible = rows.iter().filter(|(_, links)| sight.shows_profile(links));
    let ids: Vec<String> = visible.map(|(book, _)| book.pxr_id.clone()).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let profiles = service.operators.profiles(session, &ids).await.map_err(of_profiles)?;
    Ok(profiles.into_iter().filter_map(|profile| Some((profile.pxr_id?, profile.user_info))).collect())
}
