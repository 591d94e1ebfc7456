//! The book behind a user id (spec: book-manage 4.4.2).

use axum::{Json, extract::State};
use platform::{
    AnyOperator, ApiError, Call, Incoming, Input,
    fields::{short_text, strict_number},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::Query};
use serde::Serialize;
use serde_json::Value;
use vocabulary::CodeVersion;

use super::{Sight, flag, is_named};
use crate::{
    Books, body,
    neighbours::of_profiles,
    refusal::Refusal,
    store::{json_of, my_condition_book, user_id_cooperate},
    who::pxr_id,
};

#[derive(Debug)]
pub(super) struct User {
    user_id: String,
    actor: Option<i64>,
    app: Option<i64>,
    released_too: bool,
    closed_too: bool,
}

impl Input for User {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = body::object(incoming)?;
        let user_id = fields.required("userId", short_text);
        let actor = fields.optional("actor", strict_number);
        let app = fields.optional("app", strict_number);
        let user = fields.build(|| {
            Some(Self {
                user_id: user_id?,
                actor,
                app,
                released_too: flag(incoming, "includeDeleteCoop"),
                closed_too: flag(incoming, "disableFlg"),
            })
        })?;
        if is_named(fields.raw("wf")) { Err(Refusal::Workflow.into()) } else { Ok(user) }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Found {
    pxr_id: String,
    /// Whether the book was stopped by force: 1.
    status: i64,
    book_status: i16,
    attributes: Value,
    cooperation: Vec<Link>,
    user_information: Option<Value>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Link {
    actor: CodeVersion,
    app: Option<CodeVersion>,
    wf: Option<CodeVersion>,
    user_id: Option<String>,
    start_at: Option<String>,
    status: i16,
}

/// Finds the book that a user id belongs to. **Residents: their own; operators: any, with the profile where the resident
/// is linked with their own actor.**
pub(super) async fn search(
    State(service): State<Books>,
    call: Call<AnyOperator, User>,
) -> Result<Json<Found>, ApiError> {
    let session = &call.who.0;
    let sight = Sight::of(&service, session);
    let own = (sight == Sight::Oneself).then(|| pxr_id(session).ok_or(Refusal::NoPxrId)).transpose()?;
    let (book, links) = find(&service, &call.input, own).await?.ok_or(ApiError::NoContent)?;
    let user_information = if sight.shows_profile(&links) {
        let profiles = service.operators.profiles(session, std::slice::from_ref(&book.pxr_id)).await;
        let profiles = profiles.map_err(of_profiles)?;
        let own = |profile: &contract::operator::Profile| profile.pxr_id.as_ref() == Some(&book.pxr_id);
        profiles.into_iter().find(own).and_then(|profile| profile.user_info)
    } else {
        None
    };
    let link = |row: &user_id_cooperate::Model| Link {
        actor: row.actor(),
        app: row.app(),
        wf: None,
        user_id: row.user_id.clone(),
        start_at: service.time(row.start_at),
        status: row.status,
    };
    Ok(Json(Found {
        status: i64::from(book.force_deletion_flag),
        book_status: book.status,
        attributes: json_of(book.attributes.as_deref()),
        cooperation: links.iter().map(link).collect(),
        user_information,
        pxr_id: book.pxr_id,
    }))
}

/// The first book with such a link, and its links of that kind. `own`: only this resident's.
async fn find(
    service: &Books,
    user: &User,
    own: Option<&str>,
) -> Result<Option<(my_condition_book::Model, Vec<user_id_cooperate::Model>)>, ApiError> {
    let connection = service.ground.store.read();
    let mut books =
        Query::select().column(my_condition_book::Column::Id).from(my_condition_book::Entity).to_owned();
    if !user.closed_too {
        books.and_where(my_condition_book::Column::IsDisabled.eq(false));
    }
    if let Some(own) = own {
        books.and_where(my_condition_book::Column::PxrId.eq(own));
    }
    let mut links = user_id_cooperate::Entity::find()
        .filter(user_id_cooperate::Column::UserId.eq(&user.user_id))
        .filter(user_id_cooperate::Column::WfCatalogCode.is_null())
        .filter(user_id_cooperate::Column::BookId.in_subquery(books))
        .order_by_asc(user_id_cooperate::Column::BookId)
        .order_by_asc(user_id_cooperate::Column::Id);
    if !user.released_too {
        links = links.filter(user_id_cooperate::Column::IsDisabled.eq(false));
    }
    if let Some(actor) = user.actor {
        links = links.filter(user_id_cooperate::Column::ActorCatalogCode.eq(actor));
    }
    if let Some(app) = user.app {
        links = links.filter(user_id_cooperate::Column::AppCatalogCode.eq(app));
    }
    let mut links = links.all(connection).await?;
    let Some(first) = links.first().map(|link| link.book_id) else { return Ok(None) };
    links.retain(|link| link.book_id == first);
    let book = my_condition_book::Entity::find_by_id(first).one(connection).await?;
    Ok(book.map(|book| (book, links)))
}
