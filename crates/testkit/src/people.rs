//! Sessions of the people tests are about.

use serde_json::{Value, json};
use vocabulary::Session;

/// A member of the test block with every right.
#[must_use]
pub fn member() -> Session {
    member_with(json!({
        "member": {"add": true, "update": true, "delete": true},
        "actor": {"application": true, "approval": true},
        "book": {"create": true},
        "catalog": {"create": true, "update": true},
        "setting": {"update": true},
        "join": {"application": true, "approval": true},
        "app-wf-user": {"create": true},
    }))
}

/// A member of the test block with these rights.
#[must_use]
pub fn member_with(auth: Value) -> Session {
    session(
        &json!({"sessionId": "s3", "operatorId": 1, "type": 3, "loginId": "member01", "name": "m", "auth": auth,
           "passwordChangedFlg": true, "attributes": {}}),
    )
}

/// An application of the test block.
#[must_use]
pub fn application() -> Session {
    session(&json!({"sessionId": "s2", "operatorId": 2, "type": 2, "loginId": "app01", "name": "a",
           "passwordChangedFlg": true, "attributes": {}, "roles": [{"_value": 1_000_500, "_ver": 1}]}))
}

/// A resident.
#[must_use]
pub fn individual() -> Session {
    session(&json!({"sessionId": "s0", "operatorId": 3, "type": 0, "loginId": "resident01", "pxrId": "pxr-1",
           "passwordChangedFlg": true, "attributes": {"smsAuth": false}}))
}

/// Another resident.
#[must_use]
pub fn resident(pxr_id: &str) -> Session {
    session(&json!({"sessionId": "s0", "operatorId": 4, "type": 0, "loginId": pxr_id, "pxrId": pxr_id,
           "passwordChangedFlg": true, "attributes": {"smsAuth": false}}))
}

/// The same operator in the service of another actor, with a block of its own.
#[must_use]
pub fn of_actor(session: &Session, actor: i64) -> Session {
    let mut operator = Value::Object(session.object().clone());
    operator["block"] = json!({"_value": actor + 1_000_000, "_ver": 1});
    operator["actor"] = json!({"_value": actor, "_ver": 1});
    Session::from_json(operator).expect("a well-formed session")
}

fn session(operator: &Value) -> Session {
    let mut operator = operator.clone();
    operator["block"] = json!({"_value": crate::bench::BLOCK, "_ver": 1});
    operator["actor"] = json!({"_value": crate::bench::ACTOR, "_ver": 1});
    Session::from_json(operator).expect("a well-formed session")
}
