//! `pxr actor list`.

use clap::Args;

use crate::{
    cli::{Failure, login::Login, table},
    remote::blocks::KINDS,
};

/// Lists the applications for certification, and for its end, with how they stand.
///
/// Members see what their own organisation applied for, and what it decides about.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  pxr actor list --url https://root.example.org --login-id root --password-file root.password"
)]
pub(in crate::cli) struct List {
    #[command(flatten)]
    login: Login,
}

impl List {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let mut member = self.login.member().await?;
        let mut rows = Vec::new();
        for kind in KINDS {
            for one in member.applications(kind).await? {
                let text = |key: &str| one.0[key].as_str().unwrap_or("-").to_owned();
                rows.push([
                    one.id().to_string(),
                    if one.is_certification() { "certification" } else { "end" }.to_owned(),
                    kind.as_str().to_owned(),
                    one.name().to_owned(),
                    one.standing().to_owned(),
                    one.actor().map_or_else(|| "-".to_owned(), |code| code.to_string()),
                    text("applicantDate"),
                    text("expireAt"),
                ]);
            }
        }
        table::show(["id", "for", "kind", "name", "status", "actor", "applied", "decision until"], rows);
        Ok(())
    }
}
