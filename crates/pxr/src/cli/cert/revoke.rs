//! `pxr cert revoke`.

use clap::Args;

use crate::cli::{Failure, login::Login};

/// Revokes a certificate: whoever shows it is refused, at the root with the next request and elsewhere within a minute.
///
/// A member of the root runs it, or one of the block that the certificate belongs to. It can be repeated. A block
/// whose only certificate is revoked gets a new one by `pxr block assign`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  pxr cert revoke 1F0A… --url https://root.example.org --login-id root --password-file root.password"
)]
pub(in crate::cli) struct Revoke {
    /// Serial number, as `pxr cert list` shows it.
    serial: String,
    #[command(flatten)]
    login: Login,
}

impl Revoke {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let mut member = self.login.member().await?;
        let serial = self.serial.replace(':', "").to_uppercase();
        member.give_up(&serial).await?;
        println!("{serial} is revoked");
        Ok(())
    }
}
