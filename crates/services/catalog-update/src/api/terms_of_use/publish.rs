//! Publishing new terms of use (spec: catalog-update 4.7).

use axum::{Json, extract::State};
use platform::{ApiError, Call, Member};
use serde_json::Value;
use vocabulary::{CodeVersion, Session};

use super::{Whose, record::Record, terms::Terms};
use crate::{CatalogUpdate, attempt::Attempt, items::unreadable, refusal::Refusal, store::applying};

/// An update-set entry that adds an item.
const ADDITION: i64 = 1;

/// Publishes the terms of the operator's own regions, or keeps a draft. **Members of a region's actor.**
pub(in crate::api) async fn publish_for_region(
    State(service): State<CatalogUpdate>,
    call: Call<Member, Terms>,
) -> Result<Json<Value>, ApiError> {
    publish(&service, &call.who.0, Whose::Region, call.input).await
}

/// Publishes the terms of the whole platform, or keeps a draft. **Members of the root.**
pub(in crate::api) async fn publish_for_platform(
    State(service): State<CatalogUpdate>,
    call: Call<Member, Terms>,
) -> Result<Json<Value>, ApiError> {
    publish(&service, &call.who.0, Whose::Platform, call.input).await
}

async fn publish(
    service: &CatalogUpdate,
    session: &Session,
    whose: Whose,
    terms: Terms,
) -> Result<Json<Value>, ApiError> {
    let actor = whose.author(service, session)?;
    let kept = terms.kept();
    let text = kept.to_string();
    if terms.is_draft {
        let last = terms.catalog.last();
        let (code, version) = (last.and_then(|entry| entry.code), last.and_then(|entry| entry.version));
        whose.check_author(service, session, actor).await?;
        let draft = Record { whose, actor, code, version, kept: &text };
        let id = draft.keep(service, session, terms.draft).await?;
        return Ok(Json(terms.answer(id, None)));
    }
    let ext_name = service.catalog.ext_name(session).await.map_err(|failure| unreadable(&failure))?;
    let ns = whose.ns(&ext_name, actor);
    match terms.catalog.as_slice() {
        [only] if only.kind == Some(ADDITION) && only.ns.as_deref() == Some(&ns) => {}
        _ => return Err(Refusal::Input("利用規約を一つだけ、そのネームスペースに追加できます").into()),
    }
    whose.check_author(service, session, actor).await?;
    let what = format!("terms of use {whose:?}");
    let attempt = Attempt::begin(service, session, &what, &kept).await?;
    let set = attempt.apply(service, session).await?;
    let made = &set["catalog"][0]["template"]["catalogItem"]["_code"];
    let code = CodeVersion::read(made);
    let (code, version) = (code.map(|code| code.value.0), code.map(|code| code.ver.0));
    let record = Record { whose, actor, code, version, kept: &text };
    let tx = applying(&service.ground.store).await?;
    attempt.end(&tx).await?;
    let id = record.settle(&tx, service, session, terms.draft).await?;
    tx.commit().await?;
    Ok(Json(terms.answer(id, Some(made))))
}
