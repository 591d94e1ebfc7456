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
/// A member of the actor that certifies (usually of the root) runs it, at its block. If another actor is to take over
/// the block, a member of that one agrees before, by the same command at its own block. It can be repeated: what was
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
/// The kind of notice that asks an actor whether it takes over a block.
const ASKS_SUCCESSOR: i64 = 157;

/// Statuses of the approval that a notice asks for (spec: notification 2).
const OPEN: i64 = 0;
const AGREED: i64 = 1;
const REFUSED: i64 = 2;

impl Approve {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let mut member = self.login.member().await?;
        let block = member.named_block(&self.block).await?;
        let Some(mut newest) = newest(&mut member, &block).await? else {
            return self.take_over(&mut member, &block).await;
        };
        if newest.is_pending() {
            self.decide(&mut member, &block, &newest).await?;
            newest = self::newest(&mut member, &block).await?.unwrap_or(newest);
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

    /// Agrees, or not, to take over a block: the actor that is to do so sees no application, but is asked by a notice.
    async fn take_over(&self, member: &mut Member, block: &BlockItem) -> Result<(), Failure> {
        let notices = notices(member, ASKS_SUCCESSOR).await?.into_iter().filter(|one| is_from(one, block));
        let newest = notices.max_by_key(|notice| notice["id"].as_i64()).ok_or_else(|| {
            Failure::Other(format!("{} has applied for nothing that this actor decides about", block.title()))
        })?;
        let before = status_of(&newest);
        if before == Some(OPEN) {
            self.answer(member, &newest).await?;
        } else if before != Some(self.verdict()) {
            return Err(Failure::Other("it was decided before, which cannot be taken back here".to_owned()));
        }
        let code = block.code();
        if self.deny {
            println!("{} is not taken over", block.title());
        } else {
            println!("{} is to be taken over; next, at the root: pxr actor approve {code}", block.title());
        }
        Ok(())
    }

    async fn decide(
        &self,
        member: &mut Member,
        block: &BlockItem,
        application: &Application,
    ) -> Result<(), Failure> {
        let open = notices(member, ASKS).await?.into_iter().filter(|one| status_of(one) == Some(OPEN));
        // Where a successor agreed, it is he who asks now.
        let asks = |notice: &Value| match application.agreed_successor() {
            Some(actor) => notice["from"]["actor"]["_value"] == json!(actor),
            None => is_from(notice, block),
        };
        let asking: Vec<_> = open.filter(asks).collect();
        let for_this = |notice: &&Value| notice["approval"]["expirationAt"] == application.0["expireAt"];
        let notice = match asking.as_slice() {
            [only] => only,
            [] => return Err(Failure::Other(nobody_is_asked(application))),
            several => several.iter().find(for_this).ok_or_else(|| {
                Failure::Other(
                    "several decisions wait, and it is not plain which of them is meant".to_owned(),
                )
            })?,
        };
        self.answer(member, notice).await
    }

    async fn answer(&self, member: &mut Member, notice: &Value) -> Result<(), Failure> {
        let decision = json!({"id": notice["id"], "status": self.verdict(), "comment": self.comment});
        member.ask("the decision", (To::Own, "PUT", "/notification/approval"), Some(decision)).await?;
        Ok(())
    }

    const fn verdict(&self) -> i64 {
        if self.deny { REFUSED } else { AGREED }
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
async fn newest(member: &mut Member, block: &BlockItem) -> Result<Option<Application>, Failure> {
    // The end is applied for by an actor, and listed by the block that it has.
    let all = member.applications_of(block.code(), block.kind).await?;
    Ok(all.into_iter().filter(|one| one.0["isDraft"] != json!(true)).max_by_key(Application::id))
}

/// The notices of a kind that ask this block's members for a decision.
async fn notices(member: &mut Member, kind: i64) -> Result<Vec<Value>, Failure> {
    const ASKING: &str = "/notification?is_send=false&is_unread=false&is_approval=false&type=1&num=0";
    let found = member.find("the notices that wait for a decision", To::Own, ASKING).await?;
    let found = found.as_array().into_iter().flatten();
    Ok(found.filter(|notice| notice["category"]["_value"] == json!(kind)).cloned().collect())
}

fn is_from(notice: &Value, block: &BlockItem) -> bool {
    notice["from"]["blockCode"] == json!(block.code())
}

fn status_of(notice: &Value) -> Option<i64> {
    notice["approval"]["status"].as_i64()
}

/// Why nobody here can decide about an application that waits.
fn nobody_is_asked(application: &Application) -> String {
    match application.awaited_successor() {
        Some(actor) => {
            format!("the actor {actor} has to agree first that it takes over, by this command at its block")
        }
        None => "it waits for a decision, but not for one of this block's members, or its term has passed"
            .to_owned(),
    }
}
