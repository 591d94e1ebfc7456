//! `pxr scenario`.

use std::path::PathBuf;

use clap::Args;
use story::Options;

use super::{
    Failure,
    telling::{Teller, journal, prepare_folder},
};
use crate::demo::{DemoStage, ScenarioStage, StageOptions};

/// Plays a scenario (a folder with `index.json` and its bodies) on a fresh platform of five blocks.
///
/// It is for those who test this program: every call must be answered, and every refusal made, as the scenario says.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  pxr scenario ../shared/scenario\n  pxr scenario ../shared/scenario \
                        --until 'STEP2' --data /tmp/scenario --base-port 9800")]
pub(super) struct Scenario {
    /// Folder of the scenario.
    scenario: PathBuf,
    /// Folder of the platform that it plays on.
    #[arg(long, value_name = "DIR", default_value = "pxr-scenario")]
    data: PathBuf,
    /// Public listener of the root block; the others follow, and their blocks listeners 100 ports on.
    #[arg(long, value_name = "N", default_value_t = 8800)]
    base_port: u16,
    /// Ends before the first phase that begins like this.
    #[arg(long, value_name = "PHASE")]
    until: Option<String>,
    /// Goes on after a step that did not hold.
    #[arg(long)]
    keep_going: bool,
    /// Goes on with the data of the folder, where the scenario stopped.
    #[arg(long)]
    keep: bool,
    /// Runs on a PostgreSQL server: each block gets a database of its own there.
    #[arg(long, value_name = "URL")]
    store: Option<String>,
}

impl Scenario {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let other = |error: &dyn std::fmt::Display| Failure::Other(error.to_string());
        let story = story::scenario::read(&self.scenario).map_err(|error| other(&error))?;
        prepare_folder(&self.data, self.keep)?;
        let mut journal = journal(&self.data)?;
        let mut stage = DemoStage::new(StageOptions {
            folder: std::path::absolute(&self.data)?,
            base_port: self.base_port,
            store: self.store,
        });
        stage.wake().await.map_err(|error| other(&error))?;
        let mut stage = ScenarioStage(stage);
        let options = Options { stop_before: self.until.into_iter().collect(), keep_going: self.keep_going };
        let mut teller = Teller::new(story.steps.len());
        let told = story::run(&story, &mut stage, &mut journal, &options, &mut teller).await;
        teller.end();
        stage.0.stop().await;
        let report = told.map_err(|error| other(&error))?;
        println!("{} steps held, {} of them before.", report.done + report.done_before, report.done_before);
        for line in &report.refused_differently {
            println!("  refused, but differently: {line}");
        }
        for line in report.left_out.iter().chain(&report.failed) {
            println!("  did not hold: {line}");
        }
        match report.failed.len() {
            0 => Ok(()),
            count => Err(Failure::Other(format!("{count} steps did not hold"))),
        }
    }
}
