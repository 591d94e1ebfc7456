//! What blocks warned of: said when a command fails, whose own words seldom tell why.

use std::{
    collections::{BTreeSet, VecDeque},
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, Once, PoisonError},
};

use tracing::Level;

/// How many lines of each block are told.
const NEWEST: usize = 40;

/// Warnings of the blocks in this process, of whatever test they are.
static HERE: Mutex<VecDeque<String>> = Mutex::new(VecDeque::new());
/// The logs of blocks that serve in processes of their own.
static ELSEWHERE: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn locked<T>(what: &'static Mutex<T>) -> MutexGuard<'static, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Listens to the blocks of this process from now on.
pub(crate) fn listen() {
    static LISTENING: Once = Once::new();
    LISTENING.call_once(|| {
        let lines = tracing_subscriber::fmt().with_ansi(false).with_max_level(Level::WARN);
        let _another_one_listens =
            tracing::subscriber::set_global_default(lines.with_writer(|| Here).finish());
    });
}

/// Listens to a block that writes a log.
pub(crate) fn listen_to(log: &Path) {
    locked(&ELSEWHERE).insert(log.to_owned());
}

struct Here;

impl io::Write for Here {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut here = locked(&HERE);
        here.push_back(String::from_utf8_lossy(line).trim_end().to_owned());
        if here.len() > NEWEST {
            here.pop_front();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The newest warnings and errors of all blocks.
pub(crate) fn newest() -> String {
    let mut told = vec!["blocks of this process:".to_owned()];
    told.extend(locked(&HERE).iter().cloned());
    for log in locked(&ELSEWHERE).iter() {
        // That of another test may be gone.
        let Ok(bytes) = fs::read(log) else { continue };
        told.push(format!("{}:", log.display()));
        told.extend(warnings(&String::from_utf8_lossy(&bytes)));
    }
    told.join("\n")
}

fn warnings(log: &str) -> Vec<String> {
    let serious = |line: &&str| ["WARN", "ERROR"].iter().any(|level| line.contains(level));
    let all: Vec<_> = log.lines().filter(serious).collect();
    all[all.len().saturating_sub(NEWEST)..].iter().map(|line| (*line).to_owned()).collect()
}

#[test]
fn warnings_and_errors_are_told_the_newest_only() {
    let log: Vec<_> = (0..50).map(|n| format!("a WARN {n}\nan INFO {n}\n")).collect();
    let told = warnings(&(log.concat() + "the ERROR\n"));
    assert_eq!((told.len(), told[0].as_str(), told[39].as_str()), (40, "a WARN 11", "the ERROR"));
}
