//! The certificates of the block, keys sealed.

pub(crate) mod certificate_manage;

use platform::{Seal, SealError, Store};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, Select};

/// The certificates of the block cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum NewestCertificateError {
    #[error("the certificates of the block cannot be read")]
    Store(#[from] DbErr),
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// Certificates that are not revoked.
pub(crate) fn live() -> Select<certificate_manage::Entity> {
    certificate_manage::Entity::find().filter(certificate_manage::Column::IsDisabled.eq(false))
}

/// The same, the one that the block shows first.
pub(crate) fn newest_first() -> Select<certificate_manage::Entity> {
    live().order_by_desc(certificate_manage::Column::UpdatedAt).order_by_desc(certificate_manage::Column::Id)
}

/// Key and certificate, as PEM, that the block shows to others; none before one was stored.
pub async fn newest_client_certificate(
    store: &Store,
    seal: &Seal,
) -> Result<Option<String>, NewestCertificateError> {
    let clients = newest_first().filter(certificate_manage::Column::CertType.eq("client"));
    let row = clients.one(store.read()).await?;
    Ok(row.map(|row| seal.open(&row.certificate)).transpose()?)
}
