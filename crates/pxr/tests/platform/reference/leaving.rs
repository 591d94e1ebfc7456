//! What a root of the reference denies, and how a block of ours leaves it.

use std::path::Path;

use serde_json::{Value, json};

use super::block::{BLOCK, Joining};
use crate::{
    commands::{OPERATOR, OPERATORS_PASSWORD as PASSWORD, SIXTH as NAME, Serves, well},
    databases::on_both_databases,
    support::Place,
};

const REASON: &str = "書類が不足しています。";

impl Joining {
    fn apply(&self) -> String {
        self.own(&["actor", "apply", "--statement", "住民の同意のもとでデータを取り扱います。"])
    }

    fn status(&self, application: usize) -> Value {
        self.root.holdings().applications[application - 1]["status"].clone()
    }

    /// What the block's members were told: category and text, the newest first.
    async fn notices(&self) -> Vec<(Value, String)> {
        let list = "%2Fnotification%3Fis_send%3Dfalse%26is_unread%3Dfalse%26is_approval%3Dfalse%26type%3D0%26num%3D0";
        let (status, body) = self.gets(&format!("path={list}")).await;
        assert!(status == 200 || status == 204, "{status} {body}");
        let notices: Vec<Value> = serde_json::from_str(&body).unwrap_or_default();
        let told = |one: &Value| {
            (one["category"]["_value"].clone(), one["content"].as_str().unwrap_or_default().to_owned())
        };
        notices.iter().map(told).collect()
    }

    /// Whether the block has a certificate of its actor.
    async fn holds_a_certificate(&self) -> bool {
        self.gets("path=%2Fcertificate-manage%2Fcheck%2Fclient").await.0 == 200
    }

    fn has_left(&self, actor: i64) -> bool {
        self.root.holdings().items[&actor]["template"]["breakaway-flg"] == json!(true)
    }
}

/// A decision for which a reason is lacking changes nothing; one with a reason stands, and is told.
async fn is_denied(joining: &Joining, application: usize, what: &str) {
    let said = joining.roots_ill(&["actor", "approve", NAME, "--deny"]).replace(": ", " ");
    assert!(said.contains("the decision refused with 400 否認の理由は必須です"), "{said}");
    assert_eq!(joining.status(application), 0);
    let deny = ["actor", "approve", NAME, "--deny", "--comment", REASON];
    for _ in 0..2 {
        let said = joining.root(&deny);
        assert!(said.contains(what) && said.contains("denied"), "{said}");
    }
    assert_eq!(joining.status(application), 2);
    let said = joining.roots_ill(&["actor", "approve", NAME]);
    assert!(said.contains("it is denied"), "what was denied cannot be approved: {said}");
    let told = joining.notices().await;
    assert_eq!(told[0].0, 119, "{told:?}");
    assert!(told[0].1.contains(REASON), "{told:?}");
}

async fn joins(joining: &Joining) -> (Serves, i64) {
    well(&["operator", "create", "--login-id", OPERATOR, "-c", &joining.file], PASSWORD);
    let mut serves = Serves::start(Path::new(&joining.file), &joining.url).await;
    assert!(joining.apply().contains("the application 1 is made"));
    is_denied(joining, 1, "certification of").await;
    assert!(joining.root.holdings().certificates.is_empty(), "nobody became an actor");

    assert!(joining.apply().contains("the application 2 is made"), "another one may follow");
    let pem = format!("{}/actor.pem", joining.folder);
    assert!(joining.root(&["actor", "approve", NAME, "--certificate", &pem]).contains("approved"));
    assert_eq!(joining.notices().await[0].0, 118);
    let said = joining.roots_ill(&["actor", "approve", NAME, "--deny", "--comment", REASON]);
    assert!(said.contains("it was approved before"), "{said}");
    assert_eq!(joining.status(2), 1);
    joining.local(&["cert", "install", &pem]);
    serves.start_again().await;
    (serves, joining.root.holdings().certificates[0].actor)
}

async fn leaves(joining: &Joining, actor: i64) {
    assert!(joining.own(&["actor", "remove"]).contains("the application 3 is made"));
    assert!(joining.own(&["actor", "remove"]).contains("the application 3 waits for its approval already"));
    let sent = joining.root.holdings().asked.iter().filter(|one| one.contains("/actor/remove")).count();
    assert_eq!(sent, 1, "nothing is applied for twice");
    is_denied(joining, 3, "the end of the certification").await;
    assert!(!joining.has_left(actor) && joining.holds_a_certificate().await, "it goes on");

    assert!(joining.own(&["actor", "remove"]).contains("the application 4 is made"));
    let remove = ["block", "remove", NAME, "--without-certificates"];
    assert!(joining.roots_ill(&remove).contains("pxr actor remove"), "an actor runs it");
    for _ in 0..2 {
        let said = joining.root(&["actor", "approve", NAME]);
        assert!(said.contains("the end of the certification") && said.contains("approved"), "{said}");
    }
    assert!(joining.has_left(actor));
    assert!(joining.root.holdings().certificates.is_empty(), "the root has ended its certificate");
    assert!(!joining.holds_a_certificate().await, "and the block has given it up");
    let told = joining.notices().await;
    assert_eq!(told.iter().map(|one| one.0.clone()).collect::<Vec<_>>(), [118, 119, 118, 119]);
    assert!(joining.root(&remove).contains("is removed"));
    assert!(!joining.root.holdings().items.contains_key(&BLOCK));
}

on_both_databases! {
    async fn a_block_is_denied_and_leaves_a_root_of_the_reference(place: Place) {
        let joining = Joining::new(place).await;
        let (serves, actor) = joins(&joining).await;
        leaves(&joining, actor).await;
        drop(serves);
    }
}
