//! A resident's own links (spec: book-manage 4.6.7).

use std::collections::HashMap;

use axum::{Json, extract::State};
use platform::{ApiError, Call, Individual};
use sea_orm::{ColumnTrait, QueryFilter};
use serde::Serialize;
use vocabulary::{Code, CodeVersion, Session};

use crate::{
    Books,
    neighbours::of_item,
    refusal::Refusal,
    store::{self, user_id_cooperate},
    who::pxr_id,
};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Link {
    actor: CodeVersion,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<CodeVersion>,
    #[serde(skip_serializing_if = "Option::is_none")]
    app: Option<CodeVersion>,
    user_id: Option<String>,
    start_at: Option<String>,
    status: i16,
}

/// The caller's links, with the newest versions of whoever they are with. **Residents.**
pub(super) async fn list(
    State(service): State<Books>,
    call: Call<Individual>,
) -> Result<Json<Vec<Link>>, ApiError> {
    let session = &call.who.0;
    let connection = service.ground.store.read();
    let pxr_id = pxr_id(session).ok_or(Refusal::NoSuchBook)?;
    let book = store::book(connection, pxr_id).await?.ok_or(Refusal::NoSuchBook)?;
    let rows = store::links().filter(user_id_cooperate::Column::BookId.eq(book.id)).all(connection).await?;
    if rows.is_empty() {
        return Err(Refusal::NoSuchLink.into());
    }
    let mut newest = Newest { service: &service, session, known: HashMap::new() };
    let mut links = Vec::with_capacity(rows.len());
    for row in rows {
        links.push(Link {
            actor: newest.of(row.actor()).await?,
            region: newest.of_some(row.region()).await?,
            app: newest.of_some(row.app()).await?,
            start_at: service.time(row.start_at),
            status: row.status,
            user_id: row.user_id,
        });
    }
    Ok(Json(links))
}

/// Newest versions, each asked once.
struct Newest<'a> {
    service: &'a Books,
    session: &'a Session,
    known: HashMap<Code, CodeVersion>,
}

impl Newest<'_> {
    async fn of(&mut self, code: CodeVersion) -> Result<CodeVersion, ApiError> {
        if let Some(known) = self.known.get(&code.value) {
            return Ok(*known);
        }
        let item = self.service.catalog.item(self.session, code.value).await.map_err(of_item)?;
        let newest = CodeVersion { value: code.value, ver: item.head.code.ver };
        self.known.insert(code.value, newest);
        Ok(newest)
    }

    async fn of_some(&mut self, code: Option<CodeVersion>) -> Result<Option<CodeVersion>, ApiError> {
        match code {
            Some(code) => self.of(code).await.map(Some),
            None => Ok(None),
        }
    }
}
