//! How a block calls another block: HTTPS with its own client certificate, connections kept and reused.

use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use axum::Router;
use reqwest::{
    Certificate, Identity,
    dns::{Addrs, Name, Resolve, Resolving},
};

use tower::ServiceExt;

use crate::{
    Answer, Outgoing, Unreachable,
    channel::{collect, over_http},
};

const PATIENCE: Duration = Duration::from_secs(120);

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
    /// service-name → `host:port`, where it is not the name itself at port 443.
    addresses: Addresses,
    authority: Option<String>,
    way: Way,
}

/// It may change while the block runs.
type Addresses = Arc<RwLock<HashMap<String, String>>>;

#[derive(Clone, Debug)]
enum Way {
    Https(Arc<RwLock<reqwest::Client>>),
    /// Tests: a router stands in for all other blocks and reads the name of the block from the URI's host.
    StandIn(Router),
}

impl Peers {
    pub fn new(addresses: HashMap<String, String>, credentials: &Credentials) -> Result<Self, PeersError> {
        let addresses = Arc::new(RwLock::new(addresses));
        let client = client(Arc::clone(&addresses), credentials)?;
        let authority = credentials.authority.clone();
        Ok(Self { addresses, authority, way: Way::Https(Arc::new(RwLock::new(client))) })
    }

    /// A router that stands in for all other blocks.
    #[must_use]
    pub fn standing_in(router: Router) -> Self {
        Self { addresses: Arc::default(), authority: None, way: Way::StandIn(router) }
    }

    /// Shows another certificate (PEM: key and certificate) in all calls from now on; calls under way finish
    /// with the old one.
    pub fn renew(&self, identity: &str) -> Result<(), PeersError> {
        if let Way::Https(current) = &self.way {
            let credentials =
                Credentials { identity: Some(identity.to_owned()), authority: self.authority.clone() };
            let client = client(Arc::clone(&self.addresses), &credentials)?;
            *current.write().unwrap_or_else(PoisonError::into_inner) = client;
        }
        Ok(())
    }

    /// Finds blocks by another address book from now on.
    pub fn readdress(&self, addresses: HashMap<String, String>) {
        *self.addresses.write().unwrap_or_else(PoisonError::into_inner) = addresses;
    }

    /// Sends a request to the block of that service name and waits for the whole answer.
    pub async fn send(&self, service_name: &str, request: Outgoing) -> Result<Answer, Unreachable> {
        let unreachable = |cause: String| Unreachable { target: service_name.to_owned(), cause };
        let address = address_of(&self.addresses, service_name);
        let base = match address.as_deref().and_then(|address| address.rsplit_once(':')) {
            Some((_, port)) => format!("https://{service_name}:{port}"),
            None => format!("https://{service_name}"),
        };
        let request = request.into_request(&base).map_err(|error| unreachable(error.to_string()))?;
        match &self.way {
            Way::Https(client) => {
                let client = client.read().unwrap_or_else(PoisonError::into_inner).clone();
                over_http(&client, request).await.map_err(unreachable)
            }
            Way::StandIn(router) => {
                let Ok(response) = router.clone().oneshot(request).await;
                collect(response).await.map_err(unreachable)
            }
        }
    }
}

fn address_of(addresses: &Addresses, service_name: &str) -> Option<String> {
    addresses.read().unwrap_or_else(PoisonError::into_inner).get(service_name).cloned()
}

fn client(addresses: Addresses, credentials: &Credentials) -> Result<reqwest::Client, PeersError> {
    crate::listen::install_crypto_provider();
    let mut builder = reqwest::Client::builder()
        .no_proxy()
        .https_only(true)
        .timeout(PATIENCE)
        .dns_resolver(Arc::new(AddressBook(addresses)));
    if let Some(authority) = &credentials.authority {
        builder = builder.tls_certs_only([Certificate::from_pem(authority.as_bytes())?]);
    }
    if let Some(identity) = &credentials.identity {
        builder = builder.identity(Identity::from_pem(identity.as_bytes())?);
    }
    Ok(builder.build()?)
}

/// Finds the machine of a block: by the address book, else by its name.
struct AddressBook(Addresses);

impl Resolve for AddressBook {
    fn resolve(&self, name: Name) -> Resolving {
        let address = address_of(&self.0, name.as_str());
        let address = address.as_deref().and_then(|address| address.rsplit_once(':'));
        let host = address.map_or_else(|| name.as_str().to_owned(), |(host, _)| host.to_owned());
        Box::pin(async move {
            if let Ok(ip) = host.trim_matches(['[', ']']).parse::<IpAddr>() {
                return Ok(Box::new(std::iter::once(SocketAddr::new(ip, 0))) as Addrs);
            }
            let found: Vec<_> = tokio::net::lookup_host((host, 0)).await?.collect();
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}
