//! Marking a notice as read (spec: notification 4.4).

use axum::{Json, extract::State};
use platform::{AnyOperator, ApiError, Author, Call, Incoming, Input, fields::number, new_row};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect};
use serde_json::{Value, json};

use crate::{
    Notifications,
    refusal::Refusal,
    store::{self, notification, readflag_management},
};

#[derive(Debug)]
pub(super) struct Id(i64);

impl Input for Id {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        if incoming.is_empty() {
            return Err(Refusal::Empty.into());
        }
        let fields = incoming.fields();
        let id = fields.required("id", number);
        fields.build(|| id.map(Self))
    }
}

/// Marks a notice as read. **The operators it is addressed to.**
pub(super) async fn mark_read(
    State(service): State<Notifications>,
    call: Call<AnyOperator, Id>,
) -> Result<Json<Value>, ApiError> {
    let session = &call.who.0;
    let tx = service.ground.store.write().await?;
    // Two at once read it once.
    notification::Entity::find_by_id(call.input.0).lock_exclusive().one(&tx).await?;
    let notice = store::by_id(&tx, call.input.0).await?.filter(|notice| !notice.destinations.is_empty());
    let notice = notice.ok_or(Refusal::NoSuchNotice)?;
    if !notice.is_for(session) {
        return Err(Refusal::NotAddressed.into());
    }
    let read = readflag_management::Entity::find()
        .filter(readflag_management::Column::NotificationId.eq(notice.row.id))
        .filter(readflag_management::Column::OperatorId.eq(session.operator_id))
        .filter(readflag_management::Column::IsDisabled.eq(false))
        .count(&tx)
        .await?;
    if read > 0 {
        return Err(ApiError::NoContent);
    }
    let author = Author::new(&service.ground, session);
    let row = new_row!(
        author,
        readflag_management {
            notification_id: Some(notice.row.id),
            operator_id: session.operator_id,
            user_id: session.login_id.clone(),
            read_at: author.now,
        }
    );
    row.insert(&tx).await?;
    tx.commit().await?;
    Ok(Json(json!({"message": "通知を既読にしました"})))
}
