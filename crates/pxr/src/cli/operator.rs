//! `pxr operator`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{ConfigFile, Failure, password::read_password};
use crate::first_member;

#[derive(Debug, Subcommand)]
pub(super) enum OperatorCommand {
    /// Creates the very first managing member of a block. Further members are created by members.
    #[command(
        after_help = "Example:\n  echo 'Root-pass-01' | pxr operator create --login-id root -c root/block.toml"
    )]
    Create(Create),
}

#[derive(Debug, Args)]
pub(super) struct Create {
    #[arg(long)]
    login_id: String,
    /// Name that other members see.
    #[arg(long, default_value = "運営メンバー")]
    name: String,
    /// File with the password; without it, it is read from standard input.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    #[command(flatten)]
    config: ConfigFile,
}

impl OperatorCommand {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let Self::Create(command) = self;
        let password = read_password(command.password_file.as_deref())?;
        let block = command.config.assemble().await?;
        let hpassword = block.config.password.of(&password);
        first_member::create(&block, &command.login_id, &hpassword, &command.name).await?;
        println!("{} can log in now", command.login_id);
        Ok(())
    }
}
