//! The blocks listener: other blocks of the platform, each known by its client certificate.

use std::sync::{Arc, PoisonError, RwLock};

use axum::{
    Router,
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
};
use http::Request;
use rustls::{
    ServerConfig,
    server::{VerifierBuilderError, danger::ClientCertVerifier},
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use serde::Deserialize;
use vocabulary::{Code, ServiceName};
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

use super::{
    client_certificates::{Lenient, certified},
    gateway::{Gateway, drop_hop_headers, inner_path, limit_body, not_served, with_path},
};
use crate::{ApiError, Channel, Origin, Peer, identity::client_verifier, language::hear_japanese};

const BODY_LIMIT: usize = 100 * 1024 * 1024;

/// The URI in a certificate that names the block it was issued to.
const BLOCK_URI: &str = "pxr:block:";

/// PEM texts for the blocks listener.
#[derive(Clone)]
pub struct TlsFiles {
    /// Server certificate, and key.
    pub certificate: String,
    pub key: String,
    /// The platform's certificate authority, which must have issued a peer's certificate.
    pub authority: String,
}

/// Whether other blocks must show a certificate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClientCertificates {
    #[default]
    Required,
    /// Whoever shows none, or one that cannot be verified, is nobody in particular: a block of the reference.
    Optional,
}

/// Certificate, key or authority cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("the {what} is not a PEM text")]
    Pem { what: &'static str, source: rustls_pki_types::pem::Error },
    #[error("certificate and key of the blocks listener cannot be used")]
    Rustls(#[from] rustls::Error),
    #[error("the platform's authority cannot be used to check peers")]
    Verifier(#[from] VerifierBuilderError),
}

/// The TLS side of the blocks listener; its certificate can be renewed while it runs.
#[derive(Clone, Debug)]
pub struct BlocksTls {
    current: Arc<RwLock<Tls>>,
    client_certificates: ClientCertificates,
}

/// How connections are made from now on.
#[derive(Clone, Debug)]
pub(super) struct Tls {
    pub(super) config: Arc<ServerConfig>,
    verifier: Arc<dyn ClientCertVerifier>,
}

impl Tls {
    /// The block at the other end, if its certificate proves it.
    pub(super) fn peer(&self, shown: Option<&[CertificateDer<'_>]>) -> Option<Peer> {
        let certificate = shown?.first()?;
        if certified(self.verifier.as_ref(), certificate) {
            return peer(certificate);
        }
        tracing::warn!("a peer's certificate cannot be verified: it counts as none");
        None
    }
}

impl BlocksTls {
    pub fn new(files: &TlsFiles, client_certificates: ClientCertificates) -> Result<Self, TlsError> {
        let current = Arc::new(RwLock::new(tls(files, client_certificates)?));
        Ok(Self { current, client_certificates })
    }

    /// New connections use the new files; the old ones go on.
    pub fn renew(&self, files: &TlsFiles) -> Result<(), TlsError> {
        let tls = tls(files, self.client_certificates)?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = tls;
        Ok(())
    }

    pub(super) fn current(&self) -> Tls {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn tls(files: &TlsFiles, client_certificates: ClientCertificates) -> Result<Tls, TlsError> {
    super::install_crypto_provider();
    let pem = |what| move |source| TlsError::Pem { what, source };
    let certificates = |text: &str, what| {
        CertificateDer::pem_slice_iter(text.as_bytes()).collect::<Result<Vec<_>, _>>().map_err(pem(what))
    };
    let key =
        PrivateKeyDer::from_pem_slice(files.key.as_bytes()).map_err(pem("key of the blocks listener"))?;
    let verifier = client_verifier(&files.authority)?;
    let asked: Arc<dyn ClientCertVerifier> = match client_certificates {
        ClientCertificates::Required => Arc::clone(&verifier),
        ClientCertificates::Optional => Arc::new(Lenient(Arc::clone(&verifier))),
    };
    let chain = certificates(&files.certificate, "certificate of the blocks listener")?;
    let mut config = ServerConfig::builder().with_client_cert_verifier(asked).with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Tls { config: Arc::new(config), verifier })
}

/// The block that a verified client certificate names (architecture 7.4).
pub(crate) fn peer(certificate: &CertificateDer<'_>) -> Option<Peer> {
    let (_, certificate) = X509Certificate::from_der(certificate).ok()?;
    let names = certificate.subject_alternative_name().ok()??;
    let block = names.value.general_names.iter().find_map(|name| match name {
        GeneralName::URI(uri) => uri.strip_prefix(BLOCK_URI)?.parse().ok().map(Code),
        _ => None,
    })?;
    let unit = certificate.subject().iter_organizational_unit().next().and_then(|unit| unit.as_str().ok());
    let actor = unit.and_then(|unit| unit.parse().ok()).map(Code);
    Some(Peer {
        block,
        actor,
        bootstrap: actor.is_none(),
        serial: certificate.raw_serial_as_string().replace(':', "").to_uppercase(),
    })
}

/// The face of a block towards other blocks.
pub fn blocks(channel: Channel, services: Arc<[ServiceName]>) -> Router {
    Router::new().fallback(serve).with_state(Gateway { channel, services })
}

async fn serve(State(gateway): State<Gateway>, mut request: Request<Body>) -> Response {
    // What is in front of this may know more of a peer than its certificate says.
    let origin = request.extensions().get::<Origin>().cloned();
    let certified = request.extensions().get::<Peer>().cloned().map(Origin::Peer);
    let Some(origin) = origin.or(certified) else {
        return ApiError::unauthorized("接続元のブロックを確認できません")
            .because("no_block_in_certificate")
            .into_response();
    };
    let Some((service, path)) = between_blocks(&gateway, request.uri().path()) else { return not_served() };
    // Between blocks identity is in the session header; a cookie belongs to a browser.
    request.headers_mut().remove(http::header::COOKIE);
    hear_japanese(request.headers_mut());
    drop_hop_headers(request.headers_mut());
    let query = request.uri().query().map(str::to_owned);
    match with_path(request.uri(), &path, query.as_deref()) {
        Ok(uri) => *request.uri_mut() = uri,
        Err(error) => return error.into_response(),
    }
    match limit_body(request, BODY_LIMIT).await {
        Ok(request) => gateway.dispatch(service, request, origin).await,
        Err(error) => error.into_response(),
    }
}

/// What travels between blocks: proxied calls, orders of tokens and tokens. What a peer may say there is checked by the
/// services, which know the rule (architecture 7.5). A block asks its own access control for tokens and what they permit.
fn between_blocks(gateway: &Gateway, path: &str) -> Option<(ServiceName, String)> {
    let (outer, inner) = inner_path(path)?;
    let service = gateway.service(inner)?;
    let open = match service {
        ServiceName::BlockProxy | ServiceName::AccessControlManage => true,
        ServiceName::AccessControl => inner.trim_end_matches('/').eq_ignore_ascii_case("/access-control"),
        _ => false,
    };
    (open && outer == service.prefix()).then(|| (service, inner.to_owned()))
}
