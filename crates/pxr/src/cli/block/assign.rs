//! `pxr block assign`.

use std::path::{Path, PathBuf};

use clap::Args;
use contract::certification_authority::CertificateType;

use crate::{
    cli::{Failure, login::Login},
    files,
    remote::{Member, To, blocks::BlockItem},
    settings_file::SettingsFile,
};

/// Assigns a block to the organisation that is to run it, and gets its certificates from the root's authority.
///
/// A member of the root runs it. Writes `server.pem`, `client.pem` (for the time before certification) and
/// `authority.pem` into the folder `certificates` of the block's folder, which then is handed to the organisation. It
/// can be repeated: the same certificates come again, or new ones where they were revoked. If another actor has taken
/// over the block, the block's configuration names it from then on.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  pxr block assign application000004 --to 歩数アプリ株式会社 --out app4 \\\n    \
                        --url https://root.example.org --login-id root --password-file root.password\n\n\
                        Next: pxr operator create, pxr serve, pxr actor apply --help"
)]
pub(in crate::cli) struct Assign {
    /// Id, service-name or code of the block.
    name: String,
    /// The organisation; it may be left out where the block is assigned already.
    #[arg(long, value_name = "ORGANISATION")]
    to: Option<String>,
    /// Folder of the block.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Only the assignment: for a root of the reference, which issues no certificates to be ordered.
    #[arg(long)]
    without_certificates: bool,
    #[command(flatten)]
    login: Login,
}

impl Assign {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let mut root = self.login.member().await?;
        let block = root.named_block(&self.name).await?;
        self.assign(&mut root, &block).await?;
        if self.without_certificates {
            return Ok(());
        }
        let ordered = certificates(&mut root, block.code(), &self.out.join("certificates")).await;
        ordered.map_err(|failure| {
            Failure::Other(format!(
                "{failure}\n  The assignment stands. At a root of the reference repeat this with \
                 --without-certificates; else repeat it when what was wrong is mended."
            ))
        })?;
        let path = self.out.join("block.toml");
        let file = path.display();
        // Another actor may have taken over the block.
        if path.exists()
            && let Some(actor) = root.actor_of(block.code()).await?
            && SettingsFile::name_actor(&path, actor)?
        {
            println!("{file} names the actor {actor} now: start the block anew");
            return Ok(());
        }
        println!("next: pxr operator create --login-id LOGIN -c {file}; pxr serve -c {file}");
        Ok(())
    }

    async fn assign(&self, root: &mut Member, block: &BlockItem) -> Result<(), Failure> {
        let organisation = block.item.text("assigned-organization");
        if block.is_assigned() {
            let now = organisation.unwrap_or_default();
            if let Some(wanted) = self.to.as_deref().filter(|wanted| *wanted != now) {
                let name = &self.name;
                return Err(Failure::Other(format!(
                    "{name} is assigned to {now:?} already, not to {wanted:?}"
                )));
            }
            println!("assignment: {} is {now}'s already", self.name);
            return Ok(());
        }
        let organisation = self.to.as_deref();
        let organisation =
            organisation.ok_or_else(|| Failure::Other("say with --to whose it is to be".to_owned()))?;
        let path = format!("/catalog/ext/{}", block.code());
        let document = block.assigned_to(organisation);
        root.ask("the assignment in the catalog", (To::Root, "PUT", &path), Some(document)).await?;
        println!("assignment: {} is {organisation}'s", self.name);
        Ok(())
    }
}

async fn certificates(root: &mut Member, block: i64, folder: &Path) -> Result<(), Failure> {
    let server = root.order(CertificateType::Server, block, None).await?;
    let client = root.order(CertificateType::Client, block, None).await?;
    files::write_secret(
        &folder.join("server.pem"),
        server.certificate.certificate.as_deref().unwrap_or_default(),
    )?;
    files::write_secret(
        &folder.join("client.pem"),
        client.certificate.certificate.as_deref().unwrap_or_default(),
    )?;
    files::write(&folder.join("authority.pem"), &client.authority)?;
    println!("certificates: server.pem, client.pem and authority.pem are in {}", folder.display());
    Ok(())
}
