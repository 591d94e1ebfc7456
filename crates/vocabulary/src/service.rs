//! The fifteen services of a block.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::BlockKind;

/// A name that belongs to no service.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not the name of a service")]
pub struct UnknownService(pub String);

/// A service of the platform; its name is also the first segment of its paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum ServiceName {
    Operator,
    Catalog,
    CatalogUpdate,
    BlockProxy,
    Notification,
    BookManage,
    BookOperate,
    IdentityVerificate,
    CtokenLedger,
    LocalCtoken,
    CertificationAuthority,
    CertificateManage,
    AccessControlManage,
    AccessControl,
    BinaryManage,
}

impl ServiceName {
    pub const ALL: [Self; 15] = [
        Self::Operator,
        Self::Catalog,
        Self::CatalogUpdate,
        Self::BlockProxy,
        Self::Notification,
        Self::BookManage,
        Self::BookOperate,
        Self::IdentityVerificate,
        Self::CtokenLedger,
        Self::LocalCtoken,
        Self::CertificationAuthority,
        Self::CertificateManage,
        Self::AccessControlManage,
        Self::AccessControl,
        Self::BinaryManage,
    ];

    /// The first segment of the service's paths, e.g. `pxr-block-proxy`.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Catalog => "catalog",
            Self::CatalogUpdate => "catalog-update",
            Self::BlockProxy => "pxr-block-proxy",
            Self::Notification => "notification",
            Self::BookManage => "book-manage",
            Self::BookOperate => "book-operate",
            Self::IdentityVerificate => "identity-verificate",
            Self::CtokenLedger => "ctoken-ledger",
            Self::LocalCtoken => "local-ctoken",
            Self::CertificationAuthority => "certification-authority",
            Self::CertificateManage => "certificate-manage",
            Self::AccessControlManage => "access-control-manage",
            Self::AccessControl => "access-control",
            Self::BinaryManage => "binary-manage",
        }
    }

    /// The name of the service in logs, figures and configurations.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::BlockProxy => "block-proxy",
            other => other.prefix(),
        }
    }

    /// The schema of the service's tables, as existing databases name it.
    #[must_use]
    pub const fn schema(self) -> &'static str {
        match self {
            Self::Operator => "pxr_operator",
            Self::Catalog => "pxr_catalog",
            Self::CatalogUpdate => "pxr_catalog_update",
            Self::BlockProxy => "pxr_block_proxy",
            Self::Notification => "pxr_notification",
            Self::BookManage => "pxr_book_manage",
            Self::BookOperate => "pxr_book_operate",
            Self::IdentityVerificate => "pxr_identify_verify",
            Self::CtokenLedger => "pxr_ctoken_ledger",
            Self::LocalCtoken => "pxr_local_ctoken",
            Self::CertificationAuthority => "pxr_certification_authority",
            Self::CertificateManage => "pxr_certificate_manage",
            Self::AccessControlManage => "pxr_access_manage",
            Self::AccessControl => "pxr_access_control",
            Self::BinaryManage => "pxr_binary_manage",
        }
    }

    /// The port that the reference gives the service; recordings and existing peers use it.
    #[must_use]
    pub const fn reference_port(self) -> u16 {
        match self {
            Self::Operator => 3000,
            Self::Catalog => 3001,
            Self::CatalogUpdate => 3002,
            Self::BlockProxy => 3003,
            Self::Notification => 3004,
            Self::BookManage => 3005,
            Self::BookOperate => 3006,
            Self::IdentityVerificate => 3007,
            Self::CtokenLedger => 3008,
            Self::LocalCtoken => 3009,
            Self::CertificationAuthority => 3012,
            Self::CertificateManage => 3013,
            Self::AccessControlManage => 3014,
            Self::AccessControl => 3015,
            Self::BinaryManage => 3018,
        }
    }

    /// Whether a block of this kind runs the service (spec: scenario 1.2).
    #[must_use]
    pub const fn runs_on(self, kind: BlockKind) -> bool {
        match self {
            Self::Operator
            | Self::BlockProxy
            | Self::Notification
            | Self::CertificateManage
            | Self::AccessControl => true,
            Self::Catalog
            | Self::CatalogUpdate
            | Self::BookManage
            | Self::IdentityVerificate
            | Self::CtokenLedger
            | Self::CertificationAuthority
            | Self::AccessControlManage => matches!(kind, BlockKind::Root),
            Self::BookOperate => matches!(kind, BlockKind::RegionRoot | BlockKind::App),
            Self::LocalCtoken | Self::BinaryManage => matches!(kind, BlockKind::App),
        }
    }
}

impl fmt::Display for ServiceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for ServiceName {
    type Err = UnknownService;

    fn from_str(text: &str) -> Result<Self, UnknownService> {
        Self::ALL
            .into_iter()
            .find(|name| name.prefix() == text || name.to_string() == text)
            .ok_or_else(|| UnknownService(text.to_owned()))
    }
}

impl TryFrom<String> for ServiceName {
    type Error = UnknownService;

    fn try_from(text: String) -> Result<Self, UnknownService> {
        text.parse()
    }
}

impl From<ServiceName> for String {
    fn from(name: ServiceName) -> Self {
        name.to_string()
    }
}
