//! Books that wait for their deletion (spec: book-manage 4.1.8, 4.1.9).

use axum::{Json, extract::State};
use platform::{AnyOperator, ApiError, Author, Call, Fields, Incoming, Input, fields::number, update_rows};
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect, sea_query::Query};
use serde::Serialize;
use vocabulary::{OperatorType, Session, Span};

use crate::{
    Books,
    api::{Done, paging::Page},
    refusal::Refusal,
    store::{self, my_condition_book, user_id_cooperate},
};

/// A book's own number.
#[derive(Debug)]
pub(super) struct Id(i64);

impl Input for Id {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let parameters = incoming.parameters();
        let fields = Fields::of(&parameters);
        let id = fields.required("id", number);
        fields.build(|| id.map(Self))
    }
}

/// Reserves the deletion of a book. **Members of the root.**
pub(super) async fn reserve(
    State(service): State<Books>,
    call: Call<AnyOperator, Id>,
) -> Result<Json<Done>, ApiError> {
    let (session, Id(id)) = (&call.who.0, call.input);
    refuse_other_types(session)?;
    service.of_root(session)?;
    let author = Author::new(&service.ground, session);
    let reserved = update_rows!(
        service.ground.store.read(), author, my_condition_book,
        { BookCloseAvailable: true, BookCloseAvailableAt: author.now },
        my_condition_book::Column::Id.eq(id),
    )?;
    if reserved == 0 {
        return Err(Refusal::NoSuchBook.into());
    }
    tracing::info!(target: "audit", what = "deletion reserved", by = author.login_id, book = id);
    Ok(Json(Done::SUCCESS))
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Target {
    pxr_id: String,
}

/// The books whose deletion has been reserved long enough. **Members: those of the root all, others those of their own
/// users**: the batches of all blocks ask as themselves (spec: trust-layer 9 #1).
pub(super) async fn targets(
    State(service): State<Books>,
    call: Call<AnyOperator, Page>,
) -> Result<Json<Vec<Target>>, ApiError> {
    let session = &call.who.0;
    refuse_other_types(session)?;
    let actor = session.actor.ok_or(Refusal::NotAnActor)?;
    let is_root = service.actor_item(session, actor.value).await?.head.ns.ends_with("/actor/pxr-root");
    let of_actor = Query::select()
        .column(user_id_cooperate::Column::BookId)
        .from(user_id_cooperate::Entity)
        .and_where(user_id_cooperate::Column::ActorCatalogCode.eq(actor.value.0))
        .to_owned();
    let setting = service.global_setting(session).await?;
    let term = setting.get("book_deletion_pending_term").and_then(Span::read).ok_or(Refusal::NoSetting)?;
    let before = term.before(service.ground.clock.now()).ok_or(Refusal::NoSetting)?;
    let mut books = store::open_books();
    if !is_root {
        books = books.filter(my_condition_book::Column::Id.in_subquery(of_actor));
    }
    let books = books
        .filter(my_condition_book::Column::BookCloseAvailable.eq(true))
        .filter(my_condition_book::Column::BookCloseAvailableAt.lt(service.ground.store.column(before)))
        .offset(call.input.offset)
        .limit(call.input.limit)
        .all(service.ground.store.read())
        .await?;
    Ok(Json(books.into_iter().map(|book| Target { pxr_id: book.pxr_id }).collect()))
}

/// Whoever is no member gets a 400 here, as clients know it (spec: book-manage 6.3 rule 39).
fn refuse_other_types(session: &Session) -> Result<(), Refusal> {
    if session.operator_type == OperatorType::Member {
        Ok(())
    } else {
        Err(Refusal::Input("オペレータータイプが正しくありません"))
    }
}
