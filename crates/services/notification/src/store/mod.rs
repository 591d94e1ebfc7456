//! The tables of the notification service.

pub(crate) mod approval_managed;
pub(crate) mod handed_over;
pub(crate) mod notification;
pub(crate) mod notification_destination;
pub(crate) mod readflag_management;
pub(crate) mod taken_over;

use std::collections::HashMap;

use platform::ApiError;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use vocabulary::Session;

/// A notice with everything that belongs to it.
#[derive(Clone, Debug)]
pub(crate) struct Notice {
    pub(crate) row: notification::Model,
    pub(crate) destinations: Vec<notification_destination::Model>,
    pub(crate) approval: Option<approval_managed::Model>,
}

impl Notice {
    /// Whether an operator may read and decide it. Operator ids count within one block.
    pub(crate) fn is_for(&self, session: &Session) -> bool {
        let own_block = session.block.map(|block| block.value.0) == Some(self.row.to_block_catalog_code);
        let own_type = session.operator_type.number() == i64::from(self.row.to_operator_type);
        let to_all = match self.destinations.as_slice() {
            [only] => only.destination_operator_id.is_none() && only.destination_user_id.is_none(),
            _ => false,
        };
        let named =
            self.destinations.iter().any(|to| to.destination_operator_id == Some(session.operator_id));
        own_block && (named || to_all && own_type)
    }
}

/// Completes notices, in a number of queries that does not depend on theirs.
pub(crate) async fn complete(
    connection: &impl ConnectionTrait,
    rows: Vec<notification::Model>,
) -> Result<Vec<Notice>, ApiError> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let mut destinations: HashMap<i64, Vec<_>> = HashMap::new();
    let found = notification_destination::Entity::find()
        .filter(notification_destination::Column::NotificationId.is_in(ids.clone()))
        .filter(notification_destination::Column::IsDisabled.eq(false))
        .order_by_asc(notification_destination::Column::Id)
        .all(connection)
        .await?;
    for row in found {
        destinations.entry(row.notification_id.unwrap_or_default()).or_default().push(row);
    }
    let approvals = approval_managed::Entity::find()
        .filter(approval_managed::Column::NotificationId.is_in(ids))
        .filter(approval_managed::Column::IsDisabled.eq(false))
        .all(connection)
        .await?;
    let mut approvals: HashMap<_, _> =
        approvals.into_iter().map(|row| (row.notification_id.unwrap_or_default(), row)).collect();
    Ok(rows
        .into_iter()
        .map(|row| Notice {
            destinations: destinations.remove(&row.id).unwrap_or_default(),
            approval: approvals.remove(&row.id),
            row,
        })
        .collect())
}

pub(crate) async fn by_id(connection: &impl ConnectionTrait, id: i64) -> Result<Option<Notice>, ApiError> {
    let row = notification::Entity::find_by_id(id)
        .filter(notification::Column::IsDisabled.eq(false))
        .one(connection)
        .await?;
    Ok(complete(connection, row.into_iter().collect()).await?.pop())
}
