//! `pxr doctor`.

use clap::Args;
use platform::Clock;

use super::{ConfigFile, Failure};
use crate::doctor;

/// Examines an installation, and says of each thing what was found and how to mend it.
///
/// It changes nothing, shows no secret, and may be run while the block serves. The exit code is 1 if something is wrong.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  pxr doctor -c root/block.toml")]
pub(super) struct Doctor {
    #[command(flatten)]
    config: ConfigFile,
}

impl Doctor {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let findings = doctor::examine(&self.config.config, &Clock::system()).await;
        for finding in &findings {
            println!("{finding}");
        }
        match findings.iter().filter(|finding| finding.is_wrong()).count() {
            0 => Ok(()),
            count => Err(Failure::Other(format!("{count} of {} things are wrong", findings.len()))),
        }
    }
}
