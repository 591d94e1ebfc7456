//! Sending notices, to this block or on to another one (spec: notification 4.2, 4.3).

use axum::{Json, extract::State};
use chrono::TimeDelta;
use contract::proxy::{self, Sender, ToBlock};
use http::StatusCode;
use platform::{
    AnyOperator, ApiError, Author, Call, Incoming, Input, Origin, Outgoing,
    fields::{any_text, array, boolean, code, nested, number, one_of, strict_number, text},
    insert_rows, new_row,
};
use sea_orm::ActiveModelTrait;
use serde_json::{Map, Value, json};
use vocabulary::{Code, CodeVersion, OperatorType, Session};

use crate::{
    Notifications,
    refusal::Refusal,
    resolve::Recipient,
    store::{approval_managed, notification, notification_destination},
};

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
    kind: i64,
    title: String,
    content: String,
    attribute: Option<Value>,
    application: Option<i64>,
    category: Code,
    category_version: Option<i64>,
    block: Code,
    operator_type: OperatorType,
    recipients: Recipients,
    /// Where a decision is posted; only for approval requests.
    approval: Option<(Code, String)>,
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
        let users = fields.optional("userId", array(any_text));
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
        service.may_hear(*block, session)
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
        return store(&service, &session, &new, version).await;
    }
    // The other block first: a notice that is only noted here would never be seen by anybody.
    let sender = Sender { block: Some(from), path: Some("/notification") };
    let request = Outgoing::post("/notification/transfer").session(&session).json(&new.raw);
    let answer = proxy::call(&service.ground, sender, ToBlock::Block(new.block), request).await;
    let answer = answer.map_err(|error| {
        tracing::warn!(%error, "a notice cannot be transferred");
        Refusal::TransferFailed
    })?;
    if answer.status != StatusCode::OK {
        tracing::warn!(status = %answer.status, "a notice was refused by its block");
        return Err(Refusal::TransferFailed.into());
    }
    write(&service, &session, &new, version, None, &[]).await
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
    store(&service, &session, &new, version).await
}

async fn store(
    service: &Notifications,
    session: &Session,
    new: &NewNotice,
    version: i64,
) -> Result<Json<Value>, ApiError> {
    let recipients = service.recipients(session, &new.recipients, new.application).await?;
    let actor = service.actor_of(session, new.block).await?;
    write(service, session, new, version, Some(actor), &recipients).await
}

/// `actor`: that of the destination block; none for a notice that was handed over and has no destinations here.
async fn write(
    service: &Notifications,
    session: &Session,
    new: &NewNotice,
    version: i64,
    actor: Option<Option<CodeVersion>>,
    recipients: &[Recipient],
) -> Result<Json<Value>, ApiError> {
    let author = Author::new(&service.ground, session);
    let own = session.block.map_or(service.ground.block.code, |block| block);
    let expiration = service.ground.clock.now() + TimeDelta::days(service.settings.expiration_days);
    let tx = service.ground.store.write().await?;
    let row = new_row!(
        author,
        notification {
            kind: i16::from(new.kind == 1),
            from_block_catalog_code: own.value.0,
            from_operator_id: session.operator_id,
            from_actor_code: session.actor.map(|actor| actor.value.0),
            from_actor_version: session.actor.map(|actor| actor.ver.0),
            to_block_catalog_code: new.block.0,
            to_operator_type: new.operator_type as i16,
            category_catalog_code: new.category.0,
            category_catalog_version: version,
            is_send_all: matches!(new.recipients, Recipients::All),
            title: new.title.clone(),
            content: new.content.clone(),
            attributes: Some(new.attribute.clone().unwrap_or_else(|| json!({})).to_string()),
            send_at: author.now,
            is_transfer: actor.is_none(),
        }
    );
    let row = row.insert(&tx).await?;
    if let Some(actor) = actor {
        let to = |recipient: Option<&Recipient>| {
            new_row!(
                author,
                notification_destination {
                    notification_id: Some(row.id),
                    destination_operator_id: recipient.map(|recipient| recipient.operator_id),
                    destination_user_id: recipient.map(|recipient| recipient.login_id.clone()),
                    actor_code: actor.map(|actor| actor.value.0),
                    actor_version: actor.map(|actor| actor.ver.0),
                }
            )
        };
        let nobody = recipients.is_empty().then(|| to(None));
        let all = recipients.iter().map(|recipient| to(Some(recipient))).chain(nobody);
        insert_rows(&tx, all.collect()).await?;
    }
    if let Some((block, url)) = &new.approval {
        let approval = new_row!(
            author,
            approval_managed {
                notification_id: Some(row.id),
                approver_operator_id: Some(0),
                status: 0,
                notice_block_code: block.0,
                notice_url: url.clone(),
                expiration_at: service.ground.store.column(expiration),
            }
        );
        approval.insert(&tx).await?;
    }
    tx.commit().await?;
    let expiration = new.approval.as_ref().map(|_| service.ground.zone.text(expiration));
    Ok(Json(sent(service, &row, new, expiration, recipients)))
}

fn sent(
    service: &Notifications,
    row: &notification::Model,
    new: &NewNotice,
    expiration: Option<String>,
    recipients: &[Recipient],
) -> Value {
    let mut destination = Map::new();
    destination.insert("blockCode".to_owned(), json!(new.block));
    destination.insert("operatorType".to_owned(), json!(new.operator_type));
    destination.insert("isSendAll".to_owned(), json!(row.is_send_all));
    if !row.is_send_all && !row.is_transfer {
        let users: Vec<_> = recipients.iter().map(|recipient| &recipient.login_id).collect();
        let operators: Vec<_> = recipients.iter().map(|recipient| recipient.operator_id).collect();
        destination.insert("userId".to_owned(), json!(users));
        destination.insert("operatorId".to_owned(), json!(operators));
    }
    let mut answer = json!({
        "id": row.id.to_string(),
        "type": new.kind,
        "title": row.title,
        "content": row.content,
        "attribute": new.attribute.clone().unwrap_or_else(|| json!({})),
        "category": {"_value": row.category_catalog_code, "_ver": row.category_catalog_version},
        "from": super::list::from(row),
        "sendAt": service.ground.zone.text(service.ground.store.instant(row.send_at)),
        "is_transfer": row.is_transfer,
    });
    if let Some(expiration) = expiration {
        answer["approval"] = json!({"expirationAt": expiration});
    }
    answer["destination"] = Value::Object(destination);
    answer
}
