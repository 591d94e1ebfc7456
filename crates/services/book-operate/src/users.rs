//! Users of a block: somebody's book here, and the login-prohibited operator that stands for him.

use contract::{CallFailure, book_manage::LinkedUser, operator::NewUser};
use http::StatusCode;
use platform::{ApiError, Author, Transaction, new_row};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, Select};
use vocabulary::{Instant, Session, TimeZone};

use crate::{
    BookOperate,
    store::{find, my_condition_book, user_lock},
};

/// When a book was opened: its column is in UTC in every database.
pub(crate) fn established(book: &my_condition_book::Model) -> Instant {
    let column = book.open_start_at;
    TimeZone::UTC.instant(chrono::Timelike::with_nanosecond(&column, 0).unwrap_or(column))
}

/// The books of a user.
fn books_of(user: &LinkedUser, counts_closed: bool) -> Select<my_condition_book::Entity> {
    use my_condition_book::{Column, Entity};
    let books = if counts_closed { Entity::find() } else { find::live_books() };
    let books = books.filter(Column::UserId.eq(user.user_id.as_str()));
    match (user.app, user.region) {
        (Some(app), _) => books.filter(Column::AppCatalogCode.eq(app.value.0)),
        (None, Some(region)) => books.filter(Column::RegionCatalogCode.eq(region.value.0)),
        (None, None) => books,
    }
}

impl BookOperate {
    /// The book of a user that is open here.
    pub(crate) async fn open_book_of(
        &self,
        user: &LinkedUser,
    ) -> Result<Option<my_condition_book::Model>, ApiError> {
        Ok(books_of(user, false).one(self.ground.store.read()).await?)
    }

    /// Creates the operator of a user, unless an earlier attempt that broke off did.
    pub(crate) async fn create_operator(
        &self,
        session: &Session,
        user: &LinkedUser,
    ) -> Result<(), CallFailure> {
        let (region, app) = (user.region.map(|code| code.value), user.app.map(|code| code.value));
        let operator = NewUser::new(&user.user_id, region, app);
        let Err(failure) = self.operators.create_user(session, &operator).await else { return Ok(()) };
        let exists = failure.status() == Some(StatusCode::BAD_REQUEST)
            && self.operators.has_user(session, &user.user_id, region, app).await.unwrap_or(false);
        if exists { Ok(()) } else { Err(failure) }
    }

    /// Opens the book of a linked user, unless there is one. Two at once come one after the other.
    pub(crate) async fn open_book(
        &self,
        tx: &Transaction,
        author: &Author,
        user: &LinkedUser,
        started: Instant,
        identify_code: Option<&str>,
        counts_closed: bool,
    ) -> Result<Option<my_condition_book::Model>, ApiError> {
        let lock = user_lock::ActiveModel { id: Set(user.user_id.clone()), locked_at: Set(author.now) };
        user_lock::Entity::insert(lock).exec_without_returning(tx).await?;
        let exists = books_of(user, counts_closed).one(tx).await?.is_some();
        let opened = if exists {
            None
        } else {
            let started = TimeZone::UTC.wall_clock(started);
            let row = new_row!(
                author,
                my_condition_book {
                    user_id: user.user_id.clone(),
                    actor_catalog_code: user.actor.value.0,
                    actor_catalog_version: user.actor.ver.0,
                    region_catalog_code: user.region.map(|region| region.value.0),
                    region_catalog_version: user.region.map(|region| region.ver.0),
                    app_catalog_code: user.app.map(|app| app.value.0),
                    app_catalog_version: user.app.map(|app| app.ver.0),
                    open_start_at: chrono::Timelike::with_nanosecond(&started, 0).unwrap_or(started),
                    identify_code: identify_code.map(str::to_owned),
                }
            );
            Some(row.insert(tx).await?)
        };
        user_lock::Entity::delete_by_id(user.user_id.clone()).exec(tx).await?;
        Ok(opened)
    }
}
