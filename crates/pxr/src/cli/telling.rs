//! What the commands share that tell a story: the folder it plays in, and the lines on the screen.

use std::{fs, path::Path, time::Duration};

use indicatif::ProgressBar;
use story::{Journal, Observer, Outcome, Step};

use super::{Failure, catalog::bar};

/// A file that marks a folder as a story's own, which may be emptied.
const JOURNAL: &str = "journal.jsonl";

/// Empties the folder of a story that begins anew, and no other one.
pub(super) fn prepare_folder(folder: &Path, keep: bool) -> Result<(), Failure> {
    let is_empty = fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none());
    if !keep && !is_empty {
        if !folder.join(JOURNAL).exists() {
            let folder = folder.display();
            return Err(Failure::Other(format!(
                "{folder} is not empty and not a demo's folder; choose another one with --data"
            )));
        }
        fs::remove_dir_all(folder)?;
    }
    Ok(fs::create_dir_all(folder)?)
}

/// The journal of the story that plays in a folder.
pub(super) fn journal(folder: &Path) -> Result<Journal, Failure> {
    Journal::open(&folder.join(JOURNAL)).map_err(|error| Failure::Other(error.to_string()))
}

/// Shows how far the story is.
pub(super) struct Teller {
    bar: ProgressBar,
    total: usize,
}

impl Teller {
    pub(super) fn new(total: usize) -> Self {
        let bar = bar();
        bar.enable_steady_tick(Duration::from_millis(200));
        Self { bar, total }
    }

    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}

impl Observer for Teller {
    fn begins(&mut self, step: &Step) {
        self.bar.set_length(self.total as u64);
        self.bar.set_message(step.title.clone());
    }

    fn ended(&mut self, step: &Step, outcome: &Outcome) {
        self.bar.inc(1);
        let line = match outcome {
            Outcome::Done => format!("  ✓ {}", step.title),
            Outcome::DoneBefore => return,
            Outcome::RefusedDifferently { expected, found } => {
                format!("  ! {}: {found}, expected {expected:?}", step.title)
            }
            Outcome::LeftOut(why) | Outcome::Failed(why) => format!("  ✗ {}: {why}", step.title),
        };
        if self.bar.is_hidden() {
            println!("{line}");
        } else {
            self.bar.println(line);
        }
    }
}
