//! The notices of an operator (spec: notification 4.1).

use std::collections::HashMap;

use axum::{Json, extract::State};
use chrono::{NaiveDate, NaiveTime};
use platform::{
    AnyOperator, ApiError, Call, Fields, Incoming, Input,
    fields::{Complaint, any_text, boolean, number, one_of},
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Query};
use serde_json::{Value, json};
use vocabulary::Session;

use crate::{
    Notifications,
    store::{
        Notice, approval_managed, complete, notification, notification_destination, readflag_management,
    },
};

#[derive(Debug)]
pub(super) struct Search {
    sent: bool,
    unread_only: bool,
    decided_only: bool,
    /// None: no limit.
    limit: Option<u64>,
    kind: i64,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    category: Option<i64>,
}

fn date(value: &Value) -> Result<NaiveDate, Complaint> {
    let text = any_text(value)?;
    let date = NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok().filter(|_| text.len() == 10);
    date.ok_or("日付の形式が正しくありません".into())
}

impl Input for Search {
    fn read(incoming: &Incoming) -> Result<Self, ApiError> {
        let parameters = incoming.parameters();
        let fields = Fields::of(&parameters);
        let sent = fields.required("is_send", boolean);
        let unread = fields.required("is_unread", boolean);
        let decided = fields.required("is_approval", boolean);
        let num = fields.required("num", number);
        let kind = fields.required("type", one_of(number, |kind| kind == 0 || kind == 1));
        let from = fields.optional("from", date);
        let to = fields.optional("to", date);
        let category = fields.optional("category", one_of(number, |code| code >= 1));
        fields.build(|| {
            Some(Self {
                sent: sent?,
                unread_only: unread?,
                decided_only: decided?,
                limit: num.map(|num| u64::try_from(num).ok().filter(|num| *num > 0))?,
                kind: kind?,
                from,
                to,
                category,
            })
        })
    }
}

/// The caller's notices, newest first. **Any operator: its own.**
pub(super) async fn list(
    State(service): State<Notifications>,
    call: Call<AnyOperator, Search>,
) -> Result<Json<Vec<Value>>, ApiError> {
    let (session, search) = (call.who.0, call.input);
    let connection = service.ground.store.read();
    let mut query = notification::Entity::find()
        .filter(notification::Column::IsDisabled.eq(false))
        .filter(notification::Column::Kind.eq(search.kind))
        .filter(addressed(&session, search.sent))
        .order_by_desc(notification::Column::Id);
    let midnight = |date: NaiveDate| {
        let wall_clock = date.and_time(NaiveTime::MIN);
        service.ground.store.column(service.ground.zone.instant(wall_clock))
    };
    if let Some(from) = search.from {
        query = query.filter(notification::Column::SendAt.gte(midnight(from)));
    }
    if let Some(to) = search.to {
        query = query.filter(notification::Column::SendAt.lte(midnight(to)));
    }
    if let Some(category) = search.category {
        query = query.filter(notification::Column::CategoryCatalogCode.eq(category));
    }
    if search.kind == 1 {
        query = query.filter(notification::Column::Id.in_subquery(approvals(search.decided_only)));
    }
    if search.unread_only {
        query = query.filter(notification::Column::Id.not_in_subquery(read_by(&session)));
    }
    let rows = query.limit(search.limit).all(connection).await?;
    if rows.is_empty() {
        return Err(ApiError::NoContent);
    }
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let read: HashMap<i64, chrono::NaiveDateTime> = readflag_management::Entity::find()
        .filter(readflag_management::Column::NotificationId.is_in(ids))
        .filter(readflag_management::Column::OperatorId.eq(session.operator_id))
        .filter(readflag_management::Column::IsDisabled.eq(false))
        .all(connection)
        .await?
        .into_iter()
        .filter_map(|row| Some((row.notification_id?, row.read_at)))
        .collect();
    let notices = complete(connection, rows).await?;
    let shown = notices.iter().map(|notice| {
        if search.sent {
            shown_to_sender(&service, notice)
        } else {
            shown_to_recipient(&service, notice, read.get(&notice.row.id).copied())
        }
    });
    Ok(Json(shown.collect()))
}

/// Notices from the caller, or for the caller. Operator ids count within one block.
fn addressed(session: &Session, sent: bool) -> Condition {
    let block = session.block.map(|block| block.value.0);
    if sent {
        return Condition::all()
            .add(notification::Column::FromOperatorId.eq(session.operator_id))
            .add(notification::Column::FromBlockCatalogCode.eq(block));
    }
    let by_name = Query::select()
        .column(notification_destination::Column::NotificationId)
        .from(notification_destination::Entity)
        .and_where(notification_destination::Column::DestinationOperatorId.eq(session.operator_id))
        .and_where(notification_destination::Column::IsDisabled.eq(false))
        .to_owned();
    let named = Condition::all()
        .add(notification::Column::IsSendAll.eq(false))
        .add(notification::Column::IsTransfer.eq(false))
        .add(notification::Column::Id.in_subquery(by_name));
    let all = Condition::all()
        .add(notification::Column::IsSendAll.eq(true))
        .add(notification::Column::IsTransfer.eq(false))
        .add(notification::Column::ToBlockCatalogCode.eq(block))
        .add(notification::Column::ToOperatorType.eq(session.operator_type.number()));
    Condition::any().add(named).add(all)
}

fn approvals(decided_only: bool) -> sea_orm::sea_query::SelectStatement {
    let mut query = Query::select();
    query
        .column(approval_managed::Column::NotificationId)
        .from(approval_managed::Entity)
        .and_where(approval_managed::Column::IsDisabled.eq(false));
    if decided_only {
        query.and_where(approval_managed::Column::Status.ne(0));
    }
    query.take()
}

fn read_by(session: &Session) -> sea_orm::sea_query::SelectStatement {
    Query::select()
        .column(readflag_management::Column::NotificationId)
        .from(readflag_management::Entity)
        .and_where(readflag_management::Column::OperatorId.eq(session.operator_id))
        .and_where(readflag_management::Column::NotificationId.is_not_null())
        .and_where(readflag_management::Column::IsDisabled.eq(false))
        .to_owned()
}

/// Where a notice came from.
pub(super) fn from(row: &notification::Model) -> Value {
    json!({
        "blockCode": row.from_block_catalog_code,
        "operatorId": row.from_operator_id,
        "actor": {"_value": row.from_actor_code, "_ver": row.from_actor_version},
    })
}

fn common(row: &notification::Model) -> Value {
    // A text that is no JSON stands for nothing in particular, as an empty one does.
    let attributes = row.attributes.as_deref().map(|text| serde_json::from_str(text).unwrap_or(json!({})));
    json!({
        "id": row.id,
        "type": row.kind,
        "title": row.title,
        "content": row.content,
        "attribute": attributes,
        "category": {"_value": row.category_catalog_code, "_ver": row.category_catalog_version},
        "from": from(row),
    })
}

fn time(service: &Notifications, column: chrono::NaiveDateTime) -> String {
    service.ground.zone.text(service.ground.store.instant(column))
}

fn approval(service: &Notifications, row: &approval_managed::Model) -> Value {
    json!({
        "operatorId": row.approver_operator_id,
        "status": row.status,
        "approvalAt": row.approval_at.map(|column| time(service, column)),
        "expirationAt": time(service, row.expiration_at),
    })
}

fn shown_to_sender(service: &Notifications, notice: &Notice) -> Value {
    let row = &notice.row;
    let to = &notice.destinations;
    let (operators, users) = if row.is_send_all {
        (Value::Null, Value::Null)
    } else {
        // Ids are texts here, as clients know them.
        let operators: Vec<_> =
            to.iter().filter_map(|to| to.destination_operator_id).map(|id| id.to_string()).collect();
        let users: Vec<_> = to.iter().filter_map(|to| to.destination_user_id.clone()).collect();
        (json!(operators), json!(users))
    };
    let last = to.last();
    let mut shown = common(row);
    shown["destination"] = json!({
        "blockCode": row.to_block_catalog_code,
        "operatorType": row.to_operator_type,
        "isSendAll": row.is_send_all,
        "operatorId": operators,
        "userId": users,
        "actor": {
            "_value": last.and_then(|to| to.actor_code),
            "_ver": last.and_then(|to| to.actor_version),
        },
    });
    if let Some(row) = &notice.approval {
        shown["approval"] = approval(service, row);
    }
    shown["sendAt"] = json!(time(service, row.send_at));
    shown["is_transfer"] = json!(row.is_transfer);
    shown
}

fn shown_to_recipient(
    service: &Notifications,
    notice: &Notice,
    read: Option<chrono::NaiveDateTime>,
) -> Value {
    let row = &notice.row;
    let mut shown = common(row);
    if let Some(row) = &notice.approval {
        shown["approval"] = approval(service, row);
    }
    shown["readAt"] = json!(read.map(|column| time(service, column)));
    shown["sendAt"] = json!(time(service, row.send_at));
    shown["is_transfer"] = json!(row.is_transfer);
    shown
}
