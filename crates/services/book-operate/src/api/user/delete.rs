//! Removing a user (spec: book-operate 4.2).

use axum::{Json, extract::State};
use contract::book_manage::LinkedUser;
use http::StatusCode;
use platform::{ApiError, Author, Call, Member, update_rows};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};
use serde_json::{Map, Value, json};
use vocabulary::Session;

use super::{super::input::Physically, IdentifyCode, UserNotice, from};
use crate::{BookOperate, neighbours, refusal::Refusal, store::my_condition_book};

/// Closes the book of a user here and ends his link. **Managing members.**
///
/// The link at the root ends last: as long as it is there, whoever removes users finds it again, and a repetition
/// completes what broke off. A link that has ended already leaves nothing to do but here.
pub(in crate::api) async fn delete(
    State(service): State<BookOperate>,
    call: Call<Member, (IdentifyCode, Physically)>,
) -> Result<Json<Value>, ApiError> {
    let (Member(session), (IdentifyCode(code), Physically(physically))) = (call.who, call.input);
    service.actor_kind(&session).await?;
    let traced = service.traced(&session, &code).await.map_err(neighbours::standard)?;
    let traced = traced.ok_or(Refusal::NoSuchUser)?;
    let is_linked = traced.is_to_be_released()?;
    let user = traced.user;
    service.remove(&session, &user, physically).await?;
    if is_linked {
        service.tell_of_removal(&session, &user).await?;
        service.release(&session, &code).await?;
    }

    let mut answer = Map::new();
    answer.insert("userId".to_owned(), json!(user.user_id));
    answer.insert("actor".to_owned(), json!(user.actor));
    for (name, code) in [("region", user.region), ("app", user.app)] {
        if let Some(code) = code {
            answer.insert(name.to_owned(), json!(code));
        }
    }
    Ok(Json(Value::Object(answer)))
}

impl BookOperate {
    /// Removes the books of a user, or marks them.
    async fn remove(&self, session: &Session, user: &LinkedUser, physically: bool) -> Result<(), ApiError> {
        use my_condition_book::{Column, Entity};
        let author = Author::new(&self.ground, session);
        let mut books = Condition::all()
            .add(Column::UserId.eq(user.user_id.as_str()))
            .add(Column::ActorCatalogCode.eq(user.actor.value.0));
        if let Some(region) = user.region {
            books = books.add(Column::RegionCatalogCode.eq(region.value.0));
        }
        if let Some(app) = user.app {
            books = books.add(Column::AppCatalogCode.eq(app.value.0));
        }
        let tx = self.ground.store.write().await?;
        let removed = if physically {
            Entity::delete_many().filter(books).exec(&tx).await?.rows_affected
        } else {
            let books = books.add(Column::IsDisabled.eq(false));
            update_rows!(&tx, author, my_condition_book, { IsDisabled: true }, books)?
        };
        tx.commit().await?;
        if removed > 0 {
            tracing::info!(target: "audit", operator = session.login_id, user = user.user_id, physically, "a user was removed");
        }
        Ok(())
    }

    async fn tell_of_removal(&self, session: &Session, user: &LinkedUser) -> Result<(), ApiError> {
        let notice = UserNotice {
            category: 158,
            title: "利用者削除完了",
            content: format!("利用者ID{}の連携解除および利用者削除が完了しました", user.user_id),
            attribute: None,
            from: from(user.app.map(|app| app.value)),
        };
        self.tell_operators(session, notice).await
    }

    /// Ends the link; of two at once, the second finds it ended.
    async fn release(&self, session: &Session, code: &str) -> Result<(), ApiError> {
        match self.books.release(session, code).await {
            Err(failure) if failure.status() == Some(StatusCode::NOT_FOUND) => Ok(()),
            released => released.map(drop).map_err(neighbours::standard),
        }
    }
}
