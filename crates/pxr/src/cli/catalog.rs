//! `pxr catalog`.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};
use platform::ApiError;
use starter_catalog::{Catalog, Settings, Writer};
use vocabulary::ServiceName;

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
    /// Finds items by parts of words in their names, descriptions and namespaces, the best first.
    #[command(after_help = "Example:\n  pxr catalog search 体温 センサー -c root/block.toml")]
    Search {
        /// All of them must be found.
        #[arg(required = true)]
        words: Vec<String>,
        #[command(flatten)]
        config: ConfigFile,
    },
    /// Writes the catalog with all versions of its items into a new folder, which `pxr catalog load` reads again.
    ///
    /// Deleted items and the code ranges are not in it.
    #[command(after_help = "Example:\n  pxr catalog export ./catalog -c root/block.toml")]
    Export {
        /// A folder that is new or empty.
        directory: PathBuf,
        #[command(flatten)]
        config: ConfigFile,
    },
}

impl CatalogCommand {
    pub(super) async fn run(self) -> Result<(), Failure> {
        match self {
            Self::Load { directory, settings, config } => load(directory, settings, config).await,
            Self::Search { words, config } => search(&words.join(" "), &config).await,
            Self::Export { directory, config } => export(&directory, &config).await,
        }
    }
}

async fn load(directory: Option<PathBuf>, settings: Vec<String>, config: ConfigFile) -> Result<(), Failure> {
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

async fn search(words: &str, config: &ConfigFile) -> Result<(), Failure> {
    let block = config.assemble().await?;
    let found = loader::search(&block.channel, words).await?;
    if found.is_empty() {
        return Err(Failure::Other("nothing was found".to_owned()));
    }
    for item in found {
        let head = &item["catalogItem"];
        let name = head["name"].as_str().unwrap_or_default();
        let (code, version) = (&head["_code"]["_value"], &head["_code"]["_ver"]);
        println!("{code:>8} v{version}  {name}  ({})", head["ns"].as_str().unwrap_or_default());
    }
    Ok(())
}

async fn export(directory: &Path, config: &ConfigFile) -> Result<(), Failure> {
    let block = config.assemble().await?;
    let ground = block.ground(ServiceName::Catalog);
    let store = &ground.ok_or_else(|| Failure::Other("the catalog runs at the root only".to_owned()))?.store;
    let failed = |error: ApiError| Failure::Other(format!("the catalog cannot be read: {error:?}"));
    let mut left_out = 0;
    let mut writer = Writer::begin(directory, &catalog::exported_name(store).await.map_err(failed)?)?;
    let namespaces = catalog::exported_namespaces(store).await.map_err(failed)?;
    for namespace in &namespaces {
        left_out += usize::from(!writer.namespace(namespace)?);
    }
    let (mut last, mut items) = (0, 0);
    loop {
        let (part, end) = catalog::exported_items(store, last).await.map_err(failed)?;
        if part.is_empty() {
            break;
        }
        for item in &part {
            left_out += usize::from(!writer.item(item)?);
        }
        (last, items) = (end, items + part.len());
    }
    println!("{} namespaces and {items} items are in {}", namespaces.len(), directory.display());
    if left_out == 0 {
        return Ok(());
    }
    Err(Failure::Other(format!(
        "{left_out} of them lie outside of model, built_in and ext and were left out"
    )))
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
