//! An application about a region's operation as the API shows it.

use serde_json::{Value, json};

use crate::{
    CatalogUpdate,
    store::{region_status_approval_manage, region_status_manage},
};

fn code(value: Option<i64>, version: Option<i64>) -> Value {
    json!({"_value": value, "_ver": version})
}

/// A new application; texts that nobody gave yet are left out.
pub(super) fn applied(
    service: &CatalogUpdate,
    row: &region_status_manage::Model,
    approval: &region_status_approval_manage::Model,
) -> Value {
    let mut view = json!({
        "id": row.id,
        "type": row.kind,
        "approvalActor": code(row.approval_actor_code, row.approval_actor_version),
        "applicantActor": code(row.applicant_actor_code, row.applicant_actor_version),
        "regionCode": code(row.region_code, row.region_version),
        "endDate": service.time(row.end_date),
        "expireAt": service.time(row.approval_expire_at),
        "status": approval.status,
        "approvalAt": service.time(approval.approval_at),
    });
    if row.request_comment.is_some() {
        view["requestComment"] = json!(row.request_comment);
    }
    view
}

/// An element of the list. `approvar` is how clients spell it.
pub(super) fn listed(
    service: &CatalogUpdate,
    row: &region_status_manage::Model,
    approval: Option<&region_status_approval_manage::Model>,
) -> Value {
    json!({
        "id": row.id,
        "type": row.kind,
        "approvalActor": code(row.approval_actor_code, row.approval_actor_version),
        "applicantActor": code(row.applicant_actor_code, row.applicant_actor_version),
        "regionCode": code(row.region_code, row.region_version),
        "requestComment": row.request_comment,
        "endDate": service.time(row.end_date),
        "expireAt": service.time(row.approval_expire_at),
        "status": approval.map_or(0, |approval| approval.status),
        "comment": approval.and_then(|approval| approval.comment.as_deref()),
        "approvar": approval.and_then(|approval| approval.approver.as_deref()),
        "approvalAt": service.time(approval.and_then(|approval| approval.approval_at)),
    })
}
