//! What the services' routes are.

use platform::Api;
use vocabulary::ServiceName;

/// The routes of a service, to be described.
#[must_use]
pub fn of(service: ServiceName) -> Api {
    match service {
        ServiceName::Operator => operator::api(),
        ServiceName::Catalog => catalog::api(),
        ServiceName::CatalogUpdate => catalog_update::api(),
        ServiceName::BlockProxy => block_proxy::api(),
        ServiceName::CertificationAuthority => certification_authority::api(),
        ServiceName::CertificateManage => certificate_manage::api(),
        ServiceName::AccessControlManage => access_control_manage::api(),
        ServiceName::AccessControl => access_control::api(),
        ServiceName::Notification => notification::api(),
        ServiceName::BinaryManage => binary_manage::api(),
        ServiceName::BookManage => book_manage::api(),
        ServiceName::IdentityVerificate => identity_verificate::api(),
        ServiceName::CtokenLedger => ctoken_ledger::api(),
        ServiceName::LocalCtoken => local_ctoken::api(),
        ServiceName::BookOperate => book_operate::api(),
    }
}
