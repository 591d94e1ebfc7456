//! The certificates of a block: there, of the platform, for this block, and not about to expire.

use std::{path::Path, path::PathBuf};

use chrono::TimeDelta;
use platform::Clock;
use x509_parser::{
    pem::Pem,
    prelude::{GeneralName, X509Certificate},
};

use super::Finding;
use crate::{config::Config, files};

/// When somebody should renew a certificate.
const SOON: TimeDelta = TimeDelta::days(30);

pub(super) fn examine(config: &Config, clock: &Clock) -> Vec<Finding> {
    if config.listen.blocks.is_none() {
        return vec![Finding::note("certificates", "the block has no blocks listener and needs none")];
    }
    let path = |path: &Path| config.path(path);
    vec![
        certificate(
            "certificate of the blocks listener",
            path(&config.blocks.server),
            config,
            clock,
            Whose::Server,
        ),
        certificate(
            "certificate for other blocks",
            path(&config.blocks.client),
            config,
            clock,
            Whose::Client,
        ),
        certificate("certificate authority", path(&config.blocks.authority), config, clock, Whose::Authority),
    ]
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Server,
    Client,
    Authority,
}

fn certificate(subject: &str, file: PathBuf, config: &Config, clock: &Clock, whose: Whose) -> Finding {
    let shown = file.display().to_string();
    let mend = "the root writes it: `pxr enroll --help`";
    let text = match files::read_if_there(&file) {
        Ok(Some(text)) => text,
        Ok(None) => return Finding::wrong(subject, format!("{shown} is missing"), mend),
        Err(error) => return Finding::wrong(subject, error.to_string(), "check the file's owner"),
    };
    let pem = Pem::iter_from_buffer(text.as_bytes()).flatten().find(|pem| pem.label == "CERTIFICATE");
    let Some(pem) = pem else {
        return Finding::wrong(subject, format!("{shown} holds no certificate"), mend);
    };
    let Ok(certificate) = pem.parse_x509() else {
        return Finding::wrong(subject, format!("{shown} holds a damaged certificate"), mend);
    };
    if let Some(problem) = other_block(&certificate, config, whose) {
        return Finding::wrong(subject, format!("{shown} {problem}"), mend);
    }
    validity(subject, &certificate, clock)
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

fn validity(subject: &str, certificate: &X509Certificate<'_>, clock: &Clock) -> Finding {
    let now = clock.now().utc().timestamp();
    let (begins, ends) =
        (certificate.validity().not_before.timestamp(), certificate.validity().not_after.timestamp());
    let until = certificate.validity().not_after.to_string();
    let renew = "let the root issue a new one (`pxr enroll`, or certification for the actor's)";
    if now < begins {
        return Finding::wrong(subject, "is not valid yet", "check the clock of this machine");
    }
    if now >= ends {
        return Finding::wrong(subject, format!("expired at {until}"), renew);
    }
    if ends - now < SOON.num_seconds() {
        return Finding::wrong(subject, format!("expires at {until}"), renew);
    }
    Finding::well(subject, format!("valid until {until}"))
}
