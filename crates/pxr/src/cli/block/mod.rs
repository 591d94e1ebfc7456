//! `pxr block`.

mod add;
mod address;
mod assign;
mod list;
mod remove;

use clap::Subcommand;

use super::Failure;

#[derive(Debug, Subcommand)]
pub(super) enum BlockCommand {
    Add(add::Add),
    Assign(assign::Assign),
    List(list::List),
    Remove(remove::Remove),
    Address(address::Address),
}

impl BlockCommand {
    pub(super) async fn run(self) -> Result<(), Failure> {
        match self {
            Self::Add(command) => command.run().await,
            Self::Assign(command) => command.run().await,
            Self::List(command) => command.run().await,
            Self::Remove(command) => command.run().await,
            Self::Address(command) => command.run(),
        }
    }
}
