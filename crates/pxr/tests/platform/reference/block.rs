//! A block of ours at a root of the reference: it joins, is certified and works, and what that root lacks stops nothing.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, time::Duration};

use serde_json::json;

use super::root::{ACTOR, Answer, CODE, LOGIN, PASSWORD as ROOTS_PASSWORD, Root};
use crate::{
    commands::{
        NOBODY, OPERATOR, OPERATORS_PASSWORD as PASSWORD, ORGANISATION, SIXTH as NAME, Serves, local, login,
        run, sixth_store, well,
    },
    databases::on_both_databases,
    support::{Place, client, send},
};

pub(super) struct Joining {
    pub(super) root: Root,
    place: Place,
    pub(super) url: String,
    pub(super) folder: String,
    pub(super) file: String,
}

pub(super) const BLOCK: i64 = 1_000_783;

impl Joining {
    /// As far as it needs no running block.
    pub(super) async fn new(place: Place) -> Self {
        let (root, port) = (Root::start().await, place.options.base_port);
        let folder = place.options.folder.join("sixth").to_str().unwrap().to_owned();
        let (file, url) = (format!("{folder}/block.toml"), format!("http://127.0.0.1:{}", port + 5));
        let joining = Self { root, place, url, folder, file };
        let (public, blocks) = (format!("127.0.0.1:{}", port + 5), format!("127.0.0.1:{}", port + 105));
        let peer = format!("root-service={}", joining.root.blocks);
        let store = sixth_store(&joining.place).await;
        let out = joining.folder.as_str();
        joining.root(&[
            "block", "add", NAME, "--kind", "app", "--out", out, "--public", &public, "--blocks", &blocks,
            "--peer", &peer, "--store", &store,
        ]);
        joining.root(&[
            "block",
            "assign",
            NAME,
            "--to",
            ORGANISATION,
            "--out",
            out,
            "--without-certificates",
        ]);
        let known = (format!("{NAME}-service"), blocks.parse().unwrap());
        joining.root.holdings().blocks.insert(BLOCK, known);
        joining.deploy();
        joining
    }

    /// What those who deploy the platform bring: certificates, and the word that the root is one of the reference.
    fn deploy(&self) {
        let folder = Path::new(&self.folder).join("certificates");
        fs::create_dir_all(&folder).unwrap();
        let identity = self.root.server_identity(&format!("{NAME}-service"));
        for (name, content) in [
            ("server.pem", identity.as_str()),
            ("client.pem", identity.as_str()),
            ("authority.pem", self.root.authority()),
        ] {
            let file = folder.join(name);
            fs::write(&file, content).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        }
        let config = fs::read_to_string(&self.file).unwrap();
        let mixed = format!(
            "\nclient_certificates = \"optional\"\nreference = [{CODE}]\nrevocation_seconds = 1\n[blocks.peers]"
        );
        fs::write(&self.file, config.replace("\n[blocks.peers]", &mixed)).unwrap();
    }

    pub(super) fn root(&self, arguments: &[&str]) -> String {
        well(&[arguments, &login(&self.root.url, LOGIN)].concat(), ROOTS_PASSWORD)
    }

    pub(super) fn own(&self, arguments: &[&str]) -> String {
        well(&[arguments, &login(&self.url, OPERATOR)].concat(), PASSWORD)
    }

    pub(super) fn local(&self, arguments: &[&str]) -> String {
        well(&[arguments, &local(&self.file, OPERATOR)].concat(), PASSWORD)
    }

    /// What a command of the root's member says that cannot do what it is for.
    pub(super) fn roots_ill(&self, arguments: &[&str]) -> String {
        let ended = run(&[arguments, &login(&self.root.url, LOGIN)].concat(), ROOTS_PASSWORD);
        assert!(!ended.is_well, "{arguments:?}: {}", ended.text);
        ended.text
    }

    /// What a command of the block's member says that this root cannot serve.
    fn ill(arguments: &[&str]) -> String {
        let ended = run(arguments, PASSWORD);
        assert!(!ended.is_well, "{arguments:?}: {}", ended.text);
        ended.text
    }

    /// What the block's files hold, beside its data.
    fn files(&self) -> Vec<(String, String)> {
        let entries = fs::read_dir(Path::new(&self.folder).join("certificates")).unwrap();
        let mut files: Vec<_> = entries
            .map(|entry| entry.unwrap().path())
            .map(|path| {
                (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(&path).unwrap())
            })
            .collect();
        files.sort();
        files
    }

    /// What a browser of the block's member gets of the root's catalog.
    async fn reads(&self, code: i64) -> (u16, String) {
        self.gets(&format!("block=$pxr-root-block&path=%2Fcatalog%2F{code}")).await
    }

    /// What a browser of the block's member gets through the proxy.
    pub(super) async fn gets(&self, query: &str) -> (u16, String) {
        let hash = vocabulary::password::ClientHash::default();
        let body = json!({"type": 3, "loginId": OPERATOR, "hpassword": hash.of(PASSWORD)});
        let request = client().post(format!("{}/operator/operator/login", self.url)).json(&body);
        let (status, cookies, body) = send(request.header("accept", "application/json")).await.unwrap();
        assert_eq!(status, 200, "{body}");
        let url = format!("{}/pxr-block-proxy/pxr-block-proxy/?{query}", self.url);
        let (status, _, body) = send(cookies.on(client().get(url))).await.unwrap();
        (status, body)
    }
}

/// Applied for at the block, decided at the root, installed at the block.
async fn is_certified(joining: &Joining, serves: &mut Serves) {
    let apply = ["actor", "apply", "--statement", "住民の同意のもとでデータを取り扱います。"];
    for (told, answer) in [
        ("the application refused with 400 申請できません", Answer::refusal(400, "申請できません")),
        ("the application refused with 500 接続に失敗しました", Answer::refusal(500, "接続に失敗しました")),
        ("no answer of a block", Answer::page(200, "<html>Welcome to nginx!</html>")),
    ] {
        joining.root.answers("POST /catalog-update/actor", answer);
        let said = Joining::ill(&[&apply[..], &login(&joining.url, OPERATOR)].concat()).replace(": ", " ");
        assert!(said.contains(told), "{told:?} is not in {said}");
    }
    joining.root.answers_again();
    assert!(joining.root.holdings().applications.is_empty());
    assert!(joining.own(&apply).contains("the application 1 is made"));
    assert!(joining.own(&apply).contains("waits for its approval already"));
    assert_eq!(joining.root.holdings().applications.len(), 1);
    let list = joining.root(&["actor", "list"]);
    assert!(list.contains("applied") && list.contains(ORGANISATION), "{list}");
    let pem = format!("{}/actor.pem", joining.folder);
    let approve = ["actor", "approve", NAME, "--comment", "認定します。", "--certificate", &pem];
    assert!(joining.root(&approve).contains("approved"));
    assert!(joining.root(&approve).contains("approved"), "again the same");
    assert_eq!(joining.root.holdings().certificates.len(), 1);
    assert!(joining.own(&apply).contains("already"));
    let said = joining.local(&["cert", "install", &pem]);
    assert!(said.contains("start the block anew") && said.contains("one of the reference"), "{said}");
    let ordered = |body: &str| body.contains("/certificate-manage\",") && body.contains("\"target\"");
    assert!(
        joining.root.holdings().heard.iter().any(|one| ordered(&one.body)),
        "the root was asked for the token of a call inside the block, and ordered it there"
    );
    let actor = joining.root.holdings().certificates[0].actor;
    assert!(fs::read_to_string(&joining.file).unwrap().contains(&format!("actor = {actor}")));
    serves.start_again().await;
    assert!(joining.local(&["cert", "install", &pem]).contains("the block shows"), "again the same");
}

/// What the root has no routes for is said, and changes nothing.
fn orders_nothing(joining: &Joining) {
    let before = joining.files();
    let renew = |kind: &'static str| {
        [&["cert", "renew", "--kind", kind][..], &local(&joining.file, OPERATOR)].concat()
    };
    for kind in ["server", "client", "all"] {
        let said = Joining::ill(&renew(kind));
        assert!(
            said.contains("takes no orders") && said.contains("pxr actor approve --certificate"),
            "{kind}: {said}"
        );
        assert_eq!(joining.files(), before, "{kind}: no note of a renewal is left either");
    }
    for command in [&["cert", "list"][..], &["cert", "revoke", "1F0A"]] {
        let said = Joining::ill(&[command, &login(&joining.url, OPERATOR)].concat());
        assert!(said.contains("the root has no such route"), "{command:?}: {said}");
    }
    // What it refuses or garbles is no lack of a route: a renewal that was cut off so goes on another time.
    let note = ("client.renewal".to_owned(), joining.files().len() + 1);
    for (told, answer) in [
        ("500 接続に失敗しました", Answer::refusal(500, "接続に失敗しました")),
        ("has no certificates", Answer::page(200, "<html>Welcome to nginx!</html>")),
    ] {
        joining.root.answers("/certification-authority/certificates", answer);
        let said = Joining::ill(&renew("client")).replace(": ", " ");
        assert!(said.contains(told), "{told:?} is not in {said}");
        let files = joining.files();
        assert!(files.len() == note.1 && files.iter().any(|(name, _)| *name == note.0));
    }
    joining.root.answers_again();
    Joining::ill(&renew("client"));
    assert_eq!(joining.files(), before);
}

on_both_databases! {
    async fn a_block_joins_a_root_of_the_reference_and_goes_on_without_what_that_lacks(place: Place) {
        let joining = Joining::new(place).await;
        well(&["operator", "create", "--login-id", OPERATOR, "-c", &joining.file], PASSWORD);
        let mut serves = Serves::start(Path::new(&joining.file), &joining.url).await;
        is_certified(&joining, &mut serves).await;
        orders_nothing(&joining);

        let lists = |root: &Root| root.holdings().asked.iter().filter(|one| one.contains("revoked")).count();
        let before = lists(&joining.root);
        while lists(&joining.root) < before + 3 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let (status, body) = joining.reads(ACTOR).await;
        assert_eq!(status, 200, "{body}");
        let lines = serves.log();
        let told = lines.lines().filter(|line| line.contains("lists no revoked certificates")).count();
        assert_eq!(told, 2, "once for each start: {lines}");
        let said = well(&["doctor", "-c", &joining.file], NOBODY);
        assert!(said.contains("certificate for other blocks: names no block"), "{said}");
    }
}
