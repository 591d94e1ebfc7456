//! The real program as a child process: commands, and blocks that serve.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use sea_orm::{ConnectionTrait, Database};

use crate::{
    complaints,
    support::{Place, client, send},
};

/// A sixth block that joins the platform.
pub(crate) const SIXTH: &str = "application000004";
pub(crate) const ORGANISATION: &str = "歩数アプリ株式会社";
pub(crate) const OPERATOR: &str = "operator-app4";
pub(crate) const OPERATORS_PASSWORD: &str = "App4-pass-00";

/// The store of the sixth block, made where the others have theirs.
pub(crate) async fn sixth_store(place: &Place) -> String {
    let Some(server) = &place.options.store else { return "sqlite:data".to_owned() };
    let folder = place.options.folder.file_name().unwrap().to_str().unwrap();
    let label: String = folder.chars().filter(char::is_ascii_alphanumeric).collect();
    let name = format!("pxr_{}_sixth", label.to_lowercase());
    let connection = Database::connect(server).await.unwrap();
    // A command is repeated, the database is not.
    let _ = connection.execute_unprepared(&format!("create database {name}")).await;
    connection.close().await.unwrap();
    format!("{}/{name}", server.rsplit_once('/').unwrap().0)
}

const PASSWORD: &str = "MEMBER_PASSWORD";
/// The password of commands that need none.
pub(crate) const NOBODY: &str = "no password at all";

/// The program with a password where it belongs, which is not its arguments.
pub(crate) fn program(arguments: &[&str], password: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pxr"));
    command.args(arguments).env(PASSWORD, password).stdin(Stdio::null());
    command
}

/// What came of a command.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) is_well: bool,
    pub(crate) text: String,
}

/// Runs a command to its end. What it says never holds a secret.
pub(crate) fn run(arguments: &[&str], password: &str) -> Ended {
    complaints::listen();
    let mut child = program(arguments, password);
    let mut child =
        child.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A command that does not read it has ended before.
    let _ = writeln!(child.stdin.take().unwrap(), "{password}");
    let output = child.wait_with_output().unwrap();
    let text =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(!text.contains(password) && !text.contains("PRIVATE KEY"), "a secret is shown: {text}");
    Ended { is_well: output.status.success(), text }
}

/// Runs a command that must do what it is for, and gives what it says. When it fails, the blocks say what they saw.
pub(crate) fn well(arguments: &[&str], password: &str) -> String {
    let ended = run(arguments, password);
    assert!(ended.is_well, "{arguments:?}: {}\n{}", ended.text, complaints::newest());
    ended.text
}

/// Arguments of a login.
pub(crate) fn login<'a>(url: &'a str, login_id: &'a str) -> [&'a str; 6] {
    ["--url", url, "--login-id", login_id, "--password-env", PASSWORD]
}

/// A login at the block of a configuration.
pub(crate) fn local<'a>(file: &'a str, login_id: &'a str) -> [&'a str; 6] {
    ["-c", file, "--login-id", login_id, "--password-env", PASSWORD]
}

/// A block that serves in a process of its own, until it is dropped.
pub(crate) struct Serves {
    child: Child,
    config: PathBuf,
    url: String,
    filter: &'static str,
}

impl Serves {
    pub(crate) async fn start(config: &Path, url: &str) -> Self {
        Self::saying("info", config, url).await
    }

    /// With a filter of the log.
    pub(crate) async fn saying(filter: &'static str, config: &Path, url: &str) -> Self {
        let child = Self::spawn(config, filter);
        let serves = Self { child, config: config.to_owned(), url: url.to_owned(), filter };
        serves.answers().await;
        serves
    }

    fn spawn(config: &Path, filter: &str) -> Child {
        complaints::listen_to(&config.with_extension("log"));
        let mut command = program(&["serve", "-c", config.to_str().unwrap()], NOBODY);
        command.env("PXR_LOG", filter);
        let log =
            std::fs::File::options().create(true).append(true).open(config.with_extension("log")).unwrap();
        command.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap()
    }

    async fn answers(&self) {
        for _ in 0..600 {
            if send(client().get(format!("{}/health", self.url)))
                .await
                .is_ok_and(|(status, ..)| status == 200)
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let log = self.log();
        panic!("{} does not serve: {log}", self.config.display());
    }

    /// All it said.
    pub(crate) fn log(&self) -> String {
        let bytes = std::fs::read(self.config.with_extension("log")).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// SIGKILL.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) async fn start_again(&mut self) {
        self.kill();
        self.child = Self::spawn(&self.config, self.filter);
        self.answers().await;
    }
}

impl Drop for Serves {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
