//! `pxr block list`.

use clap::Args;

use crate::cli::{Failure, login::Login, table};

/// Lists the blocks of a platform: code, kind, name, assignment, and the actor that runs each.
///
/// Members of any block may run it, at their own block.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  pxr block list --url https://root.example.org --login-id root --password-file root.password"
)]
pub(in crate::cli) struct List {
    #[command(flatten)]
    login: Login,
}

impl List {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let mut member = self.login.member().await?;
        let runners = member.runners().await?;
        let mut rows = Vec::new();
        for block in member.blocks().await? {
            let actor = runners.iter().find(|(of, ..)| *of == block.code());
            let actor = actor.map_or_else(|| "-".to_owned(), |(_, code, name)| format!("{code} {name}"));
            let text = |key: &str| block.item.text(key).unwrap_or("-").to_owned();
            rows.push([
                block.code().to_string(),
                block.kind.as_str().to_owned(),
                block.service_name().to_owned(),
                block.title().to_owned(),
                text("assignment-status"),
                text("assigned-organization"),
                actor,
            ]);
        }
        table::show(["code", "kind", "service-name", "name", "assignment", "organisation", "actor"], rows);
        Ok(())
    }
}
