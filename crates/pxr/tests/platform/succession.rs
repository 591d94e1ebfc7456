//! An actor leaves, and another one takes over its block: by commands alone.

use serde_json::{Value, json};

use crate::{
    commands::{login, run, well},
    databases::on_both_databases,
    support::{Place, Platform, client, send},
};

struct Handover {
    platform: Platform,
    successor: String,
}

impl Handover {
    /// A command of a block's member.
    fn at(&self, block: &str, arguments: &[&str]) -> String {
        let (url, login_id, password) = self.member(block);
        well(&[arguments, &login(&url, &login_id)].concat(), &password)
    }

    /// A command that must be refused.
    fn refused_at(&self, block: &str, arguments: &[&str]) -> String {
        let (url, login_id, password) = self.member(block);
        let ended = run(&[arguments, &login(&url, &login_id)].concat(), &password);
        assert!(!ended.is_well, "{}", ended.text);
        ended.text
    }

    fn member(&self, block: &str) -> (String, String, String) {
        let who = if block == "root" { block.to_owned() } else { format!("{block}_op0") };
        let known = |what: &str| self.platform.known(&format!("{who}_{what}"));
        (self.platform.url(block), known("login"), known("password"))
    }

    fn code(&self, block: &str) -> String {
        self.platform.code(block).to_string()
    }
}

on_both_databases! {
    async fn another_actor_takes_over_a_block(place: Place) {
        let platform = Platform::built(place, "3").await;
        let handover = Handover { successor: platform.known("app2_actor_code"), platform };
        is_declined(&handover);
        is_agreed_and_approved(&handover);
        works_for_its_new_actor(handover).await;
    }
}

/// Who is to take over the block may say no; then nothing has changed.
fn is_declined(handover: &Handover) {
    let block = handover.code("app1");
    let leave = ["actor", "remove", "--successor", &handover.successor];
    assert!(handover.at("app1", &leave).contains("first at the successor's block"));
    let said = handover.refused_at("root", &["actor", "approve", &block]);
    assert!(said.contains(&format!("the actor {} has to agree first", handover.successor)), "{said}");
    let said = handover.refused_at("app3", &["actor", "approve", &block]);
    assert!(said.contains("applied for nothing that this actor decides about"), "{said}");
    let decline = ["actor", "approve", &block, "--deny", "--comment", "引き継げません。"];
    assert!(handover.at("app2", &decline).contains("is not taken over"));
    assert!(handover.at("app2", &decline).contains("is not taken over"), "again the same");
    let said = handover.refused_at("app2", &["actor", "approve", &block]);
    assert!(said.contains("it was decided before"), "{said}");
    assert!(handover.refused_at("root", &["actor", "approve", &block]).contains("it is denied"));
}

fn is_agreed_and_approved(handover: &Handover) {
    let block = handover.code("app1");
    handover.at("app1", &["actor", "remove", "--successor", &handover.successor]);
    let approve = ["actor", "approve", &block];
    assert!(handover.at("app2", &approve).contains("is to be taken over"));
    assert!(handover.at("app2", &approve).contains("is to be taken over"), "again the same");
    assert!(handover.at("root", &approve).contains("the end of the certification"));
    assert!(handover.at("root", &approve).contains("approved"), "again the same");
    let blocks = handover.at("root", &["block", "list"]);
    let line = blocks.lines().find(|line| line.contains(&block)).unwrap();
    assert!(line.contains(&handover.successor), "the block is the successor's: {line}");
}

/// With new certificates, and started anew, the block takes part again.
async fn works_for_its_new_actor(handover: Handover) {
    let folder = handover.platform.place.options.folder.join("app1");
    let assign = ["block", "assign", &handover.code("app1"), "--out", folder.to_str().unwrap()];
    let named = format!("names the actor {} now", handover.successor);
    assert!(handover.at("root", &assign).contains(&named));
    assert!(!handover.at("root", &assign).contains(&named), "again the same");
    let Handover { platform, successor } = handover;
    let named = format!("\nactor = {successor}\n");
    let platform = platform.changed("app1", &named, &named).await;
    let member = platform.login("app1", "app1_op0").await;
    let url = format!("{}/operator/operator/session", platform.url("app1"));
    let request = client().post(url).json(&json!({"sessionId": member.0["operator_type3_session"]}));
    let (status, _, session) = send(member.on(request)).await.unwrap();
    let session: Value = serde_json::from_str(&session).unwrap();
    assert_eq!((status, session["actor"]["_value"].to_string()), (200, successor));
    let (status, body) = platform.call("app1", "GET root", "/catalog/30", &member, None).await;
    assert_eq!(status, 200, "its proxy brings the root's catalog: {body}");
    platform.stage.stop().await;
}
