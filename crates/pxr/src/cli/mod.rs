//! The command line.

mod actor;
mod api;
mod batch;
mod block;
mod catalog;
mod cert;
mod db;
mod demo;
mod doctor;
mod enroll;
mod init;
mod login;
mod operator;
mod password;
mod scenario;
mod serve;
mod table;
mod telling;

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};
use platform::telemetry::{self, LogFormat};

use crate::{
    assembly::Block,
    config::{self, Config},
};

/// Runs a block of a Personal Data Linkage platform.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, propagate_version = true)]
struct Pxr {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Init),
    Serve(serve::Serve),
    /// Looks after the databases of a block.
    #[command(subcommand)]
    Db(db::Db),
    /// Looks after the catalog of a root block.
    #[command(subcommand)]
    Catalog(catalog::CatalogCommand),
    /// Looks after the operators of a block.
    #[command(subcommand)]
    Operator(operator::OperatorCommand),
    Enroll(enroll::Enroll),
    /// Looks after the blocks of a platform: added, assigned, removed.
    #[command(subcommand)]
    Block(block::BlockCommand),
    /// Looks after the certification of the organisations that run blocks.
    #[command(subcommand)]
    Actor(actor::ActorCommand),
    /// Looks after the certificates of blocks.
    #[command(subcommand)]
    Cert(cert::CertCommand),
    /// Runs the batches of a block by hand.
    #[command(subcommand)]
    Batch(batch::BatchCommand),
    /// Helps with passwords.
    #[command(subcommand)]
    Password(password::Password),
    /// Describes the API of the services.
    #[command(subcommand)]
    Api(api::ApiCommand),
    Doctor(doctor::Doctor),
    Demo(demo::Demo),
    Scenario(scenario::Scenario),
}

/// The configuration file that most commands work on.
#[derive(Debug, Args)]
struct ConfigFile {
    /// Configuration file of the block.
    #[arg(short = 'c', long = "config", value_name = "FILE", default_value = "block.toml")]
    config: PathBuf,
}

impl ConfigFile {
    fn read(&self) -> Result<Config, Failure> {
        Ok(Config::read(&self.config)?)
    }

    /// The block in this process, without listeners.
    async fn assemble(&self) -> Result<Block, Failure> {
        Ok(Block::assemble(self.read()?).await?)
    }
}

/// What a command ends with when it did not do what was asked.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Config(#[from] config::ConfigError),
    #[error(transparent)]
    Assembly(#[from] crate::assembly::AssemblyError),
    #[error(transparent)]
    File(#[from] crate::files::FileError),
    #[error(transparent)]
    Certificates(#[from] crate::certificates::CertificateError),
    #[error(transparent)]
    Load(#[from] crate::loader::LoadError),
    #[error(transparent)]
    FirstMember(#[from] crate::first_member::FirstMemberError),
    #[error(transparent)]
    Batch(#[from] batches::BatchError),
    #[error(transparent)]
    Remote(#[from] crate::remote::RemoteError),
    #[error(transparent)]
    SettingsFile(#[from] crate::settings_file::SettingsFileError),
    #[error("the process cannot be run: {0}")]
    System(#[from] std::io::Error),
    #[error("{0}")]
    Other(String),
}

/// Reads the command line and does what it says.
#[must_use]
pub fn run() -> ExitCode {
    let command = Pxr::parse().command;
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.into()),
    };
    match runtime.block_on(execute(command)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failed(&failure),
    }
}

async fn execute(command: Command) -> Result<(), Failure> {
    if !matches!(command, Command::Serve(_)) {
        // Commands speak for themselves; logs are for what goes wrong.
        telemetry::start(LogFormat::Text, "warn,sqlx=error");
    }
    match command {
        Command::Init(command) => command.run(),
        Command::Serve(command) => command.run().await,
        Command::Db(command) => command.run().await,
        Command::Catalog(command) => command.run().await,
        Command::Operator(command) => command.run().await,
        Command::Enroll(command) => command.run().await,
        Command::Block(command) => command.run().await,
        Command::Actor(command) => command.run().await,
        Command::Cert(command) => command.run().await,
        Command::Batch(command) => command.run().await,
        Command::Password(command) => command.run(),
        Command::Api(command) => command.run(),
        Command::Doctor(command) => command.run().await,
        Command::Demo(command) => command.run().await,
        Command::Scenario(command) => command.run().await,
    }
}

fn failed(failure: &Failure) -> ExitCode {
    eprintln!("pxr: {failure}");
    let mut cause = std::error::Error::source(failure);
    while let Some(error) = cause {
        eprintln!("  because: {error}");
        cause = error.source();
    }
    ExitCode::FAILURE
}
