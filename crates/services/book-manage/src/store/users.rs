//! By which user ids applications know the owners of books (`user_id_cooperate`), as consents ask for it.

use platform::ApiError;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, sea_query::Query,
};
use vocabulary::Code;

use super::{my_condition_book, open_books, user_id_cooperate};

/// The status of a link that both sides confirmed.
pub(crate) const LINKED: i16 = 1;

/// The open book of a user of an actor, or of one application of it.
pub(crate) async fn book_of(
    connection: &impl ConnectionTrait,
    user_id: &str,
    actor: Code,
    app: Option<Code>,
) -> Result<Option<my_condition_book::Model>, ApiError> {
    let mut links = Query::select();
    links
        .column(user_id_cooperate::Column::BookId)
        .from(user_id_cooperate::Entity)
        .and_where(user_id_cooperate::Column::UserId.eq(user_id))
        .and_where(user_id_cooperate::Column::ActorCatalogCode.eq(actor.0))
        .and_where(user_id_cooperate::Column::WfCatalogCode.is_null())
        .and_where(user_id_cooperate::Column::IsDisabled.eq(false));
    if let Some(app) = app {
        links.and_where(user_id_cooperate::Column::AppCatalogCode.eq(app.0));
    }
    let books = open_books().filter(my_condition_book::Column::Id.in_subquery(links));
    Ok(books.one(connection).await?)
}

/// The links of a book to applications, whatever their status, by user id.
pub(crate) async fn links(
    connection: &impl ConnectionTrait,
    book: i64,
    actor: Option<Code>,
    app: Option<Code>,
) -> Result<Vec<user_id_cooperate::Model>, ApiError> {
    let mut query = user_id_cooperate::Entity::find()
        .filter(user_id_cooperate::Column::BookId.eq(book))
        .filter(user_id_cooperate::Column::AppCatalogCode.is_not_null())
        .filter(user_id_cooperate::Column::WfCatalogCode.is_null())
        .filter(user_id_cooperate::Column::IsDisabled.eq(false));
    if let Some(actor) = actor {
        query = query.filter(user_id_cooperate::Column::ActorCatalogCode.eq(actor.0));
    }
    if let Some(app) = app {
        query = query.filter(user_id_cooperate::Column::AppCatalogCode.eq(app.0));
    }
    let ordered =
        query.order_by_asc(user_id_cooperate::Column::UserId).order_by_asc(user_id_cooperate::Column::Id);
    Ok(ordered.all(connection).await?)
}

/// Whether a resident and an application have confirmed their link.
pub(crate) async fn is_linked(
    connection: &impl ConnectionTrait,
    book: i64,
    actor: Code,
    app: Code,
) -> Result<bool, ApiError> {
    let confirmed = user_id_cooperate::Entity::find()
        .filter(user_id_cooperate::Column::BookId.eq(book))
        .filter(user_id_cooperate::Column::ActorCatalogCode.eq(actor.0))
        .filter(user_id_cooperate::Column::AppCatalogCode.eq(app.0))
        .filter(user_id_cooperate::Column::WfCatalogCode.is_null())
        .filter(user_id_cooperate::Column::Status.eq(LINKED))
        .filter(user_id_cooperate::Column::IsDisabled.eq(false));
    Ok(confirmed.count(connection).await? > 0)
}

/// The links by which an application knows somebody under a user id.
pub(crate) async fn links_of_user(
    connection: &impl ConnectionTrait,
    user_id: &str,
    actor: Code,
    app: Code,
) -> Result<Vec<user_id_cooperate::Model>, ApiError> {
    let links = user_id_cooperate::Entity::find()
        .filter(user_id_cooperate::Column::UserId.eq(user_id))
        .filter(user_id_cooperate::Column::ActorCatalogCode.eq(actor.0))
        .filter(user_id_cooperate::Column::AppCatalogCode.eq(app.0))
        .filter(user_id_cooperate::Column::WfCatalogCode.is_null())
        .filter(user_id_cooperate::Column::IsDisabled.eq(false));
    Ok(links.all(connection).await?)
}
