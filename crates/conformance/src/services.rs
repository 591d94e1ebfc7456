//! The services that can be replayed, and how the recordings configured them.

use axum::Router;
use platform::{Ground, Store, StoreError};
use vocabulary::ServiceName;

/// Services whose routes stand, whole or in part.
pub(crate) const BUILT: [ServiceName; 10] = [
    ServiceName::Operator,
    ServiceName::Catalog,
    ServiceName::CatalogUpdate,
    ServiceName::BlockProxy,
    ServiceName::Notification,
    ServiceName::BookManage,
    ServiceName::CertificationAuthority,
    ServiceName::CertificateManage,
    ServiceName::AccessControlManage,
    ServiceName::AccessControl,
];

pub(crate) async fn migrate(service: ServiceName, store: &Store) -> Result<(), StoreError> {
    match service {
        ServiceName::Operator => store.migrate::<operator::Migrator>(service).await,
        ServiceName::Catalog => store.migrate::<catalog::Migrator>(service).await,
        ServiceName::CatalogUpdate => store.migrate::<catalog_update::Migrator>(service).await,
        ServiceName::BlockProxy => store.migrate::<block_proxy::Migrator>(service).await,
        ServiceName::Notification => store.migrate::<notification::Migrator>(service).await,
        ServiceName::BookManage => store.migrate::<book_manage::Migrator>(service).await,
        ServiceName::CertificationAuthority => {
            store.migrate::<certification_authority::Migrator>(service).await
        }
        ServiceName::CertificateManage => store.migrate::<certificate_manage::Migrator>(service).await,
        ServiceName::AccessControlManage => store.migrate::<access_control_manage::Migrator>(service).await,
        ServiceName::AccessControl => store.migrate::<access_control::Migrator>(service).await,
        _ => Ok(()),
    }
}

/// `config`: the name of the configuration that a recording was made with, where it was not the usual one.
pub(crate) fn router(service: ServiceName, ground: Ground, config: Option<&str>) -> Router {
    match service {
        ServiceName::Operator => operator::router(ground, operator::Settings::default()),
        ServiceName::Catalog => catalog::router(ground, catalog::Settings::default()),
        ServiceName::CatalogUpdate => catalog_update::router(ground, catalog_update::Settings::default()),
        ServiceName::BlockProxy => block_proxy::router(ground, block_proxy::Settings::default()),
        ServiceName::Notification => notification::router(ground, notification::Settings::default()),
        ServiceName::BookManage => book_manage::router(ground, books(config)),
        ServiceName::CertificationAuthority => {
            let settings =
                certification_authority::Settings { root_days: 36500, days: 36500, ..Default::default() };
            certification_authority::router(ground, settings)
        }
        ServiceName::CertificateManage => {
            certificate_manage::router(ground, certificate_manage::Settings::default())
        }
        ServiceName::AccessControlManage => {
            access_control_manage::router(ground, access_control_manage::Settings::default())
        }
        ServiceName::AccessControl => access_control::router(ground, access_control::Settings::default()),
        _ => Router::new(),
    }
}

/// The installation's name, and where it lists the documents that open a book.
fn books(config: Option<&str>) -> book_manage::Settings {
    let (ext_name, actor) = match config {
        Some("test-org") => ("test-org", 1000001),
        _ => ("aaa-healthcare-consortium", 1000431),
    };
    book_manage::Settings {
        ext_name: Some(ext_name.to_owned()),
        documents_ns: Some(format!("catalog/ext/{ext_name}/setting/actor/pxr-root/actor_{actor}")),
        ..Default::default()
    }
}

/// Block, actor and root block of the recordings.
pub(crate) const fn codes(service: ServiceName) -> (i64, i64, i64) {
    match service {
        ServiceName::Operator => (1_000_109, 1_000_020, 1_000_109),
        ServiceName::BlockProxy => (5_555_555, 1_000_001, 5_555_555),
        _ => (1_000_110, 1_000_001, 1_000_110),
    }
}
