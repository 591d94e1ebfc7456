//! The machine: two listeners that drop each connection after its answer without a word, and what it holds.

use std::{
    collections::{BTreeMap, HashMap},
    fmt::Write,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
};

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair, SerialNumber,
};
use rustls::ServerConfig;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use serde_json::{Value, json};
use sha1::{Digest, Sha1};
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;
use vocabulary::password::ClientHash;

use super::{gate, outgoing::Owed};
use crate::interoperation::wire::{Message, read};

pub(super) const CODE: i64 = 1_000_401;
pub(super) const ACTOR: i64 = 1_000_431;
pub(super) const EXT: &str = "pxross1";
pub(super) const LOGIN: &str = "root";
pub(super) const PASSWORD: &str = "Root-pass-01";

/// An answer as Express writes it.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    kind: &'static str,
    pub(super) cookies: Vec<String>,
    body: String,
}

impl Answer {
    pub(super) fn json(body: &Value) -> Self {
        Self::of(200, body)
    }

    pub(super) fn of(status: u16, body: &Value) -> Self {
        let kind = "application/json; charset=utf-8";
        Self { status, kind, cookies: Vec::new(), body: body.to_string() }
    }

    pub(super) fn refusal(status: u16, message: &str) -> Self {
        Self::of(status, &json!({"status": status, "message": message}))
    }

    /// What nobody serves.
    pub(super) fn no_route(method: &str, path: &str) -> Self {
        let body = format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Error</title>\n</head>\n<body>\n\
             <pre>Cannot {method} {path}</pre>\n</body>\n</html>\n"
        );
        Self::page(404, body)
    }

    pub(super) fn page(status: u16, body: impl Into<String>) -> Self {
        Self { status, kind: "text/html; charset=utf-8", cookies: Vec::new(), body: body.into() }
    }

    pub(super) fn nothing() -> Self {
        Self { status: 204, kind: "", cookies: Vec::new(), body: String::new() }
    }

    fn bytes(&self) -> String {
        let cookies: Vec<_> =
            self.cookies.iter().map(|cookie| ["Set-Cookie: ", cookie, "\r\n"].concat()).collect();
        let (status, kind, body, cookies) = (self.status, self.kind, &self.body, cookies.concat());
        let content = match status {
            204 => String::new(),
            _ => format!("Content-Type: {kind}\r\nContent-Length: {}\r\n", body.len()),
        };
        format!("HTTP/1.1 {status} Whatever\r\nX-Frame-Options: SAMEORIGIN\r\n{cookies}{content}\r\n{body}")
    }
}

/// A certificate as its authority keeps it.
#[derive(Clone, Debug)]
pub(super) struct Issued {
    pub(super) shown: Value,
    pub(super) actor: i64,
    pub(super) block: i64,
}

/// All that the root knows.
#[derive(Debug, Default)]
pub(super) struct Holdings {
    /// The newest version of each item, as it is rendered.
    pub(super) items: BTreeMap<i64, Value>,
    pub(super) sessions: HashMap<String, Value>,
    /// Token, the caller's URL, the target's URL, its method.
    pub(super) tokens: Vec<[String; 4]>,
    pub(super) applications: Vec<Value>,
    pub(super) notices: Vec<Value>,
    pub(super) certificates: Vec<Issued>,
    /// What the root has still to do at other blocks.
    pub(super) owed: Vec<Owed>,
    /// Where the blocks are.
    pub(super) blocks: HashMap<i64, (String, SocketAddr)>,
    /// What is answered instead, to targets with this text.
    pub(super) instead: Option<(String, Answer)>,
    /// Targets of proxied calls with their methods, and all requests as they came.
    pub(super) asked: Vec<String>,
    pub(super) heard: Vec<Message>,
    drawn: u64,
}

impl Holdings {
    /// Hexadecimal digits that were never there before.
    pub(super) fn draw(&mut self, digits: usize) -> String {
        self.drawn += 1;
        let halves = [0_u8, 1].map(|half| Sha1::digest([&self.drawn.to_be_bytes()[..], &[half]].concat()));
        let mut text = String::new();
        for byte in halves.iter().flatten() {
            write!(text, "{byte:02x}").unwrap();
        }
        text.truncate(digits);
        text
    }
}

/// The root; its clones are the same one.
#[derive(Clone)]
pub(super) struct Root {
    holdings: Arc<Mutex<Holdings>>,
    authority: Arc<(String, Issuer<'static, KeyPair>)>,
    pub(super) url: String,
    pub(super) blocks: SocketAddr,
}

impl Root {
    pub(super) async fn start() -> Self {
        platform::listen::install_crypto_provider();
        let (public, blocks) = (bound().await, bound().await);
        let root = Self {
            holdings: Arc::default(),
            authority: Arc::new(authority()),
            url: format!("http://{}", public.local_addr().unwrap()),
            blocks: blocks.local_addr().unwrap(),
        };
        super::services::load(&mut root.holdings());
        let identity = root.server_identity("root-service");
        let chain = vec![CertificateDer::from_pem_slice(identity.as_bytes()).unwrap()];
        let key = PrivateKeyDer::from_pem_slice(identity.as_bytes()).unwrap();
        // It neither asks for a certificate nor looks at one (trust-layer 8).
        let tls = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).unwrap();
        let tls = TlsAcceptor::from(Arc::new(tls));
        let (at_public, at_blocks) = (root.clone(), root.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = public.accept().await {
                tokio::spawn(converse(at_public.clone(), stream, true));
            }
        });
        tokio::spawn(async move {
            while let Ok((stream, _)) = blocks.accept().await {
                let (tls, root) = (tls.clone(), at_blocks.clone());
                tokio::spawn(async move {
                    if let Ok(stream) = tls.accept(stream).await {
                        converse(root, stream, false).await;
                    }
                });
            }
        });
        root
    }

    pub(super) fn holdings(&self) -> MutexGuard<'_, Holdings> {
        self.holdings.lock().unwrap()
    }

    /// From now on this is answered to whoever asks for something with this text in it.
    pub(super) fn answers(&self, part: &str, answer: Answer) {
        self.holdings().instead = Some((part.to_owned(), answer));
    }

    pub(super) fn answers_again(&self) {
        self.holdings().instead = None;
    }

    /// Proxied calls since the last time.
    pub(super) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.holdings().asked)
    }

    /// What signs the servers of the platform: those who deploy it mount certificates of their own.
    pub(super) fn authority(&self) -> &str {
        &self.authority.0
    }

    /// Certificate and key of a server.
    pub(super) fn server_identity(&self, name: &str) -> String {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.signed_by(&key, &self.authority.1).unwrap().pem() + &key.serialize_pem()
    }
}

/// The member of the root, as his login describes him.
pub(super) fn member(session: &str) -> Value {
    json!({
        "sessionId": session, "operatorId": 1, "type": 3, "loginId": LOGIN, "name": "流通制御運営メンバー01",
        "auth": {"actor": {"application": true, "approval": true}, "catalog": {"create": true}},
        "lastLoginAt": null, "passwordChangedFlg": true, "loginProhibitedFlg": false, "attributes": {},
        "block": {"_value": CODE, "_ver": 1}, "actor": {"_value": ACTOR, "_ver": 1},
    })
}

pub(super) fn is_his_password(hpassword: &Value) -> bool {
    *hpassword == json!(ClientHash::default().of(PASSWORD))
}

/// A certificate for a block, self-signed as the authority of the reference does (4.9), with its key before it.
pub(super) fn issue(serial: &str, actor: i64, block: i64) -> Issued {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let serial_bytes: Vec<u8> =
        (0..20).map(|at| u8::from_str_radix(&serial[at * 2..at * 2 + 2], 16).unwrap()).collect();
    params.serial_number = Some(SerialNumber::from(serial_bytes));
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CountryName, "JP");
    params.distinguished_name.push(DnType::OrganizationalUnitName, actor.to_string());
    params.distinguished_name.push(DnType::CommonName, "*-service");
    let certificate = params.self_signed(&key).unwrap();
    let pairs: Vec<_> = Sha1::digest(certificate.der()).iter().map(|byte| format!("{byte:02X}")).collect();
    let subject =
        json!({"C": "JP", "ST": "Tokyo", "L": "Minato-ku", "O": "test-org", "OU": actor, "CN": "*-service"});
    let shown = json!({
        "certType": "client", "subject": subject, "serialNo": serial, "fingerPrint": pairs.join(":"),
        "validPeriodStart": "2026-11-22T23:48:50.000+0900", "validPeriodEnd": "2126-10-29T23:48:50.000+0900",
        "certificate": key.serialize_pem() + &certificate.pem(),
    });
    Issued { shown, actor, block }
}

fn authority() -> (String, Issuer<'static, KeyPair>) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let certificate = params.self_signed(&key).unwrap();
    (certificate.pem(), Issuer::new(params, key))
}

async fn bound() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

/// One request, its answer, and the end of the connection, of which nothing was said.
async fn converse(root: Root, mut stream: impl AsyncRead + AsyncWrite + Unpin, is_public: bool) {
    let Some(message) = read(&mut stream).await else { return };
    root.holdings().heard.push(message.clone());
    let answer =
        if is_public { gate::public(&root, &message).await } else { gate::blocks(&root, &message).await };
    let _ = stream.write_all(answer.bytes().as_bytes()).await;
    let _ = stream.flush().await;
}
