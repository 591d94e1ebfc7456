//! Removing a user (spec: book-operate 4.2).

use axum::{Json, extract::State};
use platform::{ApiError, Author, Call, Member, update_rows};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};
use serde_json::{Map, Value, json};

use super::{super::input::Physically, IdentifyCode, UserNotice, from};
use crate::{BookOperate, neighbours, store::my_condition_book};

/// Ends the link of a user and closes his book here. **Managing members.**
///
/// The release at the root uses the code up; it is made only when everything that can be checked is. When the rest
/// fails, the batches that remove users do it again with a new code.
pub(in crate::api) async fn delete(
    State(service): State<BookOperate>,
    call: Call<Member, (IdentifyCode, Physically)>,
) -> Result<Json<Value>, ApiError> {
    use my_condition_book::{Column, Entity};
    let (Member(session), (IdentifyCode(code), Physically(physically))) = (call.who, call.input);
    service.actor_kind(&session).await?;
    let user = service.books.release(&session, &code).await.map_err(neighbours::standard)?;
    let app = user.app.map(|app| app.value);
    let notice = UserNotice {
        category: 158,
        title: "利用者削除完了",
        content: format!("利用者ID{}の連携解除および利用者削除が完了しました", user.user_id),
        attribute: None,
        from: from(app),
    };
    service.tell_operators(&session, notice).await?;

    let author = Author::new(&service.ground, &session);
    let mut books = Condition::all()
        .add(Column::UserId.eq(user.user_id.as_str()))
        .add(Column::ActorCatalogCode.eq(user.actor.value.0));
    if let Some(region) = user.region {
        books = books.add(Column::RegionCatalogCode.eq(region.value.0));
    }
    if let Some(app) = app {
        books = books.add(Column::AppCatalogCode.eq(app.0));
    }
    let tx = service.ground.store.write().await?;
    if physically {
        Entity::delete_many().filter(books).exec(&tx).await?;
    } else {
        update_rows!(&tx, author, my_condition_book, { IsDisabled: true }, books)?;
    }
    tx.commit().await?;
    tracing::info!(target: "audit", operator = session.login_id, user = user.user_id, physically, "a user was removed");

    let mut answer = Map::new();
    answer.insert("userId".to_owned(), json!(user.user_id));
    answer.insert("actor".to_owned(), json!(user.actor));
    for (name, code) in [("region", user.region), ("app", user.app), ("wf", user.wf)] {
        if let Some(code) = code {
            answer.insert(name.to_owned(), json!(code));
        }
    }
    Ok(Json(Value::Object(answer)))
}
