//! How commands log in at a block that runs somewhere.

use std::path::PathBuf;

use clap::Args;
use vocabulary::password::ClientHash;

use super::{Failure, password::read_password};
use crate::{config::Config, remote::Member};

/// Who the member is. The password is never an argument, which others on the machine could read.
#[derive(Debug, Args)]
pub(super) struct Credentials {
    /// The member's login id.
    #[arg(long)]
    login_id: String,
    /// File with the member's password; without it (and --password-env) it is read from standard input.
    #[arg(long, value_name = "FILE", conflicts_with = "password_env")]
    password_file: Option<PathBuf>,
    /// Environment variable with the member's password.
    #[arg(long, value_name = "VARIABLE")]
    password_env: Option<String>,
}

impl Credentials {
    fn password(&self) -> Result<String, Failure> {
        match &self.password_env {
            Some(variable) => std::env::var(variable)
                .ok()
                .filter(|password| !password.is_empty())
                .ok_or_else(|| Failure::Other(format!("the environment has no {variable}"))),
            None => read_password(self.password_file.as_deref()),
        }
    }
}

/// A login at a block of which only the address is known.
#[derive(Debug, Args)]
pub(super) struct Login {
    /// Public address of the block, e.g. <https://root.example.org>
    #[arg(long)]
    url: String,
    #[command(flatten)]
    credentials: Credentials,
    /// `password.salt` of the platform.
    #[arg(long, default_value_t = ClientHash::default().salt)]
    salt: String,
    /// `password.stretch` of the platform.
    #[arg(long, default_value_t = ClientHash::default().stretch)]
    stretch: u32,
}

impl Login {
    pub(super) fn hash(&self) -> ClientHash {
        ClientHash { salt: self.salt.clone(), stretch: self.stretch }
    }

    pub(super) async fn member(&self) -> Result<Member, Failure> {
        let password = self.credentials.password()?;
        Ok(Member::login(&self.url, &self.credentials.login_id, &password, &self.hash()).await?)
    }
}

/// A login at the block of a configuration file.
#[derive(Debug, Args)]
pub(super) struct LocalLogin {
    #[command(flatten)]
    credentials: Credentials,
    /// Public address of the block; default: where its configuration lets it listen.
    #[arg(long)]
    url: Option<String>,
}

impl LocalLogin {
    pub(super) async fn member(&self, config: &Config) -> Result<Member, Failure> {
        let password = self.credentials.password()?;
        let listens = config.listen.public.as_ref();
        let listens = listens.map(|address| format!("http://{}", address.replace("0.0.0.0", "127.0.0.1")));
        let url = self.url.clone().or(listens).ok_or_else(|| {
            Failure::Other("the block has no public listener; say with --url where it is reached".to_owned())
        })?;
        let member = Member::login(&url, &self.credentials.login_id, &password, &config.password).await?;
        if member.block()? == config.block.code {
            return Ok(member);
        }
        Err(Failure::Other(format!("at {url} answers another block than {}", config.file.display())))
    }
}
