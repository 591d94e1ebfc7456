//! The certificates, keys sealed.

pub(crate) mod certificate_manage;

use platform::ApiError;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Select};

/// Certificates that are not revoked, newest first.
pub(crate) fn live() -> Select<certificate_manage::Entity> {
    certificate_manage::Entity::find()
        .filter(certificate_manage::Column::IsDisabled.eq(false))
        .order_by_desc(certificate_manage::Column::Id)
}

pub(crate) async fn find(
    connection: &impl ConnectionTrait,
    kind: Option<&str>,
    serial_no: &str,
    finger_print: &str,
) -> Result<Option<certificate_manage::Model>, ApiError> {
    let mut query = live()
        .filter(certificate_manage::Column::SerialNo.eq(serial_no))
        .filter(certificate_manage::Column::FingerPrint.eq(finger_print));
    if let Some(kind) = kind {
        query = query.filter(certificate_manage::Column::CertType.eq(kind));
    }
    Ok(query.one(connection).await?)
}

/// A certificate of a block by its serial number, revoked or not.
pub(crate) async fn of_serial(
    connection: &impl ConnectionTrait,
    serial_no: &str,
) -> Result<Option<certificate_manage::Model>, ApiError> {
    let query = certificate_manage::Entity::find()
        .filter(certificate_manage::Column::SerialNo.eq(serial_no))
        .filter(certificate_manage::Column::BlockCode.is_not_null());
    Ok(query.one(connection).await?)
}
