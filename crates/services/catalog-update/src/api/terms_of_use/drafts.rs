//! Drafts of terms of use (spec: catalog-update 6.3, C13). The reference keeps them, but shows them to nobody.

use axum::{Json, extract::State};
use platform::{ApiError, Call, Member};
use serde_json::{Map, Value, json};
use vocabulary::Session;

use super::{Whose, record::drafts_of};
use crate::CatalogUpdate;

/// The drafts of terms of the whole platform, newest first. **Members of the root.**
pub(in crate::api) async fn of_platform(
    State(service): State<CatalogUpdate>,
    call: Call<Member>,
) -> Result<Json<Vec<Value>>, ApiError> {
    list(&service, &call.who.0, Whose::Platform).await
}

/// The drafts of the operator's actor of terms of its regions, newest first. **Members.**
pub(in crate::api) async fn of_region(
    State(service): State<CatalogUpdate>,
    call: Call<Member>,
) -> Result<Json<Vec<Value>>, ApiError> {
    list(&service, &call.who.0, Whose::Region).await
}

async fn list(
    service: &CatalogUpdate,
    session: &Session,
    whose: Whose,
) -> Result<Json<Vec<Value>>, ApiError> {
    let actor = whose.author(service, session)?;
    let drafts = drafts_of(service, whose, actor).await?;
    let shown = drafts.into_iter().map(|(id, at, template)| {
        let kept = template.and_then(|text| serde_json::from_str(&text).ok());
        let mut kept: Map<String, Value> = kept.unwrap_or_default();
        kept.insert("id".to_owned(), json!(id));
        kept.insert("applicationAt".to_owned(), json!(service.time(Some(at))));
        kept.insert("isDraft".to_owned(), json!(true));
        Value::Object(kept)
    });
    Ok(Json(shown.collect()))
}
