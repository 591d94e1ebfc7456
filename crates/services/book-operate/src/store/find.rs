//! Finding the book, events, things and documents of a user (spec: book-operate 4.0).

use platform::ApiError;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};
use vocabulary::Code;

use super::{document, event, my_condition_book, thing};
use crate::refusal::Refusal;

/// How many ids one query carries; databases limit their number.
const IDS_AT_ONCE: usize = 10_000;

/// By what an item is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    Identifier(String),
    /// The id of the application that sent it; several items may have the same.
    SourceId(String),
}

/// The one book of a user of an application.
pub(crate) async fn book(
    connection: &impl ConnectionTrait,
    user_id: &str,
    app: Code,
) -> Result<Option<my_condition_book::Model>, ApiError> {
    let mut books = books_of(user_id, app).limit(2).all(connection).await?;
    match books.len() {
        0 | 1 => Ok(books.pop()),
        _ => Err(Refusal::AmbiguousBook.into()),
    }
}

/// The live books of a user of an application.
pub(crate) fn books_of(user_id: &str, app: Code) -> Select<my_condition_book::Entity> {
    use my_condition_book::Column;
    live_books().filter(Column::UserId.eq(user_id)).filter(Column::AppCatalogCode.eq(app.0))
}

pub(crate) fn live_books() -> Select<my_condition_book::Entity> {
    use my_condition_book::{Column, Entity};
    Entity::find().filter(Column::IsDisabled.eq(false)).order_by_asc(Column::Id)
}

/// The ids of all books of a user.
pub(crate) async fn book_ids(connection: &impl ConnectionTrait, user_id: &str) -> Result<Vec<i64>, DbErr> {
    use my_condition_book::Column;
    let books = live_books().filter(Column::UserId.eq(user_id)).select_only().column(Column::Id);
    books.into_tuple().all(connection).await
}

/// The events of a user that an application stored under a name.
pub(crate) async fn events(
    tx: &impl ConnectionTrait,
    user_id: &str,
    app: Code,
    named: &Named,
) -> Result<Vec<event::Model>, DbErr> {
    use event::{Column, Entity};
    let books = book_ids(tx, user_id).await?;
    let events = Entity::find()
        .filter(Column::MyConditionBookId.is_in(books))
        .filter(Column::AppCatalogCode.eq(app.0))
        .filter(Column::IsDisabled.eq(false));
    let events = match named {
        Named::Identifier(identifier) => events.filter(Column::EventIdentifier.eq(identifier.as_str())),
        Named::SourceId(id) => events.filter(Column::SourceId.eq(id.as_str())),
    };
    events.order_by_asc(Column::Id).lock_exclusive().all(tx).await
}

/// The live things of some events, in order.
pub(crate) async fn things_of(
    connection: &impl ConnectionTrait,
    events: impl IntoIterator<Item = i64>,
) -> Result<Vec<thing::Model>, DbErr> {
    use thing::{Column, Entity};
    let events: Vec<i64> = events.into_iter().collect();
    let mut things = Vec::new();
    for part in events.chunks(IDS_AT_ONCE) {
        let found = Entity::find()
            .filter(Column::EventId.is_in(part.iter().copied()))
            .filter(Column::IsDisabled.eq(false))
            .order_by_asc(Column::Id);
        things.extend(found.all(connection).await?);
    }
    Ok(things)
}

/// The things of an event under a name. The event is locked.
pub(crate) async fn things(
    tx: &impl ConnectionTrait,
    user_id: &str,
    app: Code,
    event_identifier: &str,
    named: &Named,
) -> Result<Vec<thing::Model>, DbErr> {
    use thing::{Column, Entity};
    let events = events(tx, user_id, app, &Named::Identifier(event_identifier.to_owned())).await?;
    let things = Entity::find()
        .filter(Column::EventId.is_in(events.into_iter().map(|event| event.id)))
        .filter(Column::IsDisabled.eq(false));
    let things = match named {
        Named::Identifier(identifier) => things.filter(Column::ThingIdentifier.eq(identifier.as_str())),
        Named::SourceId(id) => things.filter(Column::SourceId.eq(id.as_str())),
    };
    things.order_by_asc(Column::Id).all(tx).await
}

/// The documents of a user that an application stored under a name.
pub(crate) async fn documents(
    tx: &impl ConnectionTrait,
    user_id: &str,
    app: Code,
    named: &Named,
) -> Result<Vec<document::Model>, DbErr> {
    use document::{Column, Entity};
    let books = book_ids(tx, user_id).await?;
    let documents = Entity::find()
        .filter(Column::MyConditionBookId.is_in(books))
        .filter(Column::AppCatalogCode.eq(app.0))
        .filter(Column::IsDisabled.eq(false));
    let documents = match named {
        Named::Identifier(identifier) => documents.filter(Column::DocIdentifier.eq(identifier.as_str())),
        Named::SourceId(id) => documents.filter(Column::SourceId.eq(id.as_str())),
    };
    documents.order_by_asc(Column::Id).lock_exclusive().all(tx).await
}
