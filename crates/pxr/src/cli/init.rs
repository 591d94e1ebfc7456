//! `pxr init`.

use std::path::PathBuf;

use clap::Args;
use vocabulary::BlockKind;

use super::Failure;
use crate::template::Template;

/// Writes a commented configuration and the secrets of a new block into a folder.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  pxr init --kind root root\n  pxr init --kind app --code 1000785 \
                        --service-name application000001-service app1")]
pub(super) struct Init {
    /// root, region-root or app.
    #[arg(long)]
    kind: BlockKind,
    /// Catalog code of the block.
    #[arg(long, default_value_t = 1_000_401)]
    code: i64,
    /// The block's own name in the catalog.
    #[arg(long, default_value = "root-service")]
    service_name: String,
    /// The installation's name in the catalog.
    #[arg(long, default_value = "pxross1")]
    ext_name: String,
    /// Folder for the files.
    #[arg(value_name = "DIR", default_value = ".")]
    directory: PathBuf,
}

impl Init {
    pub(super) fn run(self) -> Result<(), Failure> {
        let file = self.directory.join("block.toml");
        if file.exists() {
            return Err(Failure::Other(format!("{} is there already; nothing was changed", file.display())));
        }
        let template =
            Template { ext_name: self.ext_name, ..Template::new(self.kind, self.code, self.service_name) };
        template.write(&self.directory)?;
        println!("{} is written; read it, then run: pxr serve -c {}", file.display(), file.display());
        Ok(())
    }
}
