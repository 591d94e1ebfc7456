//! Cases in which we differ on purpose: a TOML file for each service, an entry for each reason.
//!
//! ```toml
//! [[deviation]]
//! cases = ["operator/0012"]              # and/or:
//! request = "^PUT /operator/csrf/"       # a regular expression on `METHOD /path`
//! status = 404                           # the recorded status
//! reason = "spec: operator 4.2 recommends 200"
//! ```

use regex::Regex;
use serde::Deserialize;
use vocabulary::ServiceName;

use crate::case::Case;

/// A deviations file is not well-formed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DeviationError {
    #[error("the deviations: {0}")]
    Toml(#[from] toml::de::Error),
    #[error("the deviations: {0}")]
    Regex(#[from] regex::Error),
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    deviation: Vec<Raw>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(default)]
    cases: Vec<String>,
    request: Option<String>,
    status: Option<u16>,
    reason: String,
}

pub(crate) struct Deviations(Vec<(Raw, Option<Regex>)>);

const FILES: [(ServiceName, &str); 15] = [
    (ServiceName::Operator, include_str!("../deviations/operator.toml")),
    (ServiceName::Catalog, include_str!("../deviations/catalog.toml")),
    (ServiceName::CatalogUpdate, include_str!("../deviations/catalog-update.toml")),
    (ServiceName::Notification, include_str!("../deviations/notification.toml")),
    (ServiceName::BookManage, include_str!("../deviations/book-manage.toml")),
    (ServiceName::BookOperate, include_str!("../deviations/book-operate.toml")),
    (ServiceName::BlockProxy, include_str!("../deviations/block-proxy.toml")),
    (ServiceName::IdentityVerificate, include_str!("../deviations/identity-verificate.toml")),
    (ServiceName::BinaryManage, include_str!("../deviations/binary-manage.toml")),
    (ServiceName::CtokenLedger, include_str!("../deviations/ctoken-ledger.toml")),
    (ServiceName::LocalCtoken, include_str!("../deviations/local-ctoken.toml")),
    (ServiceName::CertificationAuthority, include_str!("../deviations/certification-authority.toml")),
    (ServiceName::CertificateManage, include_str!("../deviations/certificate-manage.toml")),
    (ServiceName::AccessControlManage, include_str!("../deviations/access-control-manage.toml")),
    (ServiceName::AccessControl, include_str!("../deviations/access-control.toml")),
];

impl Deviations {
    pub(crate) fn of(service: ServiceName) -> Result<Self, DeviationError> {
        let text = FILES.iter().find(|(name, _)| *name == service).map_or("", |(_, text)| text);
        let file: File = toml::from_str(text)?;
        let compiled = file.deviation.into_iter().map(|raw| {
            let request = raw.request.as_deref().map(Regex::new).transpose()?;
            Ok::<_, DeviationError>((raw, request))
        });
        Ok(Self(compiled.collect::<Result<_, _>>()?))
    }

    /// Why a case may differ.
    pub(crate) fn explain(&self, case: &Case) -> Option<&str> {
        let line = format!("{} {}", case.request.method, case.request.path);
        let fits = |(raw, request): &&(Raw, Option<Regex>)| {
            let named = raw.cases.contains(&case.id);
            let described = request.as_ref().is_some_and(|request| request.is_match(&line))
                && raw.status.is_none_or(|status| status == case.response.status);
            named || described
        };
        self.0.iter().find(fits).map(|(raw, _)| raw.reason.as_str())
    }
}
