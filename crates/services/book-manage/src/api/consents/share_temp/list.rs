//! The codes that a resident has given out (spec: book-manage 4.4.1).

use axum::{Json, extract::State};
use platform::{AnyOperator, ApiError, Call, Fields, Incoming, Input};
use serde::Serialize;

use super::{Bare, Opened, holder};
use crate::{
    Books,
    api::consents::input::boolean_parameter,
    share_code::expiry,
    store::{self, share_codes},
};

/// Whether expired codes are wanted, too.
#[derive(Debug)]
pub(super) struct Expired(bool);

impl Input for Expired {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let parameters = incoming.parameters();
        let fields = Fields::of(&parameters);
        let expired = fields.optional("expiration", |value| match value.as_str() {
            Some("true" | "false" | "") => boolean_parameter(value),
            _ => Err("真偽値ではありません".into()),
        });
        fields.build(|| Some(Self(expired.unwrap_or(false))))
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Shown {
    id: i64,
    temp_share_code: String,
    actor: Bare,
    app: Bare,
    expire_at: String,
    #[serde(flatten)]
    opened: Opened,
}

/// Lists the caller's codes. **Whoever has a book.**
pub(super) async fn list(
    State(service): State<Books>,
    call: Call<AnyOperator, Expired>,
) -> Result<Json<Vec<Shown>>, ApiError> {
    let connection = service.ground.store.read();
    let book = store::own_book(connection, &call.who.0).await?;
    let now = service.ground.clock.now();
    let mut shown = Vec::new();
    for code in share_codes::of_book(connection, book.id).await? {
        let expire_at = service.ground.store.instant(code.code.expire_at);
        if expire_at < now && !call.input.0 {
            continue;
        }
        let (actor, app) = holder(&code)?;
        shown.push(Shown {
            id: code.operation.id,
            temp_share_code: code.code.id.to_string(),
            actor,
            app,
            expire_at: expiry(service.ground.zone, expire_at),
            opened: Opened::by(&code.kinds, code.data),
        });
    }
    Ok(Json(shown))
}
