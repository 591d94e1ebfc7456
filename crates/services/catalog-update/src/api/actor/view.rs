//! Applications for certification as the API shows them.

use serde_json::{Value, json};

use super::REMOVAL;
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
    approval: Option<&actor_approval_manage::Model>,
) -> Value {
    if row.kind == REMOVAL {
        return removal_listed(service, row, approval);
    }
    json!({
        "id": row.id,
        "type": row.kind,
        "approvalActor": approval.map(approver),
        "actorCatalog": catalog(row),
        "expireAt": service.time(row.approval_expire_at),
        "isDraft": row.is_draft,
        "status": approval.map(|approval| approval.status),
        "authCode": approval.and_then(|approval| approval.auth_code.as_deref()),
        "applicantDate": service.time(row.applicant_date),
        "comment": approval.and_then(|approval| approval.comment.as_deref()),
        "approver": approval.and_then(|approval| approval.approver.as_deref()),
        "approvalAt": service.time(approval.and_then(|approval| approval.approval_at)),
        "attributes": attributes(row),
    })
}

fn removal_listed(
    service: &CatalogUpdate,
    row: &actor_manage::Model,
    approval: Option<&actor_approval_manage::Model>,
) -> Value {
    json!({
        "id": row.id,
        "type": row.kind,
        "caller": code(row.caller_actor_code, row.caller_actor_version),
        "migration": approval.map(|approval| migration(service, approval)),
        "approval": approval.map(|approval| last_word(service, approval)),
        "expireAt": service.time(row.approval_expire_at),
        "isDraft": row.is_draft,
        "status": approval.map(|approval| approval.status),
        "authCode": approval.and_then(|approval| approval.auth_code.as_deref()),
        "applicantDate": service.time(row.applicant_date),
        "attributes": null,
    })
}

/// What the actor that takes over says; null when none does.
fn migration(service: &CatalogUpdate, approval: &actor_approval_manage::Model) -> Value {
    if approval.migration_actor_code.is_none() {
        return Value::Null;
    }
    json!({
        "actor": code(approval.migration_actor_code, approval.migration_actor_version),
        "comment": approval.migration_comment,
        "approver": approval.migragtion_approver,
        "approvalAt": service.time(approval.migration_approval_at),
    })
}

/// What the approver says; null when nobody was named.
fn last_word(service: &CatalogUpdate, approval: &actor_approval_manage::Model) -> Value {
    if approval.approval_actor_code.is_none() {
        return Value::Null;
    }
    json!({
        "actor": approver(approval),
        "comment": approval.comment,
        "approver": approval.approver,
        "approvalAt": service.time(approval.approval_at),
    })
}

/// A new application for an actor's end, or a draft of one.
pub(super) fn removal_applied(
    service: &CatalogUpdate,
    row: &actor_manage::Model,
    approval: &actor_approval_manage::Model,
) -> Value {
    json!({
        "id": row.id,
        "actorCode": row.caller_actor_code,
        "migrationActorCode": approval.migration_actor_code,
        "approvalActorCode": approval.approval_actor_code,
        "isDraft": row.is_draft,
        "expireAt": service.time(row.approval_expire_at),
        "applicantDate": service.time(row.applicant_date),
    })
}

/// An actor's end that was decided, by whichever side.
pub(super) fn removal_decided(
    service: &CatalogUpdate,
    row: &actor_manage::Model,
    approval: &actor_approval_manage::Model,
) -> Value {
    let mut view = json!({
        "id": row.id,
        "type": row.kind,
        "status": approval.status,
        "approval": last_word(service, approval),
        "isDraft": row.is_draft,
        "applicantDate": service.time(row.applicant_date),
        "expireAt": service.time(row.approval_expire_at),
    });
    if approval.migration_actor_code.is_some() {
        view["migration"] = migration(service, approval);
    }
    view
}
