//! `pxr enroll`.

use std::path::PathBuf;

use clap::Args;
use vocabulary::Code;

use super::{ConfigFile, Failure};
use crate::certificates;

/// Issues the first certificates of a block that was assigned (its catalog item says `assigned`).
///
/// Writes `server.pem`, `client.pem` and `authority.pem`; the block keeps them in its folder `certificates`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  pxr enroll --block 1000783 --out region/certificates -c root/block.toml")]
pub(super) struct Enroll {
    /// Catalog code of the block.
    #[arg(long)]
    block: i64,
    /// Folder for the files.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    #[command(flatten)]
    config: ConfigFile,
}

impl Enroll {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let root = self.config.assemble().await?;
        certificates::enroll(&root, Code(self.block), &self.out).await?;
        println!("certificates of block {} are in {}", self.block, self.out.display());
        Ok(())
    }
}
