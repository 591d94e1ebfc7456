//! `pxr actor approve`.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use crate::{
    cli::{Failure, login::Login},
    files,
    remote::{
        Member, To,
        actors::{APPROVED, Application},
        blocks::BlockItem,
    },
};

/// Decides about what a block's organisation applied for: its certification as an actor, or the end of it.
///
/// A member of the actor that certifies (usually of the root) runs it, at its block. It can be repeated: what was
/// decided stays so, and the certificate is fetched again.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  pxr actor approve application000004 --certificate app4-client.pem \\\n    \
                        --url https://root.example.org --login-id root --password-file root.password\n  \
                        pxr actor approve application000004 --deny --comment 書類が不足しています。 --url … --login-id …\n\n\
                        Next, at the new block: pxr cert install --help"
)]
pub(in crate::cli) struct Approve {
    /// Id, service-name or code of the block.
    block: String,
    /// Refuse instead.
    #[arg(long)]
    deny: bool,
    /// What the organisation is told.
    #[arg(long)]
    comment: Option<String>,
    /// File for the certificate of the new actor, with its key: hand it to the organisation on a safe way.
    #[arg(long, value_name = "FILE")]
    certificate: Option<PathBuf>,
    #[command(flatten)]
    login: Login,
}

/// The kind of notice that asks for a decision about an actor.
const ASKS: i64 = 117;

impl Approve {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let mut member = self.login.member().await?;
        let block = member.named_block(&self.block).await?;
        let mut newest = newest(&mut member, &block).await?;
        if newest.is_pending() {
            self.decide(&mut member, &block).await?;
            newest = self::newest(&mut member, &block).await?;
        }
        let what = if newest.is_certification() { "certification" } else { "the end of the certification" };
        println!("{what} of {}: {}", block.title(), newest.standing());
        if newest.status() != Some(APPROVED) {
            return if self.deny {
                Ok(())
            } else {
                Err(Failure::Other(format!("it is {}", newest.standing())))
            };
        }
        if self.deny {
            return Err(Failure::Other("it was approved before, which cannot be taken back here".to_owned()));
        }
        if newest.is_certification() { self.hand_over(&mut member, &newest).await } else { Ok(()) }
    }

    async fn decide(&self, member: &mut Member, block: &BlockItem) -> Result<(), Failure> {
        const OPEN: &str = "/notification?is_send=false&is_unread=false&is_approval=false&type=1&num=0";
        let notices = member.find("the notices that wait for a decision", To::Own, OPEN).await?;
        let asks = |notice: &&Value| {
            notice["category"]["_value"] == json!(ASKS)
                && notice["from"]["blockCode"] == json!(block.code())
                && notice["approval"]["status"] == json!(0)
        };
        let notice = notices.as_array().and_then(|notices| notices.iter().find(asks)).ok_or_else(|| {
            Failure::Other(
                "it waits for a decision, but not for one of this block's members, or its term has passed"
                    .to_owned(),
            )
        })?;
        let status = if self.deny { 2 } else { 1 };
        let decision = json!({"id": notice["id"], "status": status, "comment": self.comment});
        member.ask("the decision", (To::Own, "PUT", "/notification/approval"), Some(decision)).await?;
        Ok(())
    }

    async fn hand_over(&self, member: &mut Member, application: &Application) -> Result<(), Failure> {
        let (serial, print) = application
            .certificate()
            .ok_or_else(|| Failure::Other("the actor has no certificate yet; repeat this".to_owned()))?;
        println!("actor {}, certificate {serial}", application.actor().unwrap_or_default());
        let Some(file) = &self.certificate else { return Ok(()) };
        let pem = member.client_certificate(&serial, &print).await?;
        files::write_secret(file, &pem)?;
        let file = file.display();
        println!(
            "the certificate and its key are in {file}; at the block: pxr cert install {file} -c block.toml"
        );
        Ok(())
    }
}

/// What was applied for last.
async fn newest(member: &mut Member, block: &BlockItem) -> Result<Application, Failure> {
    // The end is applied for by an actor, and listed by the block that it has.
    let all = member.applications_of(block.code(), block.kind).await?;
    let newest = all.into_iter().filter(|one| one.0["isDraft"] != json!(true)).max_by_key(Application::id);
    newest.ok_or_else(|| Failure::Other(format!("{} has applied for nothing", block.title())))
}
