//! `pxr cert install`.

use std::path::PathBuf;

use clap::Args;
use contract::certification_authority::{CertificateType, Standing};

use crate::{
    certificates::Described,
    cli::{ConfigFile, Failure, login::LocalLogin},
    config::Config,
    files,
    remote::{Member, RemoteError},
    settings_file::SettingsFile,
};

/// Gives a block the certificate of its certified actor, and the actor's code to its configuration.
///
/// A member of the block runs it, where the block's configuration lies. The block shows the new certificate at once;
/// the older ones end. Start the block anew afterwards: from then on its members act for the actor. It can be repeated.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  pxr cert install app4-client.pem -c app4/block.toml --login-id operator-app4 \\\n    \
                        --password-file app4.password"
)]
pub(in crate::cli) struct Install {
    /// What `pxr actor approve` wrote: key and certificate.
    #[arg(value_name = "FILE")]
    certificate: PathBuf,
    #[command(flatten)]
    config: ConfigFile,
    #[command(flatten)]
    login: LocalLogin,
}

impl Install {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let config = self.config.read()?;
        let pem = std::fs::read_to_string(&self.certificate)
            .map_err(|error| Failure::Other(format!("{}: {error}", self.certificate.display())))?;
        // That of a reference root names no block; whose it is, the block asks the authority.
        let fits = |new: &Described| new.block.is_none_or(|block| block == config.block.code);
        let new = Described::read(&pem).filter(fits).ok_or_else(|| {
            Failure::Other(format!(
                "{} holds no client certificate of the block {}",
                self.certificate.display(),
                config.block.code
            ))
        })?;
        let mut member = self.login.member(&config).await?;
        member.install((&new.serial, &new.print), &pem).await?;
        files::write_secret(&config.path(&config.blocks.client), &pem)?;
        println!("the block shows the certificate {}", new.serial);
        // First what the block needs.
        if let Some(actor) = new.actor
            && SettingsFile::name_actor(&config.file, actor)?
        {
            println!("{} names the actor {actor} now: start the block anew", config.file.display());
        }
        end_others(&mut member, &config, &new.serial).await
    }
}

/// Older client certificates of the block have served.
async fn end_others(member: &mut Member, config: &Config, newest: &str) -> Result<(), Failure> {
    let all = match member.certificates().await {
        Err(RemoteError::NotOffered { .. }) => {
            println!(
                "the root is one of the reference, which ends no certificate before its actor: older ones stay"
            );
            return Ok(());
        }
        all => all?,
    };
    for one in all {
        let certificate = &one.certificate;
        let is_older = one.state == Standing::Live
            && certificate.cert_type == CertificateType::Client
            && certificate.serial_no != newest
            && one.block.is_some_and(|block| block.value == config.block.code);
        if is_older {
            member.give_up(&certificate.serial_no).await?;
            member.forget(&certificate.serial_no, &certificate.finger_print).await?;
            println!("the certificate {} has ended", certificate.serial_no);
        }
    }
    Ok(())
}
