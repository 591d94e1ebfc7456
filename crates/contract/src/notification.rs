//! Notices and approval requests (spec: notification 4.2).

use http::StatusCode;
use platform::{Neighbourhood, Outgoing};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vocabulary::{Code, CodeVersion, OperatorType, ServiceName, Session};

use crate::{
    CallFailure,
    tolerant::{code, integer},
};

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
    /// Which application sends it, where the sender says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<From>,
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

/// The application that sends a notice; null for the services themselves.
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct From {
    pub application_code: Option<Code>,
    /// Workflows are no longer supported.
    pub workflow_code: Option<Code>,
}

/// All operators of a type in a block, or some of them. Who is meant may be null or left out, as each sender does.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Destination {
    pub block_code: Code,
    pub operator_type: OperatorType,
    pub is_send_all: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator_id: Option<Option<Vec<i64>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<Option<Vec<String>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pxr_id: Option<Vec<String>>,
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
            pxr_id: None,
        }
    }

    /// The same with an explicit null for what is not said.
    #[must_use]
    pub fn spelled_out(self) -> Self {
        let (operator_id, user_id) = (self.operator_id.or(Some(None)), self.user_id.or(Some(None)));
        Self { operator_id, user_id, ..self }
    }

    /// One resident, who logs in at that block.
    #[must_use]
    pub fn resident(block: Code, pxr_id: &str) -> Self {
        Self {
            block_code: block,
            operator_type: OperatorType::Individual,
            is_send_all: false,
            operator_id: None,
            user_id: None,
            pxr_id: Some(vec![pxr_id.to_owned()]),
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

/// A notice as its recipient sees it (spec: notification 4.1); only what callers read.
#[derive(Clone, Debug, Deserialize)]
pub struct Notice {
    #[serde(deserialize_with = "integer")]
    pub id: i64,
    #[serde(default)]
    pub attribute: Value,
    #[serde(deserialize_with = "code")]
    pub category: CodeVersion,
}

/// A client of the block's own notification service.
#[derive(Clone, Debug)]
pub struct NotificationClient {
    ground: Neighbourhood,
}

impl NotificationClient {
    #[must_use]
    pub fn new(ground: impl Into<Neighbourhood>) -> Self {
        Self { ground: ground.into() }
    }

    /// Sends a notice about which nothing remains to be known.
    pub async fn tell(&self, session: &Session, notice: &NewNotice) -> Result<(), CallFailure> {
        let request = Outgoing::post("/notification").session(session).json(notice);
        CallFailure::accepted(SERVICE, &self.ground.channel.send(ServiceName::Notification, request).await?)
    }

    pub async fn send(&self, session: &Session, notice: &NewNotice) -> Result<SentNotice, CallFailure> {
        let request = Outgoing::post("/notification").session(session).json(notice);
        CallFailure::read(SERVICE, &self.ground.channel.send(ServiceName::Notification, request).await?)
    }

    /// The caller's notices (not its approval requests) that it has not read yet, newest first.
    pub async fn unread(&self, session: &Session) -> Result<Vec<Notice>, CallFailure> {
        let path = "/notification?is_send=false&is_unread=true&is_approval=false&type=0&num=0";
        let request = Outgoing::get(path).session(session);
        CallFailure::read_all(SERVICE, &self.ground.channel.send(ServiceName::Notification, request).await?)
    }

    /// All of the caller's notices (not its approval requests), newest first, as they are.
    pub async fn all(&self, session: &Session) -> Result<Vec<Value>, CallFailure> {
        let path = "/notification?is_send=false&is_unread=false&is_approval=false&type=0&num=0";
        let request = Outgoing::get(path).session(session);
        CallFailure::read_all(SERVICE, &self.ground.channel.send(ServiceName::Notification, request).await?)
    }

    /// Marks a notice as read by the caller; one that was read before stays so.
    pub async fn mark_read(&self, session: &Session, id: i64) -> Result<(), CallFailure> {
        let request = Outgoing::put("/notification").session(session).json(&json!({"id": id}));
        let answer = self.ground.channel.send(ServiceName::Notification, request).await?;
        if answer.status == StatusCode::NO_CONTENT { Ok(()) } else { CallFailure::accepted(SERVICE, &answer) }
    }
}
