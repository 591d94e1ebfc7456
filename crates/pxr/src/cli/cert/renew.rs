//! `pxr cert renew`.

use std::{path::PathBuf, time::Duration};

use clap::{Args, ValueEnum};
use contract::certification_authority::CertificateType;
use serde::{Deserialize, Serialize};
use vocabulary::BlockKind;

use crate::{
    certificates::Described,
    cli::{ConfigFile, Failure, login::LocalLogin},
    config::Config,
    files,
    remote::{Member, RemoteError},
};

/// Renews the certificates of a block before they expire: new ones from the root's authority, installed; then the old
/// ones end.
///
/// A member of the block runs it, where the block's configuration lies. The running block takes the new certificates
/// without a restart: the one for calls at once, the one of its listener within seconds. A renewal that was cut off is
/// completed by repeating the command, which orders nothing twice. A root of the reference takes no orders: nothing
/// changes then.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  pxr cert renew -c app4/block.toml --login-id operator-app4 --password-file app4.password"
)]
pub(in crate::cli) struct Renew {
    /// Which one: that of the blocks listener, that for calls to other blocks, or both.
    #[arg(long, value_enum, default_value_t = Which::All)]
    kind: Which,
    /// Seconds until the old certificate ends; default: 0, or 15 where other processes of the block must learn of
    /// the new one first.
    #[arg(long, value_name = "SECONDS")]
    wait: Option<u64>,
    #[command(flatten)]
    config: ConfigFile,
    #[command(flatten)]
    login: LocalLogin,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Which {
    Server,
    Client,
    All,
}

impl Renew {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let config = self.config.read()?;
        let mut member = self.login.member(&config).await?;
        let is_split = !config.services.peers.is_empty() || config.store.url.starts_with("postgres");
        let wait = Duration::from_secs(self.wait.unwrap_or(if is_split { 15 } else { 0 }));
        if self.kind != Which::Client {
            Renewal::of(CertificateType::Server, &config, &mut member)
                .await?
                .carry_out(&mut member, wait)
                .await?;
        }
        if self.kind != Which::Server {
            Renewal::of(CertificateType::Client, &config, &mut member)
                .await?
                .carry_out(&mut member, wait)
                .await?;
        }
        Ok(())
    }
}

/// The certificate that is to end. It is noted in a file before anything happens, so that the same renewal goes on
/// after a crash.
#[derive(Debug, Serialize, Deserialize)]
struct Old {
    serial: String,
    print: String,
}

struct Renewal<'c> {
    kind: CertificateType,
    config: &'c Config,
    note: PathBuf,
    file: PathBuf,
    old: Old,
}

impl<'c> Renewal<'c> {
    /// A new renewal, or the one that was cut off.
    async fn of(kind: CertificateType, config: &'c Config, member: &mut Member) -> Result<Self, Failure> {
        let file = config.path(match kind {
            CertificateType::Server => &config.blocks.server,
            CertificateType::Root | CertificateType::Client => &config.blocks.client,
        });
        let note = file.with_extension("renewal");
        let noted = files::read_if_there(&note)?.and_then(|text| serde_json::from_str(&text).ok());
        if let Some(old) = noted {
            println!("{}: a renewal that was cut off goes on", kind.as_str());
            return Ok(Self { kind, config, note, file, old });
        }
        let renewal = Self { old: shown(kind, config, &file, member).await?, kind, config, note, file };
        let text = serde_json::to_string(&renewal.old).map_err(|error| Failure::Other(error.to_string()))?;
        files::write(&renewal.note, &text)?;
        Ok(renewal)
    }

    async fn carry_out(self, member: &mut Member, wait: Duration) -> Result<(), Failure> {
        let name = self.kind.as_str();
        let new = match member.order(self.kind, self.config.block.code, Some(&self.old.serial)).await {
            Err(refusal @ RemoteError::NotOffered { .. }) => {
                // Nothing was begun that could go on.
                files::remove(&self.note)?;
                return Err(refusal.into());
            }
            ordered => ordered?.certificate,
        };
        let missing = || RemoteError::Answer { what: "the new certificate".to_owned(), missing: "key" };
        let pem = new.certificate.ok_or_else(missing)?;
        println!("{name}: the authority issued {}, valid until {}", new.serial_no, new.valid_period_end);
        if self.kind == CertificateType::Client && self.config.block.kind != BlockKind::Root {
            member.install((&new.serial_no, &new.finger_print), &pem).await?;
        }
        files::write_secret(&self.file, &pem)?;
        println!("{name}: it is installed");
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        member.give_up(&self.old.serial).await?;
        if self.kind == CertificateType::Client && self.config.block.kind != BlockKind::Root {
            member.forget(&self.old.serial, &self.old.print).await?;
        }
        println!("{name}: the old one, {}, has ended", self.old.serial);
        Ok(files::remove(&self.note)?)
    }
}

/// The certificate that the block shows now.
async fn shown(
    kind: CertificateType,
    config: &Config,
    file: &std::path::Path,
    member: &mut Member,
) -> Result<Old, Failure> {
    if kind == CertificateType::Client && config.block.kind != BlockKind::Root {
        let held = member.held().await?;
        if let Some(shown) = held.into_iter().find(|one| one.cert_type == CertificateType::Client) {
            return Ok(Old { serial: shown.serial_no, print: shown.finger_print });
        }
    }
    let described = files::read_if_there(file)?.as_deref().and_then(Described::read);
    let described = described.ok_or_else(|| {
        Failure::Other(format!("{} holds no certificate; `pxr block assign` gets one", file.display()))
    })?;
    Ok(Old { serial: described.serial, print: described.print })
}
