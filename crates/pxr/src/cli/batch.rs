//! `pxr batch`.

use std::time::Duration;

use batches::{BatchGround, BatchName, BatchReport};
use clap::{Args, Subcommand};
use comfy_table::{Table, presets::UTF8_FULL_CONDENSED};
use indicatif::ProgressBar;
use platform::{Channel, Neighbourhood};

use super::{ConfigFile, Failure};
use crate::{assembly::Block, config::Config};

#[derive(Debug, Subcommand)]
pub(super) enum BatchCommand {
    Run(Run),
    /// Shows all batches: what they do, which kinds of blocks run them, and when `pxr serve` does it.
    ///
    /// It does where `batches.scheduled` is true; `batches.schedule` may say other times.
    #[command(after_help = "Example:\n  pxr batch list")]
    List,
}

/// Runs a batch once, and tells what it did.
///
/// It calls the services of the block through `listen.internal` where the block serves there, and brings them up in
/// this process otherwise. A batch may be run at any time and again: it completes what an earlier run left. The exit
/// code is 0 unless something went wrong; what waits for a later run, as it should, is listed and is no failure.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  pxr batch run cooperate-region-batch -c region/block.toml\n  pxr batch run \
                        link-ctoken -c app/block.toml"
)]
pub(super) struct Run {
    /// Name of the batch, with or without `-batch`; `pxr batch list` shows them.
    #[arg(value_name = "NAME")]
    batch: BatchName,
    #[command(flatten)]
    config: ConfigFile,
}

impl BatchCommand {
    pub(super) async fn run(self) -> Result<(), Failure> {
        match self {
            Self::Run(command) => command.run().await,
            Self::List => {
                println!("{}", table());
                Ok(())
            }
        }
    }
}

impl Run {
    async fn run(self) -> Result<(), Failure> {
        let config = self.config.read()?;
        let settings = config.batches.clone();
        let bar = ProgressBar::new_spinner();
        bar.enable_steady_tick(Duration::from_millis(200));
        bar.set_message(self.batch.to_string());
        let shown = bar.clone();
        let ground = BatchGround::new(neighbourhood(config).await?)
            .with(&settings)
            .watched(move |report| shown.set_message(line(report)));
        let ended = batches::run(self.batch, &ground).await;
        bar.finish_and_clear();
        let report = ended?;
        tell(&report);
        if report.is_success() {
            Ok(())
        } else {
            let failed = report.failed.len();
            Err(Failure::Other(format!(
                "{failed} failed, see above; run the batch again once the cause is gone"
            )))
        }
    }
}

/// The services of a block that serves them to its other processes, or else those of a block in this process.
async fn neighbourhood(config: Config) -> Result<Neighbourhood, Failure> {
    let Some(internal) = config.listen.internal.clone() else {
        return Ok(Block::assemble(config).await?.neighbourhood());
    };
    let base = base_url(&internal);
    let mut elsewhere = config.services.peers.clone();
    elsewhere.extend(config.services().into_iter().map(|service| (service, base.clone())));
    let channel = Channel::new(elsewhere).map_err(|error| Failure::Other(error.to_string()))?;
    Ok(Neighbourhood { block: config.identity().into(), channel })
}

/// Where a listener is reached; an address of all interfaces is none to connect to.
fn base_url(address: &str) -> String {
    format!("http://{address}").replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")
}

fn line(report: &BatchReport) -> String {
    let BatchReport { batch, done, left, failed, .. } = report;
    format!("{batch}: {done} done, {} left for a later run, {} failed", left.len(), failed.len())
}

fn tell(report: &BatchReport) {
    println!("{}", line(report));
    if let Some(note) = report.note {
        println!("  {note}");
    }
    for unfinished in &report.left {
        println!("  left: {}: {}", unfinished.what, unfinished.why);
    }
    for unfinished in &report.failed {
        eprintln!("  failed: {}: {}", unfinished.what, unfinished.why);
    }
}

fn table() -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_header([
        "batch",
        "what it does",
        "runs on",
        "when, if scheduled",
    ]);
    for batch in BatchName::ALL {
        let kinds: Vec<_> = batch.kinds().iter().map(|kind| kind.as_str()).collect();
        let row =
            [batch.to_string(), batch.purpose().to_owned(), kinds.join(", "), batch.schedule().to_owned()];
        table.add_row(row);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listener_on_all_interfaces_is_reached_on_this_machine() {
        assert_eq!(base_url("0.0.0.0:9080"), "http://127.0.0.1:9080");
        assert_eq!(base_url("[::]:9080"), "http://[::1]:9080");
        assert_eq!(base_url("internal.example:9080"), "http://internal.example:9080");
    }

    #[test]
    fn the_table_shows_every_batch() {
        let table = table().to_string();
        assert!(BatchName::ALL.iter().all(|batch| table.contains(&batch.to_string())));
    }
}
