//! Keeping a notice that was sent (spec: notification 4.2 rules 2 and 6).

use axum::Json;
use chrono::TimeDelta;
use platform::{ApiError, Author, Transaction, insert_rows, new_row};
use sea_orm::ActiveModelTrait;
use serde_json::{Map, Value, json};
use vocabulary::{CodeVersion, Session};

use super::add::{NewNotice, Recipients};
use crate::{
    Notifications,
    refusal::Refusal,
    resolve::Recipient,
    store::{self, approval_managed, notification, notification_destination},
    transfer,
};

/// A notice about to be kept, with everything that belongs to it in one transaction.
#[derive(Debug)]
pub(super) struct Keeping<'a> {
    pub(super) service: &'a Notifications,
    pub(super) session: &'a Session,
    pub(super) new: &'a NewNotice,
    /// That of the category.
    pub(super) version: i64,
}

impl Keeping<'_> {
    /// A notice for this block. `key`: under which another block hands it over; one that was taken under it already is
    /// answered as it was then.
    pub(super) async fn here(&self, key: Option<&str>) -> Result<Json<Value>, ApiError> {
        let Self { service, session, new, .. } = self;
        let recipients = service.recipients(session, &new.recipients, new.application).await?;
        let actor = service.actor_of(session, new.block).await?;
        let author = Author::new(&service.ground, session);
        let tx = service.ground.store.write().await?;
        if let Some(key) = key
            && let Some(before) = service.taken(&tx, session, key).await?
        {
            let notice = store::by_id(&tx, before).await?.ok_or(Refusal::NoSuchNotice)?;
            return Ok(Json(self.sent(&notice.row, notice.approval.as_ref(), &recipients)));
        }
        let row = self.notice(&author, false).insert(&tx).await?;
        if let Some(key) = key {
            service.take_over(&tx, session, (key, row.id), &author).await?;
        }
        insert_rows(&tx, destinations(row.id, actor, &recipients, &author)).await?;
        let approval = self.keep_approval(&tx, row.id, &author).await?;
        tx.commit().await?;
        Ok(Json(self.sent(&row, approval.as_ref(), &recipients)))
    }

    /// A notice that another block has taken under a key: nobody here has to read it.
    pub(super) async fn there(&self, key: &str) -> Result<Json<Value>, ApiError> {
        let author = Author::new(&self.service.ground, self.session);
        let tx = self.service.ground.store.write().await?;
        let row = self.notice(&author, true).insert(&tx).await?;
        let approval = self.keep_approval(&tx, row.id, &author).await?;
        transfer::arrived(&tx, key).await?;
        tx.commit().await?;
        Ok(Json(self.sent(&row, approval.as_ref(), &[])))
    }

    fn notice(&self, author: &Author, is_transfer: bool) -> notification::ActiveModel {
        let Self { service, session, new, version } = self;
        let own = session.block.map_or(service.ground.block.code, |block| block);
        new_row!(
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
                category_catalog_version: *version,
                is_send_all: matches!(new.recipients, Recipients::All),
                title: new.title.clone(),
                content: new.content.clone(),
                attributes: Some(new.attribute.clone().unwrap_or_else(|| json!({})).to_string()),
                send_at: author.now,
                is_transfer: is_transfer,
            }
        )
    }

    async fn keep_approval(
        &self,
        tx: &Transaction,
        notification: i64,
        author: &Author,
    ) -> Result<Option<approval_managed::Model>, ApiError> {
        let Some((block, url)) = &self.new.approval else { return Ok(None) };
        let Notifications { ground, settings, .. } = self.service;
        let expiration = ground.clock.now() + TimeDelta::days(settings.expiration_days);
        let approval = new_row!(
            author,
            approval_managed {
                notification_id: Some(notification),
                approver_operator_id: Some(0),
                status: 0,
                notice_block_code: block.0,
                notice_url: url.clone(),
                expiration_at: ground.store.column(expiration),
            }
        );
        Ok(Some(approval.insert(tx).await?))
    }

    fn sent(
        &self,
        row: &notification::Model,
        approval: Option<&approval_managed::Model>,
        recipients: &[Recipient],
    ) -> Value {
        let Self { service, new, .. } = self;
        let text = |column| service.ground.zone.text(service.ground.store.instant(column));
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
            "sendAt": text(row.send_at),
            "is_transfer": row.is_transfer,
        });
        if let Some(approval) = approval {
            answer["approval"] = json!({"expirationAt": text(approval.expiration_at)});
        }
        answer["destination"] = Value::Object(destination);
        answer
    }
}

/// One for each recipient, or one for all. `actor`: that of this block.
fn destinations(
    notification: i64,
    actor: Option<CodeVersion>,
    recipients: &[Recipient],
    author: &Author,
) -> Vec<notification_destination::ActiveModel> {
    let to = |recipient: Option<&Recipient>| {
        new_row!(
            author,
            notification_destination {
                notification_id: Some(notification),
                destination_operator_id: recipient.map(|recipient| recipient.operator_id),
                destination_user_id: recipient.map(|recipient| recipient.login_id.clone()),
                actor_code: actor.map(|actor| actor.value.0),
                actor_version: actor.map(|actor| actor.ver.0),
            }
        )
    };
    let nobody = recipients.is_empty().then(|| to(None));
    recipients.iter().map(|recipient| to(Some(recipient))).chain(nobody).collect()
}
