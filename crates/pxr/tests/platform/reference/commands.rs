//! What commands ask of a root of the reference, and how they tell of what it refuses.

use serde_json::{Value, json};

use super::root::{Answer, EXT, LOGIN, PASSWORD, Root};
use crate::{
    commands::{ORGANISATION, SIXTH as NAME, login, run, well},
    support::free_ports,
};

struct Desk {
    root: Root,
    folder: tempfile::TempDir,
}

impl Desk {
    async fn new() -> Self {
        Self { root: Root::start().await, folder: tempfile::tempdir().unwrap() }
    }

    fn out(&self) -> String {
        self.folder.path().join("sixth").to_str().unwrap().to_owned()
    }

    /// A command of the root's member, which must do what it is for.
    fn well(&self, arguments: &[&str]) -> String {
        well(&[arguments, &login(&self.root.url, LOGIN)].concat(), PASSWORD)
    }

    /// What a command says that cannot do what it is for.
    fn ill(&self, arguments: &[&str]) -> String {
        let ended = run(&[arguments, &login(&self.root.url, LOGIN)].concat(), PASSWORD);
        assert!(!ended.is_well, "{arguments:?}: {}", ended.text);
        assert!(!ended.text.contains("panicked"), "{}", ended.text);
        ended.text
    }

    fn add(&self) -> String {
        self.well(&["block", "add", NAME, "--kind", "app", "--title", "歩数アプリ", "--out", &self.out()])
    }

    fn assign(&self, name: &str) -> String {
        self.well(&[
            "block",
            "assign",
            name,
            "--to",
            ORGANISATION,
            "--out",
            &self.out(),
            "--without-certificates",
        ])
    }

    fn item(&self, code: i64) -> Value {
        self.root.holdings().items[&code].clone()
    }

    /// The body of the last request of this method.
    fn sent(&self, method: &str) -> Value {
        let holdings = self.root.holdings();
        let last = holdings.heard.iter().rfind(|one| one.start.starts_with(method)).unwrap();
        serde_json::from_str(&last.body).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_is_added_and_assigned_at_a_root_of_the_reference() {
    let desk = Desk::new().await;
    assert!(desk.add().contains("is added, with code 1000783"));
    let asked = desk.root.asked();
    assert_eq!(asked.first().map(String::as_str), Some("GET /catalog/name"));
    assert_eq!(asked.iter().filter(|one| one.starts_with("POST")).collect::<Vec<_>>(), ["POST /catalog/ext"]);
    let said = |key: &str| json!({"key": key, "value": desk.item(1_000_783)["template"][key]});
    let body = desk.sent("POST /pxr");
    for key in ["base-url", "actor-type", "id", "service-name", "assignment-status"] {
        assert!(body["template"]["value"].as_array().unwrap().contains(&said(key)), "{key}: {body}");
    }
    let domain = format!("{NAME}.{EXT}.example.org");
    assert_eq!(said("base-url")["value"], domain, "that of the root's portal");
    assert_eq!(body["catalogItem"]["inherit"], json!({"_value": 30, "_ver": 1}));
    assert_eq!(body["catalogItem"]["_code"], Value::Null, "the catalog numbers it");
    assert!(desk.add().contains("there already"));
    assert!(desk.root.asked().iter().all(|one| one.starts_with("GET")), "nothing is written twice");
    let config = std::fs::read_to_string(format!("{}/block.toml", desk.out())).unwrap();
    assert!(config.contains("code = 1000783") && config.contains("root-service"), "{config}");

    assert!(desk.assign(NAME).contains("is 歩数アプリ株式会社's"));
    assert_eq!(desk.root.asked().last().map(String::as_str), Some("PUT /catalog/ext/1000783"));
    let assigned = &desk.item(1_000_783)["template"];
    assert_eq!(assigned["assignment-status"], "assigned");
    assert_eq!(assigned["_code"]["_ver"], 2);
    assert_eq!(assigned["base-url"], json!(domain));
    assert!(desk.assign(NAME).contains("already"));
    let list = desk.well(&["block", "list"]);
    assert!(list.contains(ORGANISATION) && list.contains("1000783"), "{list}");

    assert!(desk.well(&["block", "remove", NAME, "--without-certificates"]).contains("is removed"));
    assert_eq!(desk.root.asked().last().map(String::as_str), Some("DELETE /catalog/ext/1000783"));
}

/// Each request as a browser sends it to the gateway of the reference.
#[tokio::test(flavor = "multi_thread")]
async fn commands_speak_like_a_browser() {
    let desk = Desk::new().await;
    desk.add();
    let heard = desk.root.holdings().heard.clone();
    let entered = &heard[0];
    assert_eq!(entered.start, "POST /operator/operator/login HTTP/1.1");
    let body: Value = serde_json::from_str(&entered.body).unwrap();
    let keys: Vec<_> = body.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["type", "loginId", "hpassword"]);
    assert!(!entered.body.contains(PASSWORD), "the password itself goes nowhere");
    assert_eq!(entered.header("cookie"), None);
    assert_eq!(
        heard[1].start,
        "GET /pxr-block-proxy/pxr-block-proxy/?block=$pxr-root-block&path=%2Fcatalog%2Fname HTTP/1.1"
    );
    for one in &heard {
        assert_eq!(one.header("accept"), Some("application/json"), "{}", one.start);
        let sends = one.start.starts_with("POST") || one.start.starts_with("PUT");
        assert_eq!(one.header("content-type"), sends.then_some("application/json"), "{}", one.start);
        assert_eq!(one.header("session"), None, "{}", one.start);
    }
    for one in &heard[1..] {
        let cookies = one.header("cookie").unwrap();
        assert!(cookies.contains("_csrf=") && cookies.contains("operator_type3_session="), "{cookies}");
        assert!(!cookies.contains("operator_type0_session"), "it was taken back: {cookies}");
        assert_eq!(one.header("x-xsrf-token"), Some("abcd1234-Kq_lZ-0"));
    }
}

/// The items of blocks that others made hold what our commands do not write.
#[tokio::test(flavor = "multi_thread")]
async fn an_assignment_changes_nothing_else_of_an_item() {
    let desk = Desk::new().await;
    let sections = json!({"title": null, "section": [{"title": "Block", "content": [{"sentence": "Block of a company"}]}]});
    let item = json!({
        "catalogItem": {
            "ns": format!("catalog/ext/{EXT}/block/app"), "name": "運動アプリサービス事業者",
            "_code": {"_value": 1_000_785, "_ver": 1}, "inherit": {"_value": 30, "_ver": 1}, "description": sections,
        },
        "template": {
            "_code": {"_value": 1_000_785, "_ver": 1}, "actor-type": "app", "assigned-organization": null,
            "assignment-status": "unassigned", "base-url": "https://application000001.example.org/portal/login",
            "first-login-url": "https://application000001.example.org/personal-portal/",
            "id": "application000001", "pxr-portal-first-login-url": null, "service-name": "application000001-service",
        },
        "prop": null, "value": null, "attribute": null,
    });
    desk.root.holdings().items.insert(1_000_785, item.clone());
    desk.assign("application000001");
    let (mut before, mut after) = (item, desk.item(1_000_785));
    assert_eq!(after["template"]["assignment-status"], "assigned");
    assert_eq!(after["template"]["assigned-organization"], ORGANISATION);
    for one in [&mut before, &mut after] {
        for (part, key) in [
            ("catalogItem", "_code"),
            ("template", "_code"),
            ("template", "assignment-status"),
            ("template", "assigned-organization"),
        ] {
            one[part][key] = Value::Null;
        }
    }
    assert_eq!(before, after);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_root_of_the_reference_cannot_do_is_said() {
    let desk = Desk::new().await;
    desk.add();
    let certificates = ["block", "assign", NAME, "--to", ORGANISATION, "--out", &desk.out()];
    let said = desk.ill(&certificates);
    assert!(said.contains("assignment stands") && said.contains("--without-certificates"), "{said}");
    assert_eq!(desk.item(1_000_783)["template"]["assignment-status"], "assigned");
    assert!(!desk.folder.path().join("sixth/certificates").exists());
    for command in [&["cert", "list"][..], &["cert", "revoke", "1F0A"], &["block", "remove", NAME]] {
        let said = desk.ill(command);
        assert!(said.contains("root of the reference"), "{command:?}: {said}");
        assert!(said.contains("このAPIへのアクセスは許可されていません"), "{command:?}: {said}");
    }
    assert!(
        desk.root.holdings().items.contains_key(&1_000_783),
        "a removal that cannot end anything removes nothing"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_root_refuses_or_garbles_is_told() {
    let desk = Desk::new().await;
    let out = desk.out();
    desk.add();
    let commands: [(&str, &[&str]); 9] = [
        ("login", &["block", "list"]),
        ("/catalog/name", &["block", "list"]),
        ("/catalog?ns=", &["block", "list"]),
        ("/catalog/ext", &["block", "add", "application000005", "--kind", "app", "--out", "/nowhere/at/all"]),
        (
            "/catalog/ext/",
            &["block", "assign", NAME, "--to", ORGANISATION, "--out", &out, "--without-certificates"],
        ),
        ("/catalog-update/actor?", &["actor", "list"]),
        ("/catalog-update/actor?", &["actor", "approve", NAME]),
        ("/certification-authority/", &["cert", "list"]),
        ("/certification-authority/", &["cert", "revoke", "1F0A"]),
    ];
    let answers = [
        ("401 この操作の権限がありません", Answer::refusal(401, "この操作の権限がありません")),
        ("500 接続に失敗しました", Answer::refusal(500, "接続に失敗しました")),
        ("502 <html> <h1>Bad Gateway", Answer::page(502, "<html>\r\n<h1>Bad Gateway</h1></html>")),
        ("no answer of a block", Answer::page(200, "<html>Welcome to nginx!</html>")),
        ("no answer of a block", Answer::page(200, "[{\"catalogItem\": ")),
        ("no answer of a block", Answer::page(200, "")),
    ];
    for (part, command) in commands {
        for (told, answer) in &answers {
            desk.root.answers(part, answer.clone());
            let said = desk.ill(command).replace(": ", " ");
            let is_listed = !part.starts_with("/certification");
            let told = if is_listed { told } else { "401" };
            assert!(said.contains(told), "{command:?} {part}: {told:?} is not in {said}");
        }
    }
    desk.root.answers_again();
    assert_eq!(desk.item(1_000_783)["template"]["_code"]["_ver"], 1, "nothing of it was done");
    desk.well(&["block", "list"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_root_that_is_away_or_unknown_is_told() {
    let url = format!("http://127.0.0.1:{}", free_ports());
    let ended = run(&[&["block", "list"][..], &login(&url, LOGIN)].concat(), PASSWORD);
    assert!(
        !ended.is_well && ended.text.contains("brought no answer") && ended.text.contains(&url),
        "{}",
        ended.text
    );
    let root = Root::start().await;
    let ended = run(&[&["block", "list"][..], &login(&root.url, LOGIN)].concat(), "a wrong password");
    assert!(!ended.is_well && ended.text.contains("401 パスワードが間違っています"), "{}", ended.text);
}
