//! `pxr catalog`.

use std::path::PathBuf;

use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};
use starter_catalog::{Catalog, Settings};

use super::{ConfigFile, Failure};
use crate::loader::{self, Loaded};

#[derive(Debug, Subcommand)]
pub(super) enum CatalogCommand {
    /// Loads the initial catalog: the built-in one, or a folder in the layout of the reference's delivery.
    ///
    /// It can be run again: it adds what is missing and changes nothing else.
    #[command(after_help = "Examples:\n  pxr catalog load -c root/block.toml\n  pxr catalog load ./catalog \
                            --set ext_name=a-city --set pxr_root_name=A市 -c root/block.toml")]
    Load {
        /// Folder with model/, `built_in`/ and ext/; without it the built-in catalog is loaded.
        directory: Option<PathBuf>,
        /// A setting of the installation, e.g. `pxr_root_name=A市`; may be repeated.
        #[arg(long = "set", value_name = "KEY=VALUE")]
        settings: Vec<String>,
        #[command(flatten)]
        config: ConfigFile,
    },
}

impl CatalogCommand {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let Self::Load { directory, settings, config } = self;
        let block = config.assemble().await?;
        let values = block.config.block.clone();
        let mut chosen = Settings::default();
        let own = [
            ("ext_name", values.ext_name),
            ("pxr_root_block_code", values.code.to_string()),
            ("pxr_root_actor_code", values.actor.unwrap_or(1_000_431).to_string()),
        ];
        let given = settings.iter().map(|setting| {
            setting.split_once('=').ok_or_else(|| Failure::Other(format!("--set {setting}: write KEY=VALUE")))
        });
        for (key, value) in own.iter().map(|(key, value)| (*key, value.as_str())) {
            set(&mut chosen, key, value)?;
        }
        for pair in given {
            let (key, value) = pair?;
            set(&mut chosen, key, value)?;
        }
        let (catalog, mut problems) = read(directory, &chosen)?;
        let bar = bar();
        let mut loaded = loader::load(&block.channel, &catalog, |done, of| {
            bar.set_length(of as u64);
            bar.set_position(done as u64);
        })
        .await?;
        bar.finish_and_clear();
        problems.append(&mut loaded.problems);
        loaded.problems = problems;
        report(&loaded)
    }
}

fn set(settings: &mut Settings, key: &str, value: &str) -> Result<(), Failure> {
    settings.set(key, value).map_err(|error| Failure::Other(format!("--set {key}: {error}")))
}

fn read(directory: Option<PathBuf>, settings: &Settings) -> Result<(Catalog, Vec<String>), Failure> {
    let failed = |error: String| Failure::Other(format!("the catalog cannot be read: {error}"));
    match directory {
        None => {
            Ok((starter_catalog::starter(settings).map_err(|error| failed(error.to_string()))?, Vec::new()))
        }
        Some(directory) => {
            let delivery = starter_catalog::read_directory(&directory, settings)
                .map_err(|error| failed(error.to_string()))?;
            Ok((delivery.catalog, delivery.problems.iter().map(ToString::to_string).collect()))
        }
    }
}

fn report(loaded: &Loaded) -> Result<(), Failure> {
    let Loaded { namespaces, items, problems } = loaded;
    println!(
        "namespaces: {} added, {} already there\nitems: {} added, {} already there",
        namespaces.added, namespaces.already_there, items.added, items.already_there
    );
    if problems.is_empty() {
        return Ok(());
    }
    for problem in problems {
        eprintln!("  {problem}");
    }
    Err(Failure::Other(format!("{} entries could not be loaded", problems.len())))
}

/// A progress bar, where somebody looks at it.
pub(super) fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {msg}");
    let bar = ProgressBar::new(0);
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
