//! The users of an actor or of one of its applications (spec: book-manage 4.4.3).

use std::collections::HashMap;

use axum::{Json, extract::State};
use platform::{AnyOperator, ApiError, Call, Incoming, Input, fields::strict_number};
use sea_orm::{ColumnTrait, QueryFilter};
use serde::Serialize;
use serde_json::Value;

use super::{Sight, is_named};
use crate::{
    Books, body,
    refusal::Refusal,
    store::{self, my_condition_book, user_id_cooperate},
};

#[derive(Debug)]
pub(super) struct Of {
    actor: i64,
    app: Option<i64>,
}

impl Input for Of {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = body::object(incoming)?;
        let actor = fields.required("actor", strict_number);
        let app = fields.optional("app", strict_number);
        let of = fields.build(|| Some(Self { actor: actor?, app }))?;
        if is_named(fields.raw("wf")) { Err(Refusal::Workflow.into()) } else { Ok(of) }
    }
}

#[derive(Debug, Serialize)]
pub(super) struct Users {
    actor: i64,
    app: Option<i64>,
    wf: Value,
    users: Vec<User>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct User {
    user_id: Option<String>,
    pxr_id: String,
}

/// Lists the users of an actor. **Operators of the actor or of the root.**
pub(super) async fn search(
    State(service): State<Books>,
    call: Call<AnyOperator, Of>,
) -> Result<Json<Users>, ApiError> {
    let Of { actor, app } = call.input;
    if ![Sight::Everybody, Sight::Linked(actor)].contains(&Sight::of(&service, &call.who.0)) {
        return Err(Refusal::NotPermitted.into());
    }
    let connection = service.ground.store.read();
    let mut links = store::links().filter(user_id_cooperate::Column::ActorCatalogCode.eq(actor));
    if let Some(app) = app {
        links = links.filter(user_id_cooperate::Column::AppCatalogCode.eq(app));
    }
    let mut links = links.all(connection).await?;
    links.sort_by_key(|link| (link.book_id, link.id));
    let books = store::open_books()
        .filter(my_condition_book::Column::Id.is_in(links.iter().map(|link| link.book_id)))
        .all(connection)
        .await?;
    let books: HashMap<i64, String> = books.into_iter().map(|book| (book.id, book.pxr_id)).collect();
    let users = links
        .into_iter()
        .filter_map(|link| Some(User { pxr_id: books.get(&link.book_id)?.clone(), user_id: link.user_id }));
    Ok(Json(Users { actor, app, wf: Value::Null, users: users.collect() }))
}
