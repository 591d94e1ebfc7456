//! What a code stands for (spec: book-manage 4.4.3).

use axum::{Json, extract::State};
use platform::{AnyOperator, ApiError, Call, Incoming, Input, fields::uuid};
use sea_orm::{EntityTrait, prelude::Uuid};
use serde::Serialize;

use super::{Bare, Opened, holder};
use crate::{
    Books, audit, body,
    refusal::Refusal,
    store::{my_condition_book, share_codes},
};

#[derive(Debug)]
pub(super) struct Given(Uuid);

impl Input for Given {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = body::object(incoming)?;
        let code = fields.required("tempShareCode", |value| {
            uuid(value).and_then(|text| Uuid::parse_str(&text).map_err(|_| "UUIDではありません".into()))
        });
        fields.build(|| code.map(Self))
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Meaning {
    id: i64,
    status: i16,
    pxr_id: String,
    actor: Bare,
    app: Bare,
    #[serde(flatten)]
    opened: Opened,
}

/// Says whose data a code opens, and which. **Any operator who knows the code.**
pub(super) async fn collate(
    State(service): State<Books>,
    call: Call<AnyOperator, Given>,
) -> Result<Json<Meaning>, ApiError> {
    let connection = service.ground.store.read();
    let code = share_codes::by_code(connection, call.input.0).await?.ok_or(Refusal::NoShareCode)?;
    if service.ground.store.instant(code.code.expire_at) < service.ground.clock.now() {
        return Err(Refusal::NoShareCode.into());
    }
    let (actor, app) = holder(&code)?;
    let book = my_condition_book::Entity::find_by_id(code.operation.book_id).one(connection).await?;
    let book = book.filter(|book| !book.is_disabled).ok_or(Refusal::NoShareCode)?;
    audit::decided("used a share code", &call.who.0, &book.pxr_id, app.value.0);
    Ok(Json(Meaning {
        id: code.operation.id,
        status: book.status,
        pxr_id: book.pxr_id,
        actor,
        app,
        opened: Opened::by(&code.kinds, code.data),
    }))
}
