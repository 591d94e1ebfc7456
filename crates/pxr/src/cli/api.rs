//! `pxr api`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use vocabulary::ServiceName;

use super::Failure;

#[derive(Debug, Subcommand)]
pub(super) enum ApiCommand {
    /// Prints the `OpenAPI` document of a service.
    #[command(after_help = "Example:\n  pxr api show notification > notification.json")]
    Show(Show),
    /// Writes the `OpenAPI` documents of all services, one file each.
    #[command(after_help = "Example:\n  pxr api export openapi/")]
    Export(Export),
}

#[derive(Debug, Args)]
pub(super) struct Show {
    /// Name of the service, for instance `book-manage`.
    #[arg(value_name = "SERVICE")]
    service: ServiceName,
}

#[derive(Debug, Args)]
pub(super) struct Export {
    /// Folder to write to; it is made when it is not there.
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
}

impl ApiCommand {
    pub(super) fn run(self) -> Result<(), Failure> {
        match self {
            Self::Show(Show { service }) => println!("{:#}", crate::api::of(service).document()),
            Self::Export(Export { folder }) => {
                std::fs::create_dir_all(&folder)?;
                for service in ServiceName::ALL {
                    let file = folder.join(format!("{service}.json"));
                    std::fs::write(&file, format!("{:#}\n", crate::api::of(service).document()))?;
                    println!("{}", file.display());
                }
            }
        }
        Ok(())
    }
}
