//! `pxr actor remove`.

use clap::Args;
use serde_json::json;

use crate::{
    cli::{Failure, login::Login},
    remote::To,
};

/// Applies for the end of the certification of the own organisation.
///
/// A member of the block runs it, at the block. Once it is approved (`pxr actor approve`), the actor has left and the
/// block's certificates open nothing any more. It can be repeated: an application that waits stays the only one. An
/// actor that is to take over the block agrees first (`pxr actor approve`, at its own block).
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  pxr actor remove --url https://application000004.example.org --login-id operator-app4 \\\n    \
                        --password-file app4.password\n\n\
                        Next, at the root: pxr actor approve, then pxr block remove"
)]
pub(in crate::cli) struct Remove {
    /// Code of the actor that takes over the block; default: nobody.
    #[arg(long, value_name = "CODE")]
    successor: Option<i64>,
    #[command(flatten)]
    login: Login,
}

impl Remove {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let mut member = self.login.member().await?;
        let block = member.block()?;
        if member.actor().is_none() {
            return Err(Failure::Other("the block does not act for a certified actor".to_owned()));
        }
        let kind = member.named_block(&block.to_string()).await?.kind;
        let applications = member.applications_of(block, kind).await?;
        if let Some(waits) = applications.iter().find(|one| !one.is_certification() && one.is_pending()) {
            println!("the application {} waits for its approval already", waits.id());
            return Ok(());
        }
        let body = json!({"migrationActorCode": self.successor, "isDraft": false});
        let call = (To::Root, "POST", "/catalog-update/actor/remove");
        let applied = member.ask("the application", call, Some(body)).await?;
        let place = if self.successor.is_some() {
            "first at the successor's block, then at the root"
        } else {
            "at the root"
        };
        println!("the application {} is made; next, {place}: pxr actor approve {block}", applied["id"]);
        Ok(())
    }
}
