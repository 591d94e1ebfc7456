//! Applications for certification as the API shows them.

use serde_json::{Value, json};

use crate::{
    CatalogUpdate,
    certification::Progress,
    store::{actor_approval_manage, actor_manage},
};

pub(super) fn code(value: Option<i64>, version: Option<i64>) -> Value {
    value.map(|value| json!({"_value": value, "_ver": version})).unwrap_or_default()
}

/// The document as it was posted.
pub(super) fn catalog(row: &actor_manage::Model) -> Value {
    row.template.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

fn approver(approval: &actor_approval_manage::Model) -> Value {
    code(approval.approval_actor_code, approval.approval_actor_version)
}

/// Actor and certificate, once both are there.
pub(super) fn attributes(row: &actor_manage::Model) -> Value {
    Progress::of(row).finished().unwrap_or_default()
}

pub(super) fn draft(row: &actor_manage::Model, approval: &actor_approval_manage::Model) -> Value {
    json!({
        "id": row.id,
        "type": row.kind,
        "approvalActor": approver(approval),
        "actorCatalog": catalog(row),
        "isDraft": true,
        "expireAt": null,
        "applicantDate": null,
    })
}

pub(super) fn applied(
    service: &CatalogUpdate,
    row: &actor_manage::Model,
    approval: &actor_approval_manage::Model,
) -> Value {
    json!({
        "id": row.id,
        "type": row.kind,
        "approvalActor": approver(approval),
        "actorCatalog": catalog(row),
        "expireAt": service.time(row.approval_expire_at),
        "isDraft": row.is_draft,
        "status": approval.status,
        "authCode": approval.auth_code,
        "applicantDate": service.time(row.applicant_date),
    })
}

/// The root's own certification.
pub(super) fn root(
    service: &CatalogUpdate,
    row: &actor_manage::Model,
    approval: &actor_approval_manage::Model,
) -> Value {
    json!({
        "id": row.id,
        "callerBlock": code(Some(row.caller_block_code), Some(row.caller_block_version)),
        "callerActor": code(row.caller_actor_code, row.caller_actor_version),
        "status": approval.status,
        "comment": approval.comment,
        "approver": approval.approver,
        "approvalAt": service.time(approval.approval_at),
        "attributes": attributes(row),
    })
}

/// A certification that was decided: `comment` is there when one was sent.
pub(super) fn decided(
    service: &CatalogUpdate,
    row: &actor_manage::Model,
    approval: &actor_approval_manage::Model,
) -> Value {
    let mut view = applied(service, row, approval);
    if approval.comment.is_some() {
        view["comment"] = json!(approval.comment);
    }
    view["approver"] = json!(approval.approver);
    view["approvalAt"] = json!(service.time(approval.approval_at));
    view["attributes"] = attributes(row);
    view
}

/// An element of the list.
pub(super) fn listed(
    service: &CatalogUpdate,
    row: &actor_manage::Model,
    approval: &actor_approval_manage::Model,
) -> Value {
    let mut view = decided(service, row, approval);
    view["comment"] = json!(approval.comment);
    view
}
