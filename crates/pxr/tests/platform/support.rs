//! A platform for a test: the demo's blocks on free ports, in a folder of their own.

use std::{
    collections::BTreeMap,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU16, Ordering},
};

use platform::{Clock, identity::Signer};
use pxr::demo::{DemoStage, StageOptions};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use story::{Journal, Options, Stage, Variables};
use tempfile::TempDir;
use vocabulary::{Code, CodeVersion, ServiceName};

/// Where tests look for ports; each platform takes six, and six that lie a hundred on. They lie below those that the
/// kernel gives to outgoing connections: one of these could take a listener's before it listens.
static NEXT: AtomicU16 = AtomicU16::new(FIRST);
const FIRST: u16 = 10_000;
const LAST: u16 = 32_000;

/// A folder and ports, and a PostgreSQL server if it is to be on one.
pub(crate) struct Place {
    pub(crate) options: StageOptions,
    _folder: TempDir,
}

impl Place {
    pub(crate) fn on_sqlite() -> Self {
        Self::on(None)
    }

    /// None where there is no PostgreSQL.
    pub(crate) async fn on_postgres() -> Option<Self> {
        testkit::Database::server().await.map(|server| Self::on(Some(server)))
    }

    /// On a PostgreSQL server, or on SQLite.
    pub(crate) fn on(store: Option<String>) -> Self {
        let folder = tempfile::Builder::new().prefix("pxrtest").tempdir().expect("a folder");
        let path = folder.path().join(folder.path().file_name().expect("a name"));
        std::fs::create_dir(&path).expect("a folder in it");
        let options = StageOptions { folder: path, base_port: free_ports(), store };
        Self { options, _folder: folder }
    }

    pub(crate) fn stage(&self) -> DemoStage {
        DemoStage::new(self.options.clone())
    }
}

/// Six free ports in a row, with the six that lie a hundred on free, too.
pub(crate) fn free_ports() -> u16 {
    let is_free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
    loop {
        // Other test processes look, too: where they start depends on the process.
        let step = u16::try_from(std::process::id() % 40).unwrap_or_default() * 200;
        let base = NEXT.fetch_add(200, Ordering::Relaxed).wrapping_add(step);
        if !(FIRST..LAST).contains(&base) {
            NEXT.store(FIRST, Ordering::Relaxed);
            continue;
        }
        if (0..6).all(|offset| is_free(base + offset) && is_free(base + 100 + offset)) {
            return base;
        }
    }
}

/// The material that lies beside the project, where it is present.
pub(crate) fn shared(part: &str) -> Option<PathBuf> {
    let shared = std::env::var_os("PXR_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    let folder = shared.join(part);
    if folder.exists() {
        return Some(folder);
    }
    eprintln!("{part} is not present: left out");
    None
}

/// A platform as the demo's story builds it, before its first phase that begins with `until`.
pub(crate) struct Platform {
    pub(crate) stage: DemoStage,
    pub(crate) variables: Variables,
    pub(crate) place: Place,
}

impl Platform {
    pub(crate) async fn built(place: Place, until: &str) -> Self {
        let (story, mut stage) = (story::a_city().unwrap(), place.stage());
        let options = Options { stop_before: vec![until.to_owned()], ..Options::default() };
        let told = story::run(&story, &mut stage, &mut Journal::in_memory(), &options, &mut ()).await;
        let variables = told.unwrap().variables;
        Self { stage, variables, place }
    }

    pub(crate) fn url(&self, block: &str) -> String {
        self.stage.base_url(block).unwrap()
    }

    /// A new login of a member, whose name in the story is `who`.
    pub(crate) async fn login(&self, block: &str, who: &str) -> Cookies {
        self.login_as(3, block, who).await
    }

    /// A new login of an operator of a type.
    pub(crate) async fn login_as(&self, kind: i64, block: &str, who: &str) -> Cookies {
        let text = |what: &str| self.variables.text(&format!("{who}_{what}")).unwrap();
        let hpassword = self.variables.client_hash().of(&text("password"));
        let body = json!({"type": kind, "loginId": text("login"), "hpassword": hpassword});
        let face = if kind == 0 { "ind/login" } else { "login" };
        let url = format!("{}/operator/operator/{face}", self.url(block));
        let request = client().post(url).header("accept", "application/json").json(&body);
        let (status, cookies, body) = send(request).await.unwrap();
        assert_eq!(status, 200, "{body}");
        cookies
    }

    /// `GET` through the block's own proxy.
    pub(crate) async fn get(&self, block: &str, target: &str, cookies: &Cookies) -> (u16, String) {
        self.call(block, "GET own", target, cookies, None).await
    }

    /// A call through a block's proxy: `own` services, those of the `root`, or a resident's (`ind`).
    pub(crate) async fn call(
        &self,
        block: &str,
        method_and_way: &str,
        target: &str,
        cookies: &Cookies,
        body: Option<Value>,
    ) -> (u16, String) {
        self.try_call(block, method_and_way, target, cookies, body).await.unwrap()
    }

    /// The same; an error where the block does not answer.
    pub(crate) async fn try_call(
        &self,
        block: &str,
        method_and_way: &str,
        target: &str,
        cookies: &Cookies,
        body: Option<Value>,
    ) -> Result<(u16, String), reqwest::Error> {
        let (method, way) = method_and_way.split_once(' ').unwrap();
        let query = match way {
            "own" => "?",
            "root" => "?block=$pxr-root-block&",
            "ind" => "ind/?block=$pxr-root-block&",
            other => panic!("{other} is no way"),
        };
        let target = contract::proxy::encoded(target);
        let url = format!("{}/pxr-block-proxy/pxr-block-proxy/{query}path={target}", self.url(block));
        let request = cookies.on(client().request(method.parse().unwrap(), url));
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        let (status, _, body) = send(request).await?;
        Ok((status, body))
    }

    /// The blocks stopped, `[blocks]` of the root's configuration completed, and started again.
    pub(crate) async fn with_blocks_setting(self, setting: &str) -> Self {
        self.changed("root", "\n[blocks.peers]", &format!("\n{setting}\n[blocks.peers]")).await
    }

    /// The blocks stopped, a text in the configuration of one replaced, and started again.
    pub(crate) async fn changed(self, block: &str, from: &str, to: &str) -> Self {
        let Self { stage, variables, place } = self;
        stage.stop().await;
        let file = place.options.folder.join(block).join("block.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains(from), "{block} has no {from}");
        std::fs::write(&file, text.replace(from, to)).unwrap();
        let mut stage = place.stage();
        stage.wake().await.unwrap();
        Self { stage, variables, place }
    }

    /// A certificate, with its key, of a block whose actor is certified.
    pub(crate) async fn certified(&self, block: &str) -> String {
        self.certified_for(block, self.code(block) + 1).await
    }

    /// The same, which names that actor.
    pub(crate) async fn certified_for(&self, block: &str, actor: i64) -> String {
        let root = self.stage.block("root").unwrap();
        let ground = root.ground(ServiceName::CertificationAuthority).unwrap().clone();
        let settings = root.config.certification_authority.clone();
        let authority = certification_authority::Authority::open(ground, settings).await.unwrap();
        let code = self.code(block);
        let issued = authority
            .issue_client(CodeVersion::new(code, 1), CodeVersion::new(actor, 1), "test")
            .await
            .unwrap();
        issued.key_pem + &issued.certificate_pem
    }

    pub(crate) fn code(&self, block: &str) -> i64 {
        self.variables.get(&format!("{block}_block_code")).unwrap().as_i64().unwrap()
    }

    /// Calls the root's reverse face in the name of a block, with a token that nobody issued: 400 says that the
    /// block is believed and the token is not, 401 that it is not believed.
    pub(crate) async fn knock(&self, peer: &Neighbour, from: &str, session: &str) -> Option<u16> {
        let request = peer.request("GET", &self.door(from), session).header("token", "0".repeat(64));
        send(request).await.ok().map(|(status, ..)| status)
    }

    pub(crate) fn door(&self, from: &str) -> String {
        let path = "/pxr-block-proxy/pxr-block-proxy/reverse?path=%2Fnotification%3Fa%3D1&from_path=%2Fx";
        format!("{path}&from_block={}", self.code(from))
    }

    /// Revokes a certificate at the root, as catalog-update does when an actor ends.
    pub(crate) async fn revoke(&self, serial: &str) {
        let root = self.stage.block("root").unwrap();
        let session = vocabulary::Session::from_header(&self.member_of("root")).unwrap();
        let send = async |request: platform::Outgoing| {
            let request = request.session(&session);
            root.channel.send(ServiceName::CertificationAuthority, request).await.unwrap()
        };
        let list = send(platform::Outgoing::get("/certification-authority/list")).await;
        let list: Vec<Value> = list.json().unwrap();
        let found = list.iter().find(|one| one["serialNo"] == serial).unwrap();
        let print = found["fingerPrint"].as_str().unwrap();
        let path = format!("/certification-authority/client/{serial}/{print}");
        assert_eq!(send(platform::Outgoing::delete(path)).await.status, 200);
    }

    /// The certificate of the platform's authority.
    pub(crate) fn authority(&self) -> String {
        let folder = self.place.options.folder.join("region/certificates");
        std::fs::read_to_string(folder.join("authority.pem")).unwrap()
    }

    /// Key and certificate that a block got at its assignment.
    pub(crate) fn certificate(&self, block: &str) -> String {
        let folder = self.place.options.folder.join(block).join("certificates");
        std::fs::read_to_string(folder.join("client.pem")).unwrap()
    }

    /// A member of a block, as its operator service would describe it.
    pub(crate) fn member_of(&self, block: &str) -> String {
        let code = self.variables.get(&format!("{block}_block_code")).unwrap();
        let session = json!({
            "sessionId": "x", "operatorId": 1, "type": 3, "loginId": "member", "auth": {"catalog": {"create": true}},
            "block": {"_value": code, "_ver": 1}, "actor": {"_value": null, "_ver": null},
        });
        contract::proxy::encoded(&session.to_string())
    }

    /// What the story knows under a name, as text.
    pub(crate) fn known(&self, name: &str) -> String {
        self.variables.text(name).unwrap_or_else(|| panic!("the story knows no {name}"))
    }
}

/// The serial number of a certificate.
pub(crate) fn serial_of(identity: &str) -> String {
    let certificate = &identity[identity.find("-----BEGIN CERTIFICATE-----").unwrap()..];
    let (_, pem) = x509_parser::pem::parse_x509_pem(certificate.as_bytes()).unwrap();
    pem.parse_x509().unwrap().raw_serial_as_string().replace(':', "").to_uppercase()
}

/// A block that talks to the blocks listener of another one without a program of the platform.
pub(crate) struct Neighbour {
    pub(crate) client: Client,
    pub(crate) signer: Option<Signer>,
    base: String,
    to: Code,
}

impl Neighbour {
    /// With what the block got at its assignment.
    pub(crate) fn assigned(platform: &Platform, block: &str) -> Self {
        Self::showing(platform, Some(&platform.certificate(block)))
    }

    /// To the root, with these PEM texts of a key and a certificate, or with none.
    pub(crate) fn showing(platform: &Platform, identity: Option<&str>) -> Self {
        Self::of("root", platform, identity)
    }

    pub(crate) fn of(to: &str, platform: &Platform, identity: Option<&str>) -> Self {
        platform::listen::install_crypto_provider();
        let config = &platform.stage.block(to).unwrap().config;
        let address: SocketAddr = config.listen.blocks.as_ref().unwrap().parse().unwrap();
        let name = &config.block.service_name;
        let client = Client::builder()
            .no_proxy()
            .tls_certs_only([reqwest::Certificate::from_pem(platform.authority().as_bytes()).unwrap()])
            .resolve(name, address);
        let client = match identity {
            Some(pem) => client.identity(reqwest::Identity::from_pem(pem.as_bytes()).unwrap()),
            None => client,
        };
        let signer = identity.and_then(|pem| Signer::new(pem, &Clock::system()));
        let base = format!("https://{name}:{}", address.port());
        Self { client: client.build().unwrap(), signer, base, to: Code(config.block.code) }
    }

    /// The same block, which signs nothing.
    pub(crate) fn silent(&self) -> Self {
        Self { client: self.client.clone(), signer: None, base: self.base.clone(), to: self.to }
    }

    /// A call in an operator's name.
    pub(crate) fn request(&self, method: &str, path: &str, session: &str) -> RequestBuilder {
        let request = self.client.request(method.parse().unwrap(), format!("{}{path}", self.base));
        let request = request.header("accept", "application/json").header("session", session);
        match &self.signer {
            Some(signer) => self.signed_by(signer, request, session),
            None => request,
        }
    }

    /// The request with a signature of its own.
    pub(crate) fn signed_by(
        &self,
        signer: &Signer,
        request: RequestBuilder,
        session: &str,
    ) -> RequestBuilder {
        let plain = request.try_clone().unwrap().build().unwrap();
        let path = &plain.url()[url::Position::BeforePath..url::Position::AfterQuery];
        let header = signer.header(session, self.to, plain.method(), path).unwrap();
        request.header(platform::identity::HEADER, header)
    }
}

/// What a browser keeps of a login.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cookies(pub(crate) BTreeMap<String, String>);

impl Cookies {
    /// The request as a browser with these cookies sends it.
    pub(crate) fn on(&self, request: RequestBuilder) -> RequestBuilder {
        let request = request.header("accept", "application/json");
        let request = match self.0.get("XSRF-TOKEN") {
            Some(token) => request.header("x-xsrf-token", token),
            None => request,
        };
        let cookies: Vec<_> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if cookies.is_empty() { request } else { request.header("cookie", cookies.join("; ")) }
    }
}

pub(crate) fn client() -> Client {
    platform::listen::install_crypto_provider();
    Client::builder().no_proxy().build().unwrap()
}

/// Status, cookies and body of the answer; an error where there is none.
pub(crate) async fn send(request: RequestBuilder) -> Result<(u16, Cookies, String), reqwest::Error> {
    #[expect(clippy::disallowed_methods, reason = "a client from outside, not a call of the platform")]
    let response = request.send().await?;
    let status = response.status().as_u16();
    let lines = response.headers().get_all("set-cookie").iter().filter_map(|line| line.to_str().ok());
    let cookies = lines
        .filter_map(|line| line.split(';').next()?.split_once('='))
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    Ok((status, Cookies(cookies), response.text().await?))
}
