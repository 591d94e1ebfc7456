//! The certificates of a block: there, of the platform, for this block, and not about to expire.

use std::path::Path;

use chrono::TimeDelta;
use platform::{Clock, Seal, Store, listen::ClientCertificates};
use vocabulary::{ServiceName, TimeZone};
use x509_parser::{
    pem::Pem,
    prelude::{GeneralName, X509Certificate},
};

use super::Finding;
use crate::{
    certificates::{self, CertificateError, Held},
    config::Config,
};

pub(super) async fn examine(config: &Config, clock: &Clock) -> Vec<Finding> {
    if config.listen.blocks.is_none() {
        return vec![Finding::note("certificates", "the block has no blocks listener and needs none")];
    }
    let shown = |path: &Path| config.path(path).display().to_string();
    let held = match held(config).await {
        Ok(held) => held,
        Err(error) => {
            return vec![Finding::wrong(
                "certificates",
                error.to_string(),
                "check the files' owner and the seal key",
            )];
        }
    };
    let certificates = [
        ("certificate of the blocks listener", &config.blocks.server, held.server, Whose::Server),
        ("certificate for other blocks", &config.blocks.client, held.client, Whose::Client),
        ("certificate authority", &config.blocks.authority, held.authority, Whose::Authority),
    ];
    let examined = certificates
        .into_iter()
        .map(|(subject, file, text, whose)| certificate(subject, &shown(file), text, config, clock, whose));
    examined.collect()
}

/// What the running block shows: its files, and the client certificate that its store holds.
async fn held(config: &Config) -> Result<Held, CertificateError> {
    let seal = config.content("secrets.seal_key", &config.secrets.seal_key).ok();
    let seal = seal.and_then(|key| Seal::new(&key).ok());
    let url = config.store_url().parse().ok();
    let opened = match (&url, &seal) {
        (Some(url), Some(_)) if config.services().contains(&ServiceName::CertificateManage) => {
            Store::open(url, ServiceName::CertificateManage, TimeZone::UTC).await.ok()
        }
        // What is wrong with them is said elsewhere.
        _ => None,
    };
    // Without the seal there is no store, and nothing to open.
    let seal = seal.map_or_else(|| Seal::new(&Seal::new_key()), Ok)?;
    let held = certificates::held(config, opened.as_ref(), &seal).await;
    if let Some(store) = opened {
        let _ = store.close().await;
    }
    held
}

/// What this block lets others do without proof.
pub(super) fn unproven(config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    if config.blocks.client_certificates == ClientCertificates::Optional {
        findings.push(Finding::note(
            "blocks.client_certificates",
            "optional: whoever reaches the blocks listener may call himself a reference block",
        ));
    }
    if !config.blocks.reference.is_empty() {
        let codes: Vec<_> = config.blocks.reference.iter().map(i64::to_string).collect();
        findings.push(Finding::note(
            "blocks.reference",
            format!(
                "identities that these blocks send are believed without a signature: {}",
                codes.join(", ")
            ),
        ));
    }
    findings
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Server,
    Client,
    Authority,
}

fn certificate(
    subject: &str,
    shown: &str,
    text: Option<String>,
    config: &Config,
    clock: &Clock,
    whose: Whose,
) -> Finding {
    let mend = "the root writes it: `pxr block assign --help`, or `pxr enroll --help` at the root's machine";
    let Some(text) = text else { return Finding::wrong(subject, format!("{shown} is missing"), mend) };
    let pem = Pem::iter_from_buffer(text.as_bytes()).flatten().find(|pem| pem.label == "CERTIFICATE");
    let Some(pem) = pem else {
        return Finding::wrong(subject, format!("{shown} holds no certificate"), mend);
    };
    let Ok(certificate) = pem.parse_x509() else {
        return Finding::wrong(subject, format!("{shown} holds a damaged certificate"), mend);
    };
    if whose == Whose::Client && config.has_reference_root() && names_no_block(&certificate) {
        return Finding::note(
            subject,
            "names no block, as those of the reference: blocks that demand a certificate refuse this one",
        );
    }
    if let Some(problem) = other_block(&certificate, config, whose) {
        return Finding::wrong(subject, format!("{shown} {problem}"), mend);
    }
    validity(subject, &certificate, config, clock, whose)
}

fn names_no_block(certificate: &X509Certificate<'_>) -> bool {
    let names = certificate.subject_alternative_name().ok().flatten();
    let is_block = |name: &GeneralName<'_>| matches!(name, GeneralName::URI(uri) if uri.starts_with("pxr:"));
    !names.is_some_and(|names| names.value.general_names.iter().any(is_block))
}

/// What the certificate says of a block, where it is not this one.
fn other_block(certificate: &X509Certificate<'_>, config: &Config, whose: Whose) -> Option<String> {
    let names = certificate.subject_alternative_name().ok().flatten();
    let names = names.map(|names| names.value.general_names.clone()).unwrap_or_default();
    let block = format!("pxr:block:{}", config.block.code);
    let is_for = |name: &GeneralName<'_>| match (whose, name) {
        (Whose::Client, GeneralName::URI(uri)) => *uri == block,
        (Whose::Server, GeneralName::DNSName(name)) => *name == config.block.service_name,
        _ => false,
    };
    match whose {
        Whose::Authority => None,
        _ if names.iter().any(is_for) => None,
        Whose::Client => Some(format!("is not for the block {}", config.block.code)),
        Whose::Server => Some(format!("is not for the name {}", config.block.service_name)),
    }
}

fn validity(
    subject: &str,
    certificate: &X509Certificate<'_>,
    config: &Config,
    clock: &Clock,
    whose: Whose,
) -> Finding {
    let now = clock.now().utc().timestamp();
    let (begins, ends) =
        (certificate.validity().not_before.timestamp(), certificate.validity().not_after.timestamp());
    let until = certificate.validity().not_after.to_string();
    let file = config.file.display();
    let renew = match whose {
        _ if config.has_reference_root() => {
            "have a new one made by whoever runs the platform: a root of the reference takes no orders".to_owned()
        }
        Whose::Server => format!("`pxr cert renew --kind server -c {file}`"),
        Whose::Client => format!("`pxr cert renew --kind client -c {file}`"),
        Whose::Authority => {
            "the root makes a new one (POST /certification-authority/root); then `pxr block assign` for every block"
                .to_owned()
        }
    };
    if now < begins {
        return Finding::wrong(subject, "is not valid yet", "check the clock of this machine");
    }
    if now >= ends {
        return Finding::wrong(
            subject,
            format!("expired at {until}"),
            format!("{renew}, or `pxr block assign` at the root"),
        );
    }
    if ends - now < TimeDelta::days(config.blocks.expiry_warning_days).num_seconds() {
        let days = (ends - now) / 86_400;
        return Finding::wrong(subject, format!("expires at {until}, in {days} days"), renew);
    }
    Finding::well(subject, format!("valid until {until}"))
}
