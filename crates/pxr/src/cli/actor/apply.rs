//! `pxr actor apply`.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};
use vocabulary::BlockKind;

use crate::{
    cli::{Failure, login::Login},
    remote::{Member, To},
};

/// Applies for the certification of the organisation that runs a block, as an actor of the platform.
///
/// A member of the new block runs it, at the block. It can be repeated: an application that waits, or was approved,
/// stays the only one.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  pxr actor apply --statement 住民の同意のもとでデータを取り扱います。 \\\n    \
                        --url https://application000004.example.org --login-id operator-app4 --password-file app4.password\n  \
                        pxr actor apply --document actor.json --url … --login-id …\n\n\
                        Next, at the root: pxr actor approve --help"
)]
pub(in crate::cli) struct Apply {
    /// Name of the actor; default: the organisation that the block is assigned to.
    #[arg(long)]
    name: Option<String>,
    /// Description in the catalog.
    #[arg(long)]
    description: Option<String>,
    /// What the organisation states to everybody.
    #[arg(long)]
    statement: Option<String>,
    /// Web site with information about the actor.
    #[arg(long, value_name = "URL")]
    information_site: Option<String>,
    /// JSON file with the actor's whole catalog item instead (`catalogItem`, `template`, `inner`, `attribute`).
    #[arg(long, value_name = "FILE", conflicts_with_all = ["name", "description", "statement", "information_site"])]
    document: Option<PathBuf>,
    /// Code of the actor that certifies; default: the only one that may.
    #[arg(long, value_name = "CODE")]
    approver: Option<i64>,
    #[command(flatten)]
    login: Login,
}

impl Apply {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let mut member = self.login.member().await?;
        let block = member.block()?;
        let item = member.named_block(&block.to_string()).await?;
        if let Some(actor) = member.actor_of(block).await? {
            println!("the block {block} is run by the certified actor {actor} already");
            return Ok(());
        }
        let applications = member.applications_of(block, item.kind).await?;
        if let Some(waits) = applications.iter().find(|one| one.is_certification() && one.is_pending()) {
            println!("the application {} waits for its approval already", waits.id());
            return Ok(());
        }
        let organisation = item.item.text("assigned-organization").unwrap_or_default().to_owned();
        let application = json!({
            "approvalActor": self.approver(&mut member, item.kind).await?,
            "actorCatalog": self.actor(&mut member, item.kind, &organisation).await?,
            "isDraft": false,
        });
        let call = (To::Root, "POST", "/catalog-update/actor");
        let applied = member.ask("the application", call, Some(application)).await?;
        println!("the application {} is made; next, at the root: pxr actor approve {block}", applied["id"]);
        Ok(())
    }

    async fn approver(&self, member: &mut Member, kind: BlockKind) -> Result<Value, Failure> {
        let accreditors = member.accreditors(kind).await?;
        match (self.approver, accreditors.as_slice()) {
            (Some(code), all) => {
                let known = all.iter().find(|(_, actor)| actor["_value"] == json!(code));
                Ok(known.map_or_else(|| json!({"_value": code, "_ver": 1}), |(_, actor)| actor.clone()))
            }
            (None, [(_, only)]) => Ok(only.clone()),
            (None, []) => {
                Err(Failure::Other("nobody is known to certify; say with --approver who is to".to_owned()))
            }
            (None, several) => {
                let names = several.iter().map(|(name, actor)| format!("{} {name}", actor["_value"]));
                let names = names.collect::<Vec<_>>().join(", ");
                Err(Failure::Other(format!("several may certify; choose with --approver: {names}")))
            }
        }
    }

    /// The actor's catalog item (spec: scenario 3.2).
    async fn actor(
        &self,
        member: &mut Member,
        kind: BlockKind,
        organisation: &str,
    ) -> Result<Value, Failure> {
        if let Some(file) = &self.document {
            let wrong =
                |error: &dyn std::fmt::Display| Failure::Other(format!("{}: {error}", file.display()));
            let text = std::fs::read_to_string(file).map_err(|error| wrong(&error))?;
            return serde_json::from_str(&text).map_err(|error| wrong(&error));
        }
        let name = self.name.as_deref().unwrap_or(organisation);
        if name.is_empty() {
            return Err(Failure::Other("say with --name what the actor is called".to_owned()));
        }
        let ext = member.ext_name().await?;
        let block = json!([{"key": "_value", "value": member.block()?}, {"key": "_ver", "value": 1}]);
        let statement = self.statement.as_deref().map(|statement| {
            let content = json!([{"key": "sentence", "value": statement}]);
            let section = json!([{"key": "title", "value": name}, {"key": "content", "value": content}]);
            json!([{"key": "title", "value": "組織ステートメント"}, {"key": "section", "value": section}])
        });
        Ok(json!({
            "catalogItem": {
                "ns": format!("catalog/ext/{ext}/actor/{}", kind.as_str()), "name": name,
                "description": self.description.clone().unwrap_or_else(|| format!("{name}です。")),
                "_code": null, "inherit": member.model("actor", kind).await?,
            },
            "template": {"prop": null, "value": [
                {"key": "breakaway-flg", "value": false},
                {"key": "category", "value": null},
                {"key": "information-site", "value": self.information_site},
                {"key": "main-block", "value": block},
                {"key": "other-block", "value": null},
                {"key": "statement", "value": statement},
                {"key": "status", "value": null},
            ]},
            "inner": null, "attribute": null,
        }))
    }
}
