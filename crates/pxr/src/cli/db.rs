//! `pxr db`.

use clap::Subcommand;

use super::{ConfigFile, Failure};

#[derive(Debug, Subcommand)]
pub(super) enum Db {
    /// Brings the tables of all services of the block to the newest state. `pxr serve` does it too.
    #[command(after_help = "Example:\n  pxr db migrate -c root/block.toml")]
    Migrate(ConfigFile),
}

impl Db {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let Self::Migrate(config) = self;
        let block = config.assemble().await?;
        println!("{} services: tables are up to date", block.config.services().len());
        Ok(())
    }
}
