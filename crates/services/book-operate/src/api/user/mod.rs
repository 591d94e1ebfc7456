//! Users of the block.

pub(super) mod batch;
pub(super) mod create;
pub(super) mod delete;
pub(super) mod list;

use contract::{
    book_manage::LinkedUser,
    notification::{Category, Destination, From, NewNotice},
};
use platform::{
    ApiError, Incoming, Input,
    fields::{Complaint, text},
};
use serde_json::Value;
use vocabulary::{Code, Session};

use super::input;
use crate::{BookOperate, neighbours, refusal::Refusal};

/// A link belongs to a region or to an application.
fn check_link(user: &LinkedUser) -> Result<(), Refusal> {
    if user.wf.is_some() {
        return Err(Refusal::Workflow);
    }
    match (user.region, user.app) {
        (Some(_), None) | (None, Some(_)) => Ok(()),
        _ => Err(Refusal::Input("領域またはアプリケーションのいずれか一方が必要です")),
    }
}

/// The code by which a resident and a provider found each other.
#[derive(Debug)]
pub(super) struct IdentifyCode(String);

impl Input for IdentifyCode {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let fields = input::object(incoming)?;
        let code = fields.required("identifyCode", identify_code);
        fields.build(|| code.map(Self))
    }
}

fn identify_code(value: &Value) -> Result<String, Complaint> {
    let code = text(value)?;
    if code.chars().count() > 255 {
        Err("255文字以内で指定してください".into())
    } else {
        Ok(code)
    }
}

/// A notice to the operators of the caller's kind in its block.
struct UserNotice {
    category: i64,
    title: &'static str,
    content: String,
    attribute: Option<Value>,
    from: From,
}

impl BookOperate {
    async fn tell_operators(&self, session: &Session, notice: UserNotice) -> Result<(), ApiError> {
        let block = session.block.ok_or(Refusal::NotPermitted)?;
        let notice = NewNotice {
            kind: 0,
            title: notice.title.to_owned(),
            content: notice.content,
            attribute: notice.attribute,
            category: Category { code: notice.category, version: Some(1) },
            from: Some(notice.from),
            destination: Destination {
                block_code: block.value,
                operator_type: session.operator_type,
                is_send_all: true,
                operator_id: Some(None),
                user_id: Some(None),
                pxr_id: None,
            },
            approval: None,
        };
        self.notices.send(session, &notice).await.map(drop).map_err(neighbours::standard)
    }
}

fn from(app: Option<Code>) -> From {
    From { application_code: app, workflow_code: None }
}
