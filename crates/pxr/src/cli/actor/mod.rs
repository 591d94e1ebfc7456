//! `pxr actor`.

mod apply;
mod approve;
mod list;
mod remove;

use clap::Subcommand;

use super::Failure;

#[derive(Debug, Subcommand)]
pub(super) enum ActorCommand {
    Apply(apply::Apply),
    Approve(approve::Approve),
    List(list::List),
    Remove(remove::Remove),
}

impl ActorCommand {
    pub(super) async fn run(self) -> Result<(), Failure> {
        match self {
            Self::Apply(command) => command.run().await,
            Self::Approve(command) => command.run().await,
            Self::List(command) => command.run().await,
            Self::Remove(command) => command.run().await,
        }
    }
}
