//! `pxr cert`.

mod install;
mod list;
mod renew;
mod revoke;

use clap::Subcommand;

use super::Failure;

#[derive(Debug, Subcommand)]
pub(super) enum CertCommand {
    List(list::List),
    Install(install::Install),
    Renew(renew::Renew),
    Revoke(revoke::Revoke),
}

impl CertCommand {
    pub(super) async fn run(self) -> Result<(), Failure> {
        match self {
            Self::List(command) => command.run().await,
            Self::Install(command) => command.run().await,
            Self::Renew(command) => command.run().await,
            Self::Revoke(command) => command.run().await,
        }
    }
}
