//! Examines an installation: configuration, secrets, store, tables, catalog, first operator, clock, listeners,
//! certificates, other blocks. One line each: what was examined, what was found, how to mend it.
//!
//! It changes nothing and never shows a secret.

mod certificates;
mod data;
mod network;

use std::{fmt, fs, os::unix::fs::PermissionsExt, path::Path};

use platform::Clock;

use crate::config::Config;

/// One thing that was examined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub subject: String,
    pub found: String,
    pub verdict: Verdict,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Well,
    /// It works, but somebody should know.
    Note,
    /// Something is wrong; the text says how to mend it.
    Wrong {
        mend: String,
    },
}

impl Finding {
    fn well(subject: impl Into<String>, found: impl Into<String>) -> Self {
        Self { subject: subject.into(), found: found.into(), verdict: Verdict::Well }
    }

    fn note(subject: impl Into<String>, found: impl Into<String>) -> Self {
        Self { subject: subject.into(), found: found.into(), verdict: Verdict::Note }
    }

    fn wrong(subject: impl Into<String>, found: impl Into<String>, mend: impl Into<String>) -> Self {
        let verdict = Verdict::Wrong { mend: mend.into() };
        Self { subject: subject.into(), found: found.into(), verdict }
    }

    #[must_use]
    pub const fn is_wrong(&self) -> bool {
        matches!(self.verdict, Verdict::Wrong { .. })
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { subject, found, verdict } = self;
        match verdict {
            Verdict::Well => write!(f, "✓ {subject}: {found}"),
            Verdict::Note => write!(f, "! {subject}: {found}"),
            Verdict::Wrong { mend } => write!(f, "✗ {subject}: {found} — {mend}"),
        }
    }
}

/// Examines the block of a configuration file.
pub async fn examine(file: &Path, clock: &Clock) -> Vec<Finding> {
    let config = match Config::read(file) {
        Ok(config) => config,
        Err(error) => {
            return vec![Finding::wrong(
                "configuration",
                error.to_string(),
                "correct the file and ask again",
            )];
        }
    };
    let block = &config.block;
    let shown = format!("{} block {} ({})", block.kind.as_str(), block.code, block.service_name);
    let mut findings = vec![Finding::well("configuration", shown)];
    findings.extend(secrets(&config));
    findings.extend(data::examine(&config, clock).await);
    findings.extend(certificates::examine(&config, clock).await);
    findings.extend(certificates::unproven(&config));
    findings.extend(network::examine(&config, clock).await);
    findings
}

/// Files that only their owner may read.
fn secrets(config: &Config) -> Vec<Finding> {
    let files = [
        ("secrets.seal_key", config.path(&config.secrets.seal_key), true),
        ("configuration file", config.file.clone(), true),
        ("blocks.server", config.path(&config.blocks.server), false),
        ("blocks.client", config.path(&config.blocks.client), false),
    ];
    let mut findings = Vec::new();
    for (what, path, required) in files {
        let shown = path.display();
        match fs::metadata(&path) {
            Ok(metadata) if metadata.permissions().mode() & 0o077 != 0 => findings.push(Finding::wrong(
                what,
                format!("{shown} can be read by others"),
                format!("chmod 600 {shown}"),
            )),
            Ok(_) => {}
            Err(_) if !required => {}
            Err(error) => findings.push(Finding::wrong(
                what,
                format!("{shown}: {error}"),
                "restore the file from its safe copy",
            )),
        }
    }
    if findings.is_empty() {
        findings.push(Finding::well("secrets", "only their owner may read them"));
    }
    findings
}
