//! What a process of its own takes: time until it is ready, and memory.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::support::{client, send};

/// A running `pxr`, which ends with this value.
pub(crate) struct Pxr(Child);

impl Pxr {
    fn command(arguments: &[&str], folder: &Path, store: Option<&str>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pxr"));
        command.args(arguments).current_dir(folder).env("PXR_LOG", "warn").stdin(Stdio::null());
        if let Some(store) = store {
            command.env("PXR_STORE__URL", store);
        }
        command.stdout(Stdio::null());
        command
    }

    /// Runs a command to its end and gives the time it took.
    pub(crate) fn run(arguments: &[&str], folder: &Path, store: Option<&str>) -> Duration {
        let begin = Instant::now();
        let status = Self::command(arguments, folder, store).status().expect("pxr");
        assert!(status.success(), "pxr {arguments:?}: {status}");
        begin.elapsed()
    }

    /// Serves the block of a folder; the time until it answers.
    pub(crate) async fn serve(folder: &Path, port: u16, store: Option<&str>) -> (Self, Duration) {
        let begin = Instant::now();
        let mut command = Self::command(&["serve", "-c", "block.toml"], folder, store);
        command.env("PXR_LISTEN__PUBLIC", format!("127.0.0.1:{port}"));
        command.env("PXR_LISTEN__BLOCKS", format!("127.0.0.1:{}", port + 100));
        let pxr = Self(command.spawn().expect("pxr"));
        let health = format!("http://127.0.0.1:{port}/health");
        while !matches!(send(client().get(&health)).await, Ok((200, ..))) {
            assert!(begin.elapsed() < Duration::from_secs(60), "the block does not start");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        (pxr, begin.elapsed())
    }

    /// Starts the demo and waits until its story is told.
    pub(crate) async fn demo(folder: &Path, port: u16, store: Option<&str>) -> Self {
        let port = port.to_string();
        let mut arguments = vec!["demo", "--base-port", &port];
        arguments.extend(store.iter().flat_map(|url| ["--store", url]));
        let pxr = Self(Self::command(&arguments, folder, None).spawn().expect("pxr"));
        let begin = Instant::now();
        while !folder.join("pxr-demo/demo.json").exists() {
            assert!(begin.elapsed() < Duration::from_secs(300), "the demo does not come to its end");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        pxr
    }

    /// Megabytes (10^6 bytes): resident now (`VmRSS`), or at most so far (`VmHWM`).
    pub(crate) fn memory(&self, which: &str) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).expect("Linux");
        let line = status.lines().find_map(|line| line.strip_prefix(which)).expect("a line");
        let kibibytes =
            line.trim_matches([':', ' ', '\t', 'k', 'B']).trim().parse::<f64>().expect("a number");
        kibibytes * 1024.0 / 1e6
    }
}

impl Drop for Pxr {
    fn drop(&mut self) {
        let _ended_already = self.0.kill();
        let _ended_already = self.0.wait();
    }
}
