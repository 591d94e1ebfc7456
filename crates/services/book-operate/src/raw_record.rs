//! What deletes answer: the rows as they were, with the names of their columns (spec: book-operate 4.5 to 4.7).

use platform::ApiError;
use serde_json::{Value, json};

use crate::{
    BookOperate,
    image::iso,
    store::{document, event, thing},
};

/// A row: what is its own, and the end that all kinds of rows share.
macro_rules! record {
    ($row:ident, $time:ident, $template:expr, { $($own:tt)* }) => {
        json!({
            $($own)*
            "wfCatalogCode": $row.wf_catalog_code.unwrap_or_default(),
            "wfCatalogVersion": $row.wf_catalog_version.unwrap_or_default(),
            "wfRoleCode": $row.wf_role_code.unwrap_or_default(),
            "wfRoleVersion": $row.wf_role_version.unwrap_or_default(),
            "wfStaffIdentifier": $row.wf_staff_identifier,
            "appCatalogCode": $row.app_catalog_code,
            "appCatalogVersion": $row.app_catalog_version,
            "template": $template,
            "attributes": $row.attributes,
            "isDisabled": $row.is_disabled,
            "createdBy": $row.created_by,
            "createdAt": $time($row.created_at),
            "updatedBy": $row.updated_by,
            "updatedAt": $time($row.updated_at),
        })
    };
}

/// An event; times are in UTC and the template is its text.
pub(crate) fn of_event(service: &BookOperate, row: &event::Model) -> Value {
    let time = |column| iso(service.ground.store.instant(column));
    record!(row, time, row.template, {
        "id": row.id,
        "myConditionBookId": row.my_condition_book_id,
        "sourceId": row.source_id,
        "eventIdentifier": row.event_identifier,
        "eventCatalogCode": row.event_catalog_code,
        "eventCatalogVersion": row.event_catalog_version,
        "eventStartAt": row.event_start_at.map(time),
        "eventEndAt": row.event_end_at.map(time),
        "eventOutbreakPosition": row.event_outbreak_position,
        "eventActorCode": row.event_actor_code,
        "eventActorVersion": row.event_actor_version,
    })
}

/// A document; times are in UTC and the template is its text.
pub(crate) fn of_document(service: &BookOperate, row: &document::Model) -> Value {
    let time = |column| iso(service.ground.store.instant(column));
    record!(row, time, row.template, {
        "id": row.id,
        "myConditionBookId": row.my_condition_book_id,
        "sourceId": row.source_id,
        "docIdentifier": row.doc_identifier,
        "docCatalogCode": row.doc_catalog_code,
        "docCatalogVersion": row.doc_catalog_version,
        "docCreateAt": row.doc_create_at.map(time),
        "docActorCode": row.doc_actor_code,
        "docActorVersion": row.doc_actor_version,
    })
}

/// A thing; times are in the block's zone without milliseconds, and the template is the object itself.
pub(crate) fn of_thing(service: &BookOperate, row: &thing::Model) -> Result<Value, ApiError> {
    let time = |column| service.whole_second(column);
    let template = row.template.as_deref().map(serde_json::from_str::<Value>).transpose();
    let template = template.map_err(ApiError::unexpected)?;
    Ok(record!(row, time, template, {
        "id": row.id,
        "eventId": row.event_id,
        "sourceId": row.source_id,
        "thingIdentifier": row.thing_identifier,
        "thingCatalogCode": row.thing_catalog_code,
        "thingCatalogVersion": row.thing_catalog_version,
        "thingActorCode": row.thing_actor_code,
        "thingActorVersion": row.thing_actor_version,
    }))
}
