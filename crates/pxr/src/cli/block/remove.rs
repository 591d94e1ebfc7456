//! `pxr block remove`.

use clap::Args;
use contract::certification_authority::{Listed, Standing};

use crate::{
    cli::{Failure, login::Login},
    remote::{Member, To},
};

/// Removes a block from a platform: its certificates end, and its item leaves the catalog.
///
/// A member of the root runs it, after the actor that ran the block has ended (`pxr actor remove`). It can be
/// repeated. The block's own folder and database stay; whoever ran it deletes them.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  pxr block remove application000004 --url https://root.example.org --login-id root \\\n    \
                        --password-file root.password"
)]
pub(in crate::cli) struct Remove {
    /// Id, service-name or code of the block.
    name: String,
    /// Only the catalog: for a root of the reference, whose certificates end with their actors.
    #[arg(long)]
    without_certificates: bool,
    #[command(flatten)]
    login: Login,
}

impl Remove {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let mut root = self.login.member().await?;
        let mut blocks = root.blocks().await?.into_iter();
        let Some(block) = blocks.find(|block| block.is(&self.name)) else {
            return self.gone(&mut root).await;
        };
        let code = block.code();
        if let Some(actor) = root.actor_of(code).await? {
            return Err(Failure::Other(format!(
                "the block {code} is run by the actor {actor}: let its members apply for the actor's end with \
                 `pxr actor remove`, approve it with `pxr actor approve {}`, and repeat this",
                self.name
            )));
        }
        // First what opens doors: a crash leaves an item that the command finds again.
        for one in self.certificates(&mut root).await? {
            if one.state == Standing::Live && one.block.is_some_and(|of| of.value == code) {
                root.give_up(&one.certificate.serial_no).await?;
                println!("certificates: {} is revoked", one.certificate.serial_no);
            }
        }
        let path = format!("/catalog/ext/{code}");
        root.ask("taking the block from the catalog", (To::Root, "DELETE", &path), None).await?;
        println!("catalog: {} (code {code}) is removed", self.name);
        Ok(())
    }

    async fn certificates(&self, root: &mut Member) -> Result<Vec<Listed>, Failure> {
        if self.without_certificates { Ok(Vec::new()) } else { Ok(root.certificates().await?) }
    }

    /// The catalog tells nothing of what was deleted, but the authority remembers for whom it signed.
    async fn gone(&self, root: &mut Member) -> Result<(), Failure> {
        let service_name = format!("{}-service", self.name);
        let was_there = self.certificates(root).await?.iter().any(|one| {
            let name = &one.certificate.subject.common_name;
            let code = one.block.is_some_and(|block| block.value.to_string() == self.name);
            code || *name == self.name || *name == service_name
        });
        if was_there {
            println!("catalog: {} was removed before", self.name);
            return Ok(());
        }
        Err(Failure::Other(format!("there is no block {:?}; `pxr block list` shows them", self.name)))
    }
}
