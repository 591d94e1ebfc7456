//! How a block calls another block: HTTPS with its own client certificate, connections kept and reused.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use axum::Router;
use http::{HeaderValue, header};
use reqwest::{Certificate, Identity};
use tower::ServiceExt;
use url::{Position, Url};
use vocabulary::Code;

use crate::{
    Answer, Clock, Outgoing, Unreachable,
    addresses::{AddressBook, Addresses},
    channel::{NoAnswer, collect, over_http},
    identity::{self, Signer},
    usage::Usage,
};

const PATIENCE: Duration = Duration::from_secs(120);

/// How long a connection is kept that nobody uses: less than the five seconds after which a reference block closes it,
/// perhaps just when the next request is on its way.
const IDLE: Duration = Duration::from_secs(4);

/// What this block shows to others, and whom it believes.
#[derive(Clone)]
pub struct Credentials {
    /// PEM: private key and certificate of this block; none until it was assigned.
    pub identity: Option<String>,
    /// PEM: the platform's certificate authority.
    pub authority: Option<String>,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("identity", &self.identity.is_some()).finish_non_exhaustive()
    }
}

/// The credentials are not what they should be.
#[derive(Debug, thiserror::Error)]
#[error("certificate, key or authority of this block cannot be used")]
pub struct PeersError(#[from] reqwest::Error);

/// The ways to other blocks.
#[derive(Clone, Debug)]
pub struct Peers {
    addresses: Arc<Addresses>,
    authority: Option<String>,
    clock: Clock,
    way: Way,
}

#[derive(Clone, Debug)]
enum Way {
    /// The client that shows the block's certificate, and the pen that signs with its key.
    Https(Arc<RwLock<(reqwest::Client, Option<Signer>)>>),
    /// Tests: a router stands in for all other blocks and reads the name of the block from the URI's host.
    StandIn(Router),
}

impl Peers {
    pub fn new(
        addresses: HashMap<String, String>,
        credentials: &Credentials,
        clock: &Clock,
    ) -> Result<Self, PeersError> {
        let addresses = Arc::new(Addresses::new(addresses));
        let https = (client(Arc::clone(&addresses), credentials)?, signer(credentials, clock));
        let (authority, clock) = (credentials.authority.clone(), clock.clone());
        Ok(Self { addresses, authority, clock, way: Way::Https(Arc::new(RwLock::new(https))) })
    }

    /// A router that stands in for all other blocks.
    #[must_use]
    pub fn standing_in(router: Router) -> Self {
        Self { addresses: Arc::default(), authority: None, clock: Clock::system(), way: Way::StandIn(router) }
    }

    /// Shows another certificate (PEM: key and certificate) in all calls from now on; calls under way finish
    /// with the old one.
    pub fn renew(&self, identity: &str) -> Result<(), PeersError> {
        if let Way::Https(current) = &self.way {
            let credentials =
                Credentials { identity: Some(identity.to_owned()), authority: self.authority.clone() };
            let https =
                (client(Arc::clone(&self.addresses), &credentials)?, signer(&credentials, &self.clock));
            *current.write().unwrap_or_else(PoisonError::into_inner) = https;
        }
        Ok(())
    }

    /// Finds blocks by another address book from now on.
    pub fn readdress(&self, addresses: HashMap<String, String>) {
        self.addresses.replace(addresses);
    }

    /// How the address book is read anew when a block is not where it was, or was never known. Only the first one counts.
    pub fn reread(&self, read: impl Fn() -> Option<HashMap<String, String>> + Send + Sync + 'static) {
        self.addresses.reread(Box::new(read));
    }

    /// Sends a request to a block and waits for the whole answer. What it says of an operator is signed.
    pub async fn send(
        &self,
        block: Code,
        service_name: &str,
        mut request: Outgoing,
    ) -> Result<Answer, Unreachable> {
        debug_assert!(Usage::may_call(), "{service_name} is called inside a transaction");
        let unreachable = |cause: String| Unreachable { target: service_name.to_owned(), cause };
        request.headers.remove(identity::HEADER);
        // Blocks of the reference speak HTTP/1.1 and drop connections after their answer, unannounced: the next request
        // must not get such a one. HTTP/2, which ours speak, knows no such header; those connections are kept.
        request.headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        match &self.way {
            Way::Https(https) => {
                let address = self.addresses.of(service_name);
                let sent = self.over_https(https, block, (service_name, address.as_deref()), request.clone());
                let sent = match sent.await {
                    Err(no_answer) if no_answer.is_unheard => {
                        match self.addresses.newer(service_name, address) {
                            Some(newer) => {
                                self.over_https(https, block, (service_name, Some(&newer)), request).await
                            }
                            None => Err(no_answer),
                        }
                    }
                    sent => sent,
                };
                sent.map_err(|no_answer| unreachable(no_answer.cause))
            }
            Way::StandIn(router) => {
                let request =
                    request.into_request(&base(service_name, self.addresses.of(service_name).as_deref()));
                let request = request.map_err(|error| unreachable(error.to_string()))?;
                let Ok(response) = router.clone().oneshot(request).await;
                collect(response).await.map_err(unreachable)
            }
        }
    }

    async fn over_https(
        &self,
        https: &RwLock<(reqwest::Client, Option<Signer>)>,
        block: Code,
        (service_name, address): (&str, Option<&str>),
        mut request: Outgoing,
    ) -> Result<Answer, NoAnswer> {
        let malformed = |cause: String| NoAnswer { cause, is_unheard: false };
        let (client, signer) = https.read().unwrap_or_else(PoisonError::into_inner).clone();
        let base = base(service_name, address);
        // Both sides must see the same path: as it stands on the wire.
        let url = Url::parse(&format!("{base}{}", request.path));
        let url = url.map_err(|error| malformed(error.to_string()))?;
        url[Position::BeforePath..Position::AfterQuery].clone_into(&mut request.path);
        sign(&mut request, block, signer.as_ref());
        let request = request.into_request(&base).map_err(|error| malformed(error.to_string()))?;
        over_http(&client, request).await
    }
}

/// The name stays in the URL: the other side proves that it is meant.
fn base(service_name: &str, address: Option<&str>) -> String {
    match address.and_then(|address| address.rsplit_once(':')) {
        Some((_, port)) => format!("https://{service_name}:{port}"),
        None => format!("https://{service_name}"),
    }
}

/// Signs the identity that a request names.
fn sign(request: &mut Outgoing, block: Code, signer: Option<&Signer>) {
    let Some(session) = request.headers.get("session").and_then(|session| session.to_str().ok()) else {
        return;
    };
    let header = signer.and_then(|signer| signer.header(session, block, &request.method, &request.path));
    if let Some(header) = header {
        request.headers.insert(identity::HEADER, header);
    }
}

fn signer(credentials: &Credentials, clock: &Clock) -> Option<Signer> {
    let identity = credentials.identity.as_ref()?;
    let signer = Signer::new(identity, clock);
    if signer.is_none() {
        tracing::warn!("the block's certificate cannot sign identities: no block or no P-256 key in it");
    }
    signer
}

fn client(addresses: Arc<Addresses>, credentials: &Credentials) -> Result<reqwest::Client, PeersError> {
    crate::listen::install_crypto_provider();
    let mut builder = reqwest::Client::builder()
        .no_proxy()
        .https_only(true)
        .timeout(PATIENCE)
        .pool_idle_timeout(IDLE)
        .dns_resolver(Arc::new(AddressBook(addresses)));
    if let Some(authority) = &credentials.authority {
        builder = builder.tls_certs_only([Certificate::from_pem(authority.as_bytes())?]);
    }
    if let Some(identity) = &credentials.identity {
        builder = builder.identity(Identity::from_pem(identity.as_bytes())?);
    }
    Ok(builder.build()?)
}
