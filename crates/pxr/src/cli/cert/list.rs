//! `pxr cert list`.

use clap::Args;

use crate::cli::{Failure, login::Login, table};

/// Lists the certificates that the root's authority issued, the newest first; never their keys.
///
/// Members of the root see those of all blocks, others their own block's.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  pxr cert list --block 1000789 --url https://root.example.org --login-id root \\\n    \
                        --password-file root.password"
)]
pub(in crate::cli) struct List {
    /// Code of a block: only its certificates.
    #[arg(long, value_name = "CODE")]
    block: Option<i64>,
    #[command(flatten)]
    login: Login,
}

impl List {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let mut member = self.login.member().await?;
        let mut rows = Vec::new();
        for one in member.certificates().await? {
            let block = one.block.map(|block| block.value);
            if self.block.is_some() && self.block != block {
                continue;
            }
            let code = |code: Option<i64>| code.map_or_else(|| "-".to_owned(), |code| code.to_string());
            rows.push([
                one.certificate.serial_no.clone(),
                one.certificate.cert_type.as_str().to_owned(),
                code(block),
                code(one.actor.map(|actor| actor.value)),
                one.certificate.subject.common_name.clone(),
                one.certificate.valid_period_end.clone(),
                format!("{:?}", one.state).to_lowercase(),
            ]);
        }
        table::show(["serial", "type", "block", "actor", "subject", "expires", "state"], rows);
        Ok(())
    }
}
