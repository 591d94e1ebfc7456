//! Notices and approval requests (spec: notification 4.2).

use platform::{Ground, Outgoing};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use vocabulary::{Code, OperatorType, ServiceName, Session};

use crate::CallFailure;

const SERVICE: &str = "notification";

/// A notice to be sent.
#[derive(Clone, Debug, Serialize)]
pub struct NewNotice {
    #[serde(rename = "type")]
    pub kind: i64,
    pub title: String,
    pub content: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribute: Option<Value>,
    pub category: Category,
    pub destination: Destination,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval: Option<Approval>,
}

#[derive(Clone, Copy, Debug, Serialize)]
pub struct Category {
    #[serde(rename = "_value")]
    pub code: i64,
    /// The newest, where none is named.
    #[serde(rename = "_ver", skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
}

/// All operators of a type in a block, or some of them.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Destination {
    pub block_code: Code,
    pub operator_type: OperatorType,
    pub is_send_all: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator_id: Option<Vec<i64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<Vec<String>>,
}

impl Destination {
    /// All managing members of a block.
    #[must_use]
    pub const fn members_of(block: Code) -> Self {
        Self {
            block_code: block,
            operator_type: OperatorType::Member,
            is_send_all: true,
            operator_id: None,
            user_id: None,
        }
    }
}

/// Where a decision is posted.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Approval {
    pub notice_block_code: Code,
    pub notice_url: String,
}

/// What the service answers; only what callers read.
#[derive(Clone, Debug, Deserialize)]
pub struct SentNotice {
    pub approval: Option<SentApproval>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SentApproval {
    /// Until when a decision is possible.
    pub expiration_at: String,
}

/// A client of the block's own notification service.
#[derive(Clone, Debug)]
pub struct NotificationClient {
    ground: Ground,
}

impl NotificationClient {
    #[must_use]
    pub const fn new(ground: Ground) -> Self {
        Self { ground }
    }

    pub async fn send(&self, session: &Session, notice: &NewNotice) -> Result<SentNotice, CallFailure> {
        let request = Outgoing::post("/notification").session(session).json(notice);
        CallFailure::read(SERVICE, &self.ground.channel.send(ServiceName::Notification, request).await?)
    }
}
