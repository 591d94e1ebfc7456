//! `pxr db`.

use clap::Subcommand;
use platform::StoreUrl;

use super::{ConfigFile, Failure};
use crate::{
    adoption::{self, Holding},
    assembly::{Block, Extent},
    config::Config,
    tables::{self, Mismatch},
};

#[derive(Debug, Subcommand)]
pub(super) enum Db {
    /// Brings the tables of all services of the block to the newest state. `pxr serve` does it too.
    #[command(after_help = "Example:\n  pxr db migrate -c root/block.toml")]
    Migrate(ConfigFile),
    /// Compares a `PostgreSQL` database with what the specs prescribe, column by column, and changes nothing.
    #[command(after_help = "Example:\n  pxr db check -c root/block.toml")]
    Check(ConfigFile),
    /// Takes over a `PostgreSQL` database that the reference made, in place and without loss.
    ///
    /// It is compared first; nothing is changed if anything differs. Set `store.time_zone` to the zone that the other
    /// program ran in. A second run changes nothing.
    #[command(after_help = "Example:\n  pxr db adopt -c root/block.toml")]
    Adopt(ConfigFile),
}

impl Db {
    pub(super) async fn run(self) -> Result<(), Failure> {
        match self {
            Self::Migrate(file) => {
                let block = file.assemble().await?;
                println!("{} services: tables are up to date", block.config.services().len());
                Ok(())
            }
            Self::Check(file) => check(&file.read()?).await,
            Self::Adopt(file) => adopt(file.read()?).await,
        }
    }
}

async fn check(config: &Config) -> Result<(), Failure> {
    for (schema, holding) in compared(config).await? {
        let word = match holding {
            Holding::Nothing => "no tables yet; `pxr serve` or `pxr db migrate` makes them",
            Holding::Ours => "made or adopted by this program",
            Holding::Foreign => "made by another program, and as it must be; `pxr db adopt` takes it over",
        };
        println!("{schema}: {word}");
    }
    Ok(())
}

async fn adopt(config: Config) -> Result<(), Failure> {
    let foreign =
        compared(&config).await?.into_iter().filter(|(_, holding)| *holding == Holding::Foreign).count();
    let services = config.services().len();
    Block::adopt(config).await?;
    println!("{foreign} of {services} schemas adopted; all are up to date");
    Ok(())
}

/// Whose tables each schema holds, once all are known to be as they must.
async fn compared(config: &Config) -> Result<Vec<(&'static str, Holding)>, Failure> {
    let other = |error: &dyn std::fmt::Display| Failure::Other(error.to_string());
    let store: StoreUrl = config.store_url().parse().map_err(|error: platform::StoreError| other(&error))?;
    let StoreUrl::Postgres(url) = &store else {
        return Err(Failure::Other(
            "`store.url` names SQLite files; only a PostgreSQL database can come from another program"
                .to_owned(),
        ));
    };
    let mut found = Vec::new();
    let mut mismatches: Vec<Mismatch> = Vec::new();
    let holdings = adoption::holdings(url, &config.services()).await.map_err(|error| other(&error))?;
    for (service, holding) in holdings {
        if holding != Holding::Nothing {
            let compared = tables::compare(&store, service, Extent::Tables).await;
            mismatches.extend(compared.map_err(|error| other(&error))?);
        }
        found.push((service.schema(), holding));
    }
    if mismatches.is_empty() {
        return Ok(found);
    }
    for mismatch in &mismatches {
        println!("{mismatch}");
    }
    let count = mismatches.len();
    Err(Failure::Other(format!("{count} differences, see above; nothing was changed")))
}
