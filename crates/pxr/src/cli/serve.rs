//! `pxr serve`.

use batches::BatchGround;
use clap::Args;
use platform::{
    Clock,
    telemetry::{self, LogFormat},
};
use tokio::signal::unix::{SignalKind, signal};

use super::{ConfigFile, Failure};
use crate::{assembly::Block, config};

/// Runs a block until it is told to end (SIGTERM or Ctrl-C); running requests finish first.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  pxr serve -c root/block.toml")]
pub(super) struct Serve {
    #[command(flatten)]
    config: ConfigFile,
}

impl Serve {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let config = self.config.read()?;
        let format = match config.log.format {
            config::LogFormat::Text => LogFormat::Text,
            config::LogFormat::Json => LogFormat::Json,
        };
        telemetry::start(format, &config.log.filter);
        let (settings, zone) = (config.batches.clone(), config.block.time_zone);
        let serving = Block::assemble(config).await?.serve().await?;
        let (addresses, metrics) = (serving.addresses, serving.block.metrics.clone());
        tracing::info!(?addresses, "the block serves");
        let ground = BatchGround::new(serving.block.neighbourhood()).with(&settings);
        let clock = Clock::system();
        tokio::select! {
            ended = end() => ended?,
            () = batches::run_scheduled(&ground, &settings, (&clock, zone), &metrics), if settings.scheduled => {}
        }
        tracing::info!("the block ends; running requests finish first");
        serving.stop().await;
        Ok(())
    }
}

/// Waits until the process is told to end.
pub(super) async fn end() -> Result<(), Failure> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed?,
        _ = terminate.recv() => {}
    }
    Ok(())
}
