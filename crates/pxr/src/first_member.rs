//! The very first manager of a block: created by command only, never over the network.

use platform::Outgoing;
use serde_json::{Value, json};
use vocabulary::{BlockKind, ServiceName};

use crate::assembly::Block;

/// Why the first member was not created.
#[derive(Debug, thiserror::Error)]
pub enum FirstMemberError {
    #[error(transparent)]
    Unreachable(#[from] platform::Unreachable),
    #[error("the block has members already; they create further ones")]
    AlreadyThere,
    #[error("the operator service refused: {0}")]
    Refused(String),
}

/// The rights that the guides give the first member of a block of this kind (spec: scenario 1.3).
#[must_use]
pub fn rights(kind: BlockKind) -> Value {
    let member = json!({"add": true, "update": true, "delete": true});
    match kind {
        BlockKind::Root => json!({
            "member": member,
            "actor": {"application": true, "approval": true},
            "book": {"create": true},
            "catalog": {"create": true},
            "setting": {"update": true},
        }),
        BlockKind::RegionRoot => json!({
            "member": member,
            "actor": {"application": true, "approval": true},
            "app-wf-user": {"create": true},
            "catalog": {"create": true},
            "join": {"application": true, "approval": true},
            "alliance": {"application": true, "approval": true},
            "setting": {"update": true},
        }),
        BlockKind::App => json!({
            "member": member,
            "catalog": {"create": true},
            "actor": {"application": true},
            "app-wf-user": {"create": true},
            "join": {"application": true, "approval": true},
        }),
    }
}

/// Creates the first member with the rights of its kind of block. `hpassword` is the client-side hash.
pub async fn create(
    block: &Block,
    login_id: &str,
    hpassword: &str,
    name: &str,
) -> Result<(), FirstMemberError> {
    let body = json!({
        "type": 3, "loginId": login_id, "hpassword": hpassword, "name": name,
        "auth": rights(block.config.block.kind), "attributes": {},
    });
    let answer = block.channel.send(ServiceName::Operator, Outgoing::post("/operator").json(&body)).await?;
    match answer.status {
        http::StatusCode::OK => Ok(()),
        // Whoever has no session may create the first member only.
        http::StatusCode::UNAUTHORIZED => Err(FirstMemberError::AlreadyThere),
        _ => Err(FirstMemberError::Refused(String::from_utf8_lossy(&answer.body).into_owned())),
    }
}
