//! `pxr password`.

use std::{io::Read, path::Path};

use clap::{Args, Subcommand};
use vocabulary::password::ClientHash;

use super::Failure;

#[derive(Debug, Subcommand)]
pub(super) enum Password {
    /// Prints what a client sends as `hpassword` for a password read from standard input.
    #[command(
        after_help = "Example:\n  echo 'Root-pass-01' | pxr password hash --salt PT4h6YUq --stretch 5000"
    )]
    Hash(Hash),
}

#[derive(Debug, Args)]
pub(super) struct Hash {
    /// `password.salt` of the platform.
    #[arg(long, default_value_t = ClientHash::default().salt)]
    salt: String,
    /// `password.stretch` of the platform.
    #[arg(long, default_value_t = ClientHash::default().stretch)]
    stretch: u32,
}

impl Password {
    pub(super) fn run(self) -> Result<(), Failure> {
        let Self::Hash(Hash { salt, stretch }) = self;
        println!("{}", ClientHash { salt, stretch }.of(&read_password(None)?));
        Ok(())
    }
}

/// A password from a file or from standard input, without the line break at its end.
pub(super) fn read_password(file: Option<&Path>) -> Result<String, Failure> {
    let mut text = String::new();
    match file {
        Some(file) => text = std::fs::read_to_string(file)?,
        None => drop(std::io::stdin().read_to_string(&mut text)?),
    }
    let password = text.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        Err(Failure::Other("the password is empty".to_owned()))
    } else {
        Ok(password.to_owned())
    }
}
