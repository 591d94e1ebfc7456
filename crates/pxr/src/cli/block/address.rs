//! `pxr block address`.

use clap::Args;

use crate::{
    cli::{ConfigFile, Failure},
    settings_file::SettingsFile,
};

/// Tells a block where another one is reached, where its name alone does not say it.
///
/// Writes the entry into the address book of the configuration; a running block takes it within seconds.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  pxr block address application000004-service 10.0.0.9:8443 -c root/block.toml"
)]
pub(in crate::cli) struct Address {
    /// service-name of the other block.
    service_name: String,
    /// Its blocks listener.
    #[arg(value_name = "HOST:PORT")]
    address: String,
    #[command(flatten)]
    config: ConfigFile,
}

impl Address {
    pub(super) fn run(self) -> Result<(), Failure> {
        let port = self.address.rsplit_once(':').and_then(|(_, port)| port.parse::<u16>().ok());
        if port.is_none() {
            return Err(Failure::Other(format!("{}: write HOST:PORT", self.address)));
        }
        let config = self.config.read()?;
        let mut file = SettingsFile::read(&config.file)?;
        file.set(&["blocks", "peers", &self.service_name], self.address.as_str());
        file.write()?;
        println!("{} is reached at {}", self.service_name, self.address);
        Ok(())
    }
}
