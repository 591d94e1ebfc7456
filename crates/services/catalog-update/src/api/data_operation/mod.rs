//! What application providers store and share (spec: catalog-update 4.5).

mod consent;
mod define;
mod list;

pub(super) use define::define;
pub(super) use list::list;

use serde_json::{Map, Value, json};

use crate::{CatalogUpdate, store::data_operation_manage};

/// What is kept of a definition, with what the row says about it.
fn view(service: &CatalogUpdate, row: &data_operation_manage::Model, mut kept: Map<String, Value>) -> Value {
    kept.insert("id".to_owned(), json!(row.id));
    kept.insert("applicationActorCode".to_owned(), json!(row.application_actor_code));
    kept.insert("applicationBlockCode".to_owned(), json!(row.application_block_code));
    kept.insert("applicationAt".to_owned(), json!(service.time(row.application_at)));
    kept.insert("isDraft".to_owned(), json!(row.is_draft));
    Value::Object(kept)
}
