//! A sixth block joins the running platform, is certified, works, is renewed, is shut out and leaves: by commands
//! alone, the same ones in the same order as in `docs/operating/adding-a-block.md`.

use std::{fs, path::Path, time::Duration};

use reqwest::{Certificate, Client, Identity};
use serde_json::json;

use crate::{
    commands::{
        NOBODY, OPERATOR, OPERATORS_PASSWORD as PASSWORD, ORGANISATION, SIXTH as NAME, Serves, local, login,
        run, sixth_store, well,
    },
    support::{Cookies, Place, Platform, client, send},
};

struct Sixth {
    platform: Platform,
    root_password: String,
    root_url: String,
    url: String,
    blocks: String,
    folder: String,
    file: String,
}

impl Sixth {
    fn beside(platform: Platform) -> Self {
        let options = &platform.place.options;
        let folder = options.folder.join("sixth").to_str().unwrap().to_owned();
        Self {
            root_password: platform.known("root_password"),
            root_url: platform.url("root"),
            url: format!("http://127.0.0.1:{}", options.base_port + 5),
            blocks: format!("127.0.0.1:{}", options.base_port + 105),
            file: format!("{folder}/block.toml"),
            folder,
            platform,
        }
    }

    /// A command of the root's member.
    fn root(&self, arguments: &[&str]) -> String {
        well(&[arguments, &login(&self.root_url, "root")].concat(), &self.root_password)
    }

    /// A command of the new block's member, at the block.
    fn own(&self, arguments: &[&str]) -> String {
        well(&[arguments, &login(&self.url, OPERATOR)].concat(), PASSWORD)
    }

    /// The same, where its configuration lies.
    fn local(&self, arguments: &[&str]) -> String {
        well(&[arguments, &local(&self.file, OPERATOR)].concat(), PASSWORD)
    }

    async fn add(&self) -> String {
        let port = self.platform.place.options.base_port;
        let (public, root) =
            (format!("127.0.0.1:{}", port + 5), format!("root-service=127.0.0.1:{}", port + 100));
        let store = sixth_store(&self.platform.place).await;
        self.root(&[
            "block",
            "add",
            NAME,
            "--kind",
            "app",
            "--title",
            "歩数アプリのブロック",
            "--out",
            &self.folder,
            "--public",
            &public,
            "--blocks",
            &self.blocks,
            "--peer",
            &root,
            "--store",
            &store,
        ])
    }

    async fn cookies(&self) -> Cookies {
        let hpassword = self.platform.variables.client_hash().of(PASSWORD);
        let body = json!({"type": 3, "loginId": OPERATOR, "hpassword": hpassword});
        let request = client().post(format!("{}/operator/operator/login", self.url)).json(&body);
        let (status, cookies, body) = send(request.header("accept", "application/json")).await.unwrap();
        assert_eq!(status, 200, "{body}");
        cookies
    }

    /// Reads an item of the root's catalog through the proxy of the block. Always another one: answers are kept.
    async fn reads(&self, cookies: &Cookies, code: i64) -> u16 {
        let target = contract::proxy::encoded(&format!("/catalog/{code}"));
        let url =
            format!("{}/pxr-block-proxy/pxr-block-proxy/?block=$pxr-root-block&path={target}", self.url);
        send(cookies.on(client().get(url))).await.unwrap().0
    }

    /// The serial number of the certificate that the block shows on its blocks listener.
    async fn listens_with(&self) -> String {
        platform::listen::install_crypto_provider();
        let folder = Path::new(&self.folder).join("certificates");
        let read = |name: &str| fs::read(folder.join(name)).unwrap();
        let (host, port) = ("application000004-service", self.blocks.rsplit_once(':').unwrap().1);
        let client = Client::builder()
            .no_proxy()
            .tls_info(true)
            .tls_certs_only([Certificate::from_pem(&read("authority.pem")).unwrap()])
            .identity(Identity::from_pem(&read("client.pem")).unwrap())
            .resolve(host, self.blocks.parse().unwrap());
        let request = client.build().unwrap().get(format!("https://{host}:{port}/health"));
        #[expect(clippy::disallowed_methods, reason = "a client from outside, not a call of the platform")]
        let response = request.send().await.unwrap();
        let info: &reqwest::tls::TlsInfo = response.extensions().get().unwrap();
        let (_, certificate) = x509_parser::parse_x509_certificate(info.peer_certificate().unwrap()).unwrap();
        certificate.raw_serial_as_string().replace(':', "").to_uppercase()
    }

    /// The live certificates of the block, as `pxr cert list` shows them: serial number and type, newest first.
    fn live(&self, code: &str) -> Vec<(String, String)> {
        let list = self.root(&["cert", "list", "--block", code]);
        let live = list.lines().filter(|line| line.contains("live"));
        let words = live.map(|line| {
            let mut words = line.split(['│', '┆']).map(str::trim).filter(|word| !word.is_empty());
            (words.next().unwrap().to_owned(), words.next().unwrap().to_owned())
        });
        words.collect()
    }
}

async fn joins_works_and_leaves(place: Place) {
    let sixth = Sixth::beside(Platform::built(place, "2").await);
    let (mut serves, code) = joins(&sixth).await;
    is_certified(&sixth, &mut serves).await;
    is_renewed(&sixth, &code).await;
    is_shut_out_and_comes_back(&sixth, &code).await;
    leaves(&sixth).await;
    drop(serves);
    no_key_lies_in_the_open(&sixth);
    sixth.platform.stage.stop().await;
}

/// 1 to 3: the block is added and assigned, and starts.
async fn joins(sixth: &Sixth) -> (Serves, String) {
    assert!(sixth.add().await.contains("catalog: application000004 is added"));
    assert!(sixth.add().await.contains("folder: "), "what is there stays");
    let assign = ["block", "assign", NAME, "--to", ORGANISATION, "--out", &sixth.folder];
    assert!(sixth.root(&assign).contains("certificates: server.pem"));
    assert!(sixth.root(&assign).contains("歩数アプリ株式会社's already"));
    let root = sixth.platform.place.options.folder.join("root/block.toml");
    well(
        &["block", "address", "application000004-service", &sixth.blocks, "-c", root.to_str().unwrap()],
        NOBODY,
    );
    well(&["operator", "create", "--login-id", OPERATOR, "-c", &sixth.file], PASSWORD);
    let serves = Serves::start(Path::new(&sixth.file), &sixth.url).await;
    let list = sixth.root(&["block", "list"]);
    let line = list.lines().find(|line| line.contains("application000004-service")).unwrap();
    assert!(line.contains("assigned") && line.contains(ORGANISATION), "{line}");
    let code = line.split(['│', '┆']).map(str::trim).find(|word| !word.is_empty()).unwrap().to_owned();
    assert_eq!(
        sixth.root(&["block", "list"]).matches(ORGANISATION).count(),
        1,
        "one block, however often added"
    );
    assert_eq!(sixth.live(&code).len(), 2, "one certificate for the listener, one for calls");
    (serves, code)
}

/// 4: the organisation becomes an actor, and its block shows the actor's certificate.
async fn is_certified(sixth: &Sixth, serves: &mut Serves) {
    let apply = ["actor", "apply", "--statement", "住民の同意のもとでデータを取り扱います。"];
    assert!(sixth.own(&apply).contains("is made"));
    assert!(sixth.own(&apply).contains("waits for its approval already"));
    assert!(sixth.root(&["actor", "list"]).contains("applied"));
    let certificate = format!("{}/actor.pem", sixth.folder);
    let approve = ["actor", "approve", NAME, "--comment", "認定します。", "--certificate", &certificate];
    assert!(sixth.root(&approve).contains("approved"));
    assert!(sixth.root(&approve).contains("approved"), "again the same");
    assert!(sixth.own(&apply).contains("already"));
    assert!(sixth.local(&["cert", "install", &certificate]).contains("start the block anew"));
    serves.start_again().await;
    assert!(sixth.local(&["cert", "install", &certificate]).contains("the block shows"));
    well(&["doctor", "-c", &sixth.file], NOBODY);
    assert_eq!(sixth.reads(&sixth.cookies().await, 30).await, 200, "its proxy brings the root's catalog");
}

/// 5: the certificates are renewed while the block serves.
async fn is_renewed(sixth: &Sixth, code: &str) {
    let (before, listened) = (sixth.live(code), sixth.listens_with().await);
    assert_eq!(before.len(), 2, "{before:?}");
    let said = sixth.local(&["cert", "renew", "--wait", "4"]);
    assert_eq!(said.matches("has ended").count(), 2, "{said}");
    let after = sixth.live(code);
    assert!(after.len() == 2 && after.iter().all(|one| !before.contains(one)), "{before:?} {after:?}");
    assert_eq!(sixth.reads(&sixth.cookies().await, 42).await, 200);
    let now = sixth.listens_with().await;
    assert!(now != listened && after.contains(&(now, "server".to_owned())), "the listener has the new one");
    well(&["doctor", "-c", &sixth.file], NOBODY);
    let config = fs::read_to_string(&sixth.file).unwrap();
    fs::write(&sixth.file, config.replace("# expiry_warning_days = 30 ", "expiry_warning_days = 2000 "))
        .unwrap();
    let warned = run(&["doctor", "-c", &sixth.file], NOBODY);
    assert!(!warned.is_well && warned.text.contains("pxr cert renew --kind server"), "{}", warned.text);
    fs::write(&sixth.file, config).unwrap();
}

/// 6: a revoked certificate opens nothing; the root gives the block another one.
async fn is_shut_out_and_comes_back(sixth: &Sixth, code: &str) {
    let cookies = sixth.cookies().await;
    let live = sixth.live(code);
    let (serial, _) = live.iter().find(|(_, kind)| kind == "client").unwrap();
    assert!(sixth.root(&["cert", "revoke", serial]).contains("is revoked"));
    assert!(sixth.root(&["cert", "revoke", serial]).contains("is revoked"));
    assert_ne!(sixth.reads(&cookies, 49).await, 200, "the next request is refused");
    sixth.root(&["block", "assign", NAME, "--out", &sixth.folder]);
    let mut waited = 0;
    while sixth.reads(&cookies, 34).await != 200 {
        waited += 1;
        assert!(waited < 100, "the block does not take its new certificate");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// 7: the actor ends, and the block goes.
async fn leaves(sixth: &Sixth) {
    let remove = [&["block", "remove", NAME][..], &login(&sixth.root_url, "root")].concat();
    let refused = run(&remove, &sixth.root_password);
    assert!(!refused.is_well && refused.text.contains("pxr actor remove"), "{}", refused.text);
    assert!(sixth.own(&["actor", "remove"]).contains("is made"));
    assert!(sixth.own(&["actor", "remove"]).contains("waits for its approval already"));
    // Commands log in, and only the newest login counts.
    let cookies = sixth.cookies().await;
    assert_eq!(sixth.reads(&cookies, 130).await, 200);
    assert!(sixth.root(&["actor", "approve", NAME]).contains("the end of the certification"));
    assert!(sixth.root(&["actor", "approve", NAME]).contains("approved"));
    assert_ne!(sixth.reads(&cookies, 127).await, 200, "who has left reads nothing");
    assert!(sixth.root(&["block", "remove", NAME]).contains("is removed"));
    assert!(sixth.root(&["block", "remove", NAME]).contains("was removed before"));
    assert!(!sixth.root(&["block", "list"]).contains(NAME));
    let unknown = run(
        &[&["block", "remove", "application000009"][..], &login(&sixth.root_url, "root")].concat(),
        &sixth.root_password,
    );
    assert!(!unknown.is_well && unknown.text.contains("there is no block"), "{}", unknown.text);
}

/// Databases of blocks hold the keys of certificates, but sealed.
fn no_key_lies_in_the_open(sixth: &Sixth) {
    let folder = &sixth.platform.place.options.folder;
    for block in ["root", "sixth"] {
        let Ok(files) = fs::read_dir(folder.join(block).join("data")) else { continue };
        for file in files.map(|file| file.unwrap().path()) {
            let bytes = fs::read(&file).unwrap();
            let is_open = bytes.windows(11).any(|window| window == b"PRIVATE KEY");
            assert!(!is_open, "{} holds a key in clear text", file.display());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sixth_block_joins_works_and_leaves_by_commands_on_sqlite() {
    joins_works_and_leaves(Place::on_sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sixth_block_joins_works_and_leaves_by_commands_on_postgres() {
    if let Some(place) = Place::on_postgres().await {
        joins_works_and_leaves(place).await;
    }
}
