//! Sending notices, to this block or on to another one (spec: notification 4.2, 4.3).

use axum::{Json, extract::State};
use contract::proxy::{self, Sender, ToBlock};
use http::{HeaderValue, StatusCode};
use platform::{
    AnyOperator, ApiError, Author, Call, Incoming, Input, Origin, Outgoing,
    fields::{any_text, array, boolean, code, nested, number, one_of, short_text, strict_number, text},
};
use serde_json::Value;
use vocabulary::{Code, OperatorType, Session};

use super::keep::Keeping;
use crate::{Notifications, refusal::Refusal, transfer};

/// Whom a notice is for.
#[derive(Clone, Debug)]
pub(crate) enum Recipients {
    All,
    Operators(Vec<i64>),
    Users(Vec<String>),
    PxrIds(Vec<String>),
}

#[derive(Debug)]
pub(super) struct NewNotice {
    pub(super) kind: i64,
    pub(super) title: String,
    pub(super) content: String,
    pub(super) attribute: Option<Value>,
    pub(super) application: Option<i64>,
    pub(super) category: Code,
    pub(super) category_version: Option<i64>,
    pub(super) block: Code,
    pub(super) operator_type: OperatorType,
    pub(super) recipients: Recipients,
    /// Where a decision is posted; only for approval requests.
    pub(super) approval: Option<(Code, String)>,
    raw: Value,
}

struct Destination {
    block: Code,
    operator_type: i64,
    is_send_all: bool,
    operators: Vec<i64>,
    users: Vec<String>,
    pxr_ids: Vec<String>,
}

impl Input for NewNotice {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        if incoming.is_empty() {
            return Err(Refusal::Empty.into());
        }
        if incoming.body().is_array() {
            return Err(Refusal::Array.into());
        }
        let fields = incoming.fields();
        let kind = fields.required("type", strict_number);
        let title = fields.required("title", |value| {
            let title = any_text(value)?;
            if title.chars().count() > 255 {
                Err("255文字以内で指定してください".into())
            } else {
                Ok(title)
            }
        });
        let content = fields.required("content", any_text);
        let attribute = fields.optional("attribute", |value| match value {
            Value::Object(_) => Ok(value.clone()),
            Value::Array(all) if all.iter().all(Value::is_object) => Ok(value.clone()),
            _ => Err("オブジェクトではありません".into()),
        });
        let application = fields.optional("from", |value| {
            nested(value, |fields| {
                let application = fields.optional("applicationCode", strict_number);
                fields.optional("workflowCode", strict_number);
                fields.inside(|| Some(application))
            })
        });
        let category = fields.required("category", |value| {
            nested(value, |fields| {
                let code = fields.required("_value", code);
                let version = fields.optional("_ver", number);
                fields.inside(|| Some((code?, version)))
            })
        });
        let destination = fields.required("destination", destination);
        let approval = (kind == Some(1)).then(|| fields.required("approval", approval)).flatten();
        let raw = incoming.body().clone();
        let (new, destination) = fields.build(|| {
            let (category, category_version) = category?;
            let destination = destination?;
            let new = Self {
                kind: kind?,
                title: title?,
                content: content?,
                attribute,
                application: application.flatten(),
                category,
                category_version,
                block: destination.block,
                operator_type: OperatorType::Member,
                recipients: Recipients::All,
                approval,
                raw,
            };
            Some((new, destination))
        })?;
        Ok(new.addressed(destination)?)
    }
}

fn destination(value: &Value) -> Result<Destination, platform::fields::Complaint> {
    nested(value, |fields| {
        let block = fields.required("blockCode", code);
        let operator_type = fields.required("operatorType", number);
        let is_send_all = fields.required("isSendAll", boolean);
        let operators = fields.optional("operatorId", array(number));
        let users = fields.optional("userId", array(short_text));
        let pxr_ids = fields.optional("pxrId", array(any_text));
        fields.inside(|| {
            Some(Destination {
                block: block?,
                operator_type: operator_type?,
                is_send_all: is_send_all?,
                operators: operators.unwrap_or_default(),
                users: users.unwrap_or_default(),
                pxr_ids: pxr_ids.unwrap_or_default(),
            })
        })
    })
}

fn approval(value: &Value) -> Result<(Code, String), platform::fields::Complaint> {
    nested(value, |fields| {
        let block = fields.required("noticeBlockCode", code);
        let plain = |url: &str| {
            let fits = |sign: char| sign.is_ascii_alphanumeric() || "%$/&=?-".contains(sign);
            !url.starts_with("http://") && !url.starts_with("https://") && url.chars().all(fits)
        };
        let url = fields.required("noticeUrl", |value| {
            let url = text(value)?;
            one_of(|_| Ok(plain(&url)), |fits| fits)(value).map(|_| url.clone())
        });
        fields.inside(|| Some((block?, url?)))
    })
}

impl NewNotice {
    /// Rules between fields, in the order of the spec.
    fn addressed(mut self, to: Destination) -> Result<Self, Refusal> {
        let refuse = |message| Err(Refusal::Input(message));
        let Ok(operator_type) = OperatorType::try_from(to.operator_type) else {
            return refuse("オペレータータイプが正しくありません");
        };
        if !matches!(self.kind, 0 | 1) {
            return refuse("通知タイプが正しくありません");
        }
        if operator_type != OperatorType::Individual && !to.pxr_ids.is_empty() {
            return refuse("PXR-IDは個人宛ての通知にのみ指定できます");
        }
        let lists = [!to.users.is_empty(), !to.operators.is_empty(), !to.pxr_ids.is_empty()];
        let given = lists.into_iter().filter(|given| *given).count();
        if !to.is_send_all && given == 0 {
            return refuse("送信先が指定されていません");
        }
        if given > 1 {
            return refuse("送信先は一種類のみ指定できます");
        }
        self.operator_type = operator_type;
        self.recipients = if to.is_send_all {
            Recipients::All
        } else if !to.users.is_empty() {
            Recipients::Users(to.users)
        } else if to.operators.is_empty() {
            Recipients::PxrIds(to.pxr_ids)
        } else {
            Recipients::Operators(to.operators)
        };
        Ok(self)
    }

    /// What is asked for may be decided only where the decision can do no harm.
    fn check_callback(&self, service: &Notifications, session: &Session) -> Result<(), Refusal> {
        let Some((block, path)) = &self.approval else { return Ok(()) };
        service.may_call_back(path)?;
        service.may_hear(*block, session.block.map(|block| block.value))
    }
}

/// Sends a notice; one for another block is handed to that block's service. **Any operator.**
pub(super) async fn add(
    State(service): State<Notifications>,
    call: Call<AnyOperator, NewNotice>,
) -> Result<Json<Value>, ApiError> {
    let (session, new) = (call.who.0, call.input);
    new.check_callback(&service, &session)?;
    let version = service.check_catalog(&session, new.block, new.category, new.category_version).await?;
    let from = session.block.map(|block| block.value).ok_or(Refusal::OtherBlock)?;
    // What this block's operators read is here, even when an operator of another block sends it.
    if new.block == service.ground.block.code.value {
        return Keeping { service: &service, session: &session, new: &new, version }.here(None).await;
    }
    // The other block first: a notice that is only noted here would never be seen by anybody.
    let sender = Sender { block: Some(from), path: Some("/notification") };
    let author = Author::new(&service.ground, &session);
    let key = service.hand_over(&session, &new.raw, &author).await?;
    let mut request = Outgoing::post("/notification/transfer").session(&session).json(&new.raw);
    request.headers.insert(transfer::HEADER, HeaderValue::try_from(&key).map_err(ApiError::unexpected)?);
    let answer = proxy::call(&service.ground, sender, ToBlock::Block(new.block), request).await;
    let answer = answer.map_err(|error| {
        tracing::warn!(%error, "a notice cannot be transferred");
        Refusal::TransferFailed
    })?;
    if answer.status != StatusCode::OK {
        tracing::warn!(status = %answer.status, "a notice was refused by its block");
        return Err(Refusal::there(&answer, Refusal::TransferFailed).into());
    }
    Keeping { service: &service, session: &session, new: &new, version }.there(&key).await
}

/// Takes a notice that another block hands over. **Operators of that block, through the proxies.**
pub(super) async fn transfer(
    State(service): State<Notifications>,
    call: Call<AnyOperator, NewNotice>,
) -> Result<Json<Value>, ApiError> {
    let (session, new) = (call.who.0, call.input);
    // A notice for another block has no business here.
    if call.incoming.origin == Origin::Public || new.block != service.ground.block.code.value {
        return Err(Refusal::OtherBlock.into());
    }
    new.check_callback(&service, &session)?;
    let version = service.check_catalog(&session, new.block, new.category, new.category_version).await?;
    let key = transfer::key(&call.incoming);
    Keeping { service: &service, session: &session, new: &new, version }.here(key).await
}
