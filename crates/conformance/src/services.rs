//! The services that can be replayed, and how the recordings configured them.

use axum::Router;
use contract::path_pattern::PathPattern;
use contract::permission_table::{PermissionRow, TargetKey};
use platform::{Ground, Store, StoreError};
use vocabulary::{ActorType, BlockKind, OperatorType, ServiceName};

use crate::case::Case;

/// Services whose routes stand, whole or in part.
pub(crate) const BUILT: [ServiceName; 15] = [
    ServiceName::Operator,
    ServiceName::Catalog,
    ServiceName::CatalogUpdate,
    ServiceName::BlockProxy,
    ServiceName::Notification,
    ServiceName::BookManage,
    ServiceName::BookOperate,
    ServiceName::IdentityVerificate,
    ServiceName::CtokenLedger,
    ServiceName::LocalCtoken,
    ServiceName::CertificationAuthority,
    ServiceName::CertificateManage,
    ServiceName::AccessControlManage,
    ServiceName::AccessControl,
    ServiceName::BinaryManage,
];

pub(crate) async fn migrate(service: ServiceName, store: &Store) -> Result<(), StoreError> {
    match service {
        ServiceName::Operator => store.migrate::<operator::Migrator>(service).await,
        ServiceName::Catalog => store.migrate::<catalog::Migrator>(service).await,
        ServiceName::CatalogUpdate => store.migrate::<catalog_update::Migrator>(service).await,
        ServiceName::BlockProxy => store.migrate::<block_proxy::Migrator>(service).await,
        ServiceName::Notification => store.migrate::<notification::Migrator>(service).await,
        ServiceName::BookManage => store.migrate::<book_manage::Migrator>(service).await,
        ServiceName::BookOperate => store.migrate::<book_operate::Migrator>(service).await,
        ServiceName::IdentityVerificate => store.migrate::<identity_verificate::Migrator>(service).await,
        ServiceName::CtokenLedger => store.migrate::<ctoken_ledger::Migrator>(service).await,
        ServiceName::LocalCtoken => store.migrate::<local_ctoken::Migrator>(service).await,
        ServiceName::CertificationAuthority => {
            store.migrate::<certification_authority::Migrator>(service).await
        }
        ServiceName::CertificateManage => store.migrate::<certificate_manage::Migrator>(service).await,
        ServiceName::AccessControlManage => store.migrate::<access_control_manage::Migrator>(service).await,
        ServiceName::AccessControl => store.migrate::<access_control::Migrator>(service).await,
        ServiceName::BinaryManage => store.migrate::<binary_manage::Migrator>(service).await,
    }
}

/// Tables that the reference has not: nothing of them can be recorded.
pub(crate) fn is_ours_alone(service: ServiceName, table: &str) -> bool {
    (service, table) == (ServiceName::Catalog, "item_revision")
}

/// `config`: the name of the configuration that a recording was made with, where it was not the usual one.
pub(crate) fn router(service: ServiceName, ground: Ground, config: Option<&str>) -> Router {
    match service {
        ServiceName::Operator => operator::router(
            ground,
            // As in a database that the reference shares.
            operator::Settings { plain_session_ids: true, ..operator::Settings::default() },
        ),
        ServiceName::Catalog => catalog::router(ground, catalog::Settings::default()),
        ServiceName::CatalogUpdate => catalog_update::router(ground, catalog_update::Settings::default()),
        ServiceName::BlockProxy => block_proxy::router(ground, proxy()),
        ServiceName::Notification => notification::router(ground, notification::Settings::default()),
        ServiceName::BookManage => book_manage::router(ground, books(config)),
        ServiceName::BookOperate => {
            let outer_block_store = config != Some("outer-off");
            book_operate::router(ground, book_operate::Settings { outer_block_store, any_actor: true })
        }
        ServiceName::IdentityVerificate => {
            let redirect_url =
                "https://localhost:3007/personal-portal/enter-code/?identifyCode=%s".to_owned();
            let settings =
                identity_verificate::Settings { redirect_url: Some(redirect_url), ..Default::default() };
            identity_verificate::router(ground, settings)
        }
        ServiceName::CtokenLedger => ctoken_ledger::router(ground, ctoken_ledger::Settings::default()),
        ServiceName::LocalCtoken => local_ctoken::router(ground, local_ctoken::Settings::default()),
        ServiceName::CertificationAuthority => {
            let subject = certification_authority::SubjectSettings {
                organization: "aaa Corporation".to_owned(),
                root_name: "*".to_owned(),
                ..Default::default()
            };
            let settings = certification_authority::Settings { root_days: 36500, days: 36500, subject };
            certification_authority::router(ground, settings)
        }
        ServiceName::CertificateManage => {
            certificate_manage::router(ground, certificate_manage::Settings::default())
        }
        ServiceName::AccessControlManage => {
            access_control_manage::router(ground, access_control_manage::Settings::default())
        }
        ServiceName::AccessControl => access_control::router(ground, access_control::Settings::default()),
        ServiceName::BinaryManage => binary_manage::router(ground, binary_manage::Settings::default()),
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

/// The rows of the recorded permission table that calls from outside need.
fn proxy() -> block_proxy::Settings {
    let row = |to, method: &str, path: &str| {
        let path = PathPattern::new(path).ok()?;
        Some(PermissionRow { to, method: method.to_owned(), path, types: vec![OperatorType::Member] })
    };
    let rows = [
        row(TargetKey::Own, "GET", "/notification[/]?{+}"),
        row(TargetKey::Of(ActorType::PxrRoot), "POST", "/book-manage"),
    ];
    block_proxy::Settings { permissions: Some(rows.into_iter().flatten().collect()) }
}

/// Block, actor and root block of the recordings.
pub(crate) fn codes(service: ServiceName, case: &Case) -> (i64, i64, i64) {
    match service {
        ServiceName::Operator => (1_000_109, 1_000_020, 1_000_109),
        ServiceName::CtokenLedger => (1_000_112, 1_000_001, 1_000_112),
        // A call is its own block's: the one that the recording names, or else that of its operators.
        ServiceName::BlockProxy => (case.query("from_block").unwrap_or(1_000_111), 1_000_001, 5_555_555),
        _ => (1_000_110, 1_000_001, 1_000_110),
    }
}

/// The kind of the recorded block.
pub(crate) fn kind(service: ServiceName, case: &Case) -> BlockKind {
    // Access control was recorded with the tables of an app.
    let is_root = service != ServiceName::AccessControl && case.config.as_deref() != Some("not-root");
    if is_root { BlockKind::Root } else { BlockKind::App }
}

/// A recording in our names: services that only the recordings of the proxy know are played by ours, and an address
/// that was configured otherwise is the one of the spec.
pub(crate) fn named_here(service: ServiceName, recorded: &str) -> String {
    const PLAYED: [(&str, &str, &str); 4] = [
        ("service-A", "port-3333", "identity-verificate"),
        ("service-B", "port-4444", "ctoken-ledger"),
        ("service-C", "port-5555", "catalog-update"),
        ("service-D", "port-6666", "certificate-manage"),
    ];
    let mut text = recorded.to_owned();
    if service == ServiceName::BlockProxy {
        for (name, port, ours) in PLAYED {
            text = text.replace(name, ours).replace(port, ours);
        }
    }
    // Staff of workflows are no longer; members ask instead.
    if matches!(service, ServiceName::CtokenLedger | ServiceName::LocalCtoken) {
        text = text.replace(r#"\"type\":1,"#, r#"\"type\":3,"#);
    }
    if service == ServiceName::CtokenLedger {
        text = text.replace(r#""type": 1,"#, r#""type": 3,"#).replace(r#""type":1,"#, r#""type":3,"#);
    }
    // An address that was configured otherwise is the one of the spec.
    if service == ServiceName::AccessControlManage {
        text = text
            .replace("/book-manage/ind/settings/share/temp/collation", "/book-manage/share/temp/collation");
    }
    text
}

/// Whether only our service has a table; recordings say nothing of it.
pub(crate) fn is_ours(service: ServiceName, table: &str) -> bool {
    matches!(
        (service, table),
        (ServiceName::LocalCtoken, "store_event") | (ServiceName::CatalogUpdate, "terms_of_use_draft")
    )
}
