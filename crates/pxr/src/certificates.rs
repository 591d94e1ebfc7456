//! The certificates of a block: the root makes its own, another block gets its first ones when it is assigned
//! (architecture 7.4).

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use certification_authority::{Authority, AuthorityError};
use contract::catalog::{CatalogClient, Via};
use platform::{Clock, Credentials, Footing, Ground, Peers, Seal, Store, listen::TlsFiles};
use serde_json::json;
use sha1::{Digest, Sha1};
use vocabulary::{BlockKind, Code, CodeVersion, ServiceName, Session};

use x509_parser::{pem::Pem, prelude::GeneralName};

use crate::{assembly::Block, config::Config, files};

/// The name under which the platform itself writes rows.
const PLATFORM: &str = "pxr";

/// Why a block has no certificates.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    #[error(
        "{file} is missing; `pxr enroll` at the root writes the certificates of a block that was assigned"
    )]
    Missing { file: PathBuf },
    #[error("the certification authority: {0}")]
    Authority(#[from] AuthorityError),
    #[error("certificate-manage: {0}")]
    Manage(#[from] certificate_manage::NewestCertificateError),
    #[error(transparent)]
    File(#[from] files::FileError),
    #[error("only the root block, with its certification authority, can enroll blocks")]
    NotTheRoot,
    #[error("block {block} cannot be enrolled: {reason}")]
    Block { block: Code, reason: String },
    #[error("the internal identity cannot be made")]
    Identity(#[from] vocabulary::SessionError),
    #[error(transparent)]
    Seal(#[from] platform::SealError),
    #[error(transparent)]
    Peers(#[from] platform::PeersError),
    #[error("the HTTP client cannot be made: {0}")]
    Client(String),
}

/// What a block shows to others, as PEM texts.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Held {
    /// Certificate and key of the blocks listener.
    pub(crate) server: Option<String>,
    /// Key and certificate for calls to other blocks.
    pub(crate) client: Option<String>,
    pub(crate) authority: Option<String>,
}

impl Held {
    pub(crate) fn listener(&self) -> Option<TlsFiles> {
        let server = self.server.clone()?;
        let authority = self.authority.clone()?;
        Some(TlsFiles { certificate: server.clone(), key: server, authority })
    }
}

/// Finds the block's certificates; the root makes what it lacks.
pub(crate) async fn prepare(
    config: &Config,
    stores: &HashMap<ServiceName, Store>,
    seal: &Seal,
    clock: &Clock,
) -> Result<Held, CertificateError> {
    if let Some(store) = stores.get(&ServiceName::CertificationAuthority) {
        let missing = [&config.blocks.server, &config.blocks.client, &config.blocks.authority]
            .into_iter()
            .any(|file| !config.path(file).exists());
        if missing {
            issue_own(config, &alone(config, store, seal, clock)?).await?;
        }
    }
    held(config, stores.get(&ServiceName::CertificateManage), seal).await
}

/// What the block shows now: its files, and the newer one of the client certificates in the file and the store. A
/// renewal reaches both; a block that lost its certificate gets a new one as a file.
pub(crate) async fn held(
    config: &Config,
    store: Option<&Store>,
    seal: &Seal,
) -> Result<Held, CertificateError> {
    let read = |file: &Path| files::read_if_there(&config.path(file));
    let stored = match store {
        Some(store) => certificate_manage::newest_client_certificate(store, seal).await?,
        None => None,
    };
    let begins = |pem: &String| Described::read(pem).map(|described| described.begins);
    let (server, authority) = (read(&config.blocks.server)?, read(&config.blocks.authority)?);
    let client = match (stored, read(&config.blocks.client)?) {
        (Some(stored), Some(file)) if begins(&file) > begins(&stored) => Some(file),
        (stored, file) => stored.or(file),
    };
    Ok(Held { server, client, authority })
}

impl std::fmt::Debug for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Held").field("client", &self.client.is_some()).finish_non_exhaustive()
    }
}

/// What a certificate says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Described {
    pub(crate) serial: String,
    /// SHA-1, as `AA:BB:…`.
    pub(crate) print: String,
    pub(crate) block: Option<i64>,
    pub(crate) actor: Option<i64>,
    /// Seconds since 1970.
    pub(crate) begins: i64,
}

impl Described {
    /// The first certificate in a PEM text.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let mut pems = Pem::iter_from_buffer(text.as_bytes()).flatten();
        let pem = pems.find(|pem| pem.label == "CERTIFICATE")?;
        let certificate = pem.parse_x509().ok()?;
        let names = certificate.subject_alternative_name().ok().flatten();
        let block = names.and_then(|names| {
            names.value.general_names.iter().find_map(|name| match name {
                GeneralName::URI(uri) => uri.strip_prefix("pxr:block:")?.parse().ok(),
                _ => None,
            })
        });
        let mut units = certificate.subject().iter_organizational_unit();
        let digest = Sha1::digest(&pem.contents);
        let pairs: Vec<_> = digest.iter().map(|byte| format!("{byte:02X}")).collect();
        Some(Self {
            serial: certificate.raw_serial_as_string().replace(':', "").to_uppercase(),
            print: pairs.join(":"),
            block,
            actor: units.next().and_then(|unit| unit.as_str().ok()?.parse().ok()),
            begins: certificate.validity().not_before.timestamp(),
        })
    }
}

/// The ground of the authority before the rest of the block stands.
fn alone(config: &Config, store: &Store, seal: &Seal, clock: &Clock) -> Result<Ground, CertificateError> {
    Ok(Ground::from(Footing {
        block: std::sync::Arc::new(config.identity()),
        channel: platform::Channel::new(HashMap::new())
            .map_err(|error| CertificateError::Client(error.to_string()))?,
        peers: Peers::new(HashMap::new(), &Credentials { identity: None, authority: None }, clock)?,
        clock: clock.clone(),
        store: store.clone(),
        metrics: platform::Metrics::default(),
        seal: seal.clone(),
        zone: config.block.time_zone,
        caching: false,
    }))
}

async fn issue_own(config: &Config, ground: &Ground) -> Result<(), CertificateError> {
    let authority = Authority::open(ground.clone(), config.certification_authority.clone()).await?;
    let block = &ground.block;
    let server = authority.issue_server(block.code, &block.service_name, PLATFORM).await?;
    let client = match block.actor {
        Some(actor) => authority.issue_client(block.code, actor, PLATFORM).await?,
        None => authority.issue_bootstrap(block.code, PLATFORM).await?,
    };
    files::write_secret(&config.path(&config.blocks.server), &(server.certificate_pem + &server.key_pem))?;
    files::write_secret(&config.path(&config.blocks.client), &(client.key_pem + &client.certificate_pem))?;
    files::write(&config.path(&config.blocks.authority), authority.certificate_pem())?;
    Ok(())
}

/// Issues the first certificates of a block that was assigned and writes them into a folder: `server.pem`,
/// `client.pem` (bootstrap) and `authority.pem`.
pub async fn enroll(root: &Block, block: Code, folder: &Path) -> Result<(), CertificateError> {
    let ground = root.ground(ServiceName::CertificationAuthority).ok_or(CertificateError::NotTheRoot)?;
    if root.config.block.kind != BlockKind::Root {
        return Err(CertificateError::NotTheRoot);
    }
    let refused = |reason: String| CertificateError::Block { block, reason };
    let catalog = CatalogClient::new(ground.clone(), Via::Service("/certification-authority"));
    let item = catalog
        .item(&platform_member(&root.config)?, block)
        .await
        .map_err(|failure| refused(format!("its catalog item cannot be read ({failure})")))?;
    if item.text("assignment-status") != Some("assigned") {
        return Err(refused("its catalog item is not a block that is `assigned`".to_owned()));
    }
    let service_name =
        item.text("service-name").ok_or_else(|| refused("it has no service-name".to_owned()))?;
    let authority = Authority::open(ground.clone(), root.config.certification_authority.clone()).await?;
    let code = CodeVersion { value: block, ver: vocabulary::Version(1) };
    let server = authority.issue_server(code, service_name, PLATFORM).await?;
    let client = authority.issue_bootstrap(code, PLATFORM).await?;
    files::write_secret(&folder.join("server.pem"), &(server.certificate_pem + &server.key_pem))?;
    files::write_secret(&folder.join("client.pem"), &(client.key_pem + &client.certificate_pem))?;
    files::write(&folder.join("authority.pem"), authority.certificate_pem())?;
    Ok(())
}

/// The platform itself as an operator, for commands that call services of their own process.
pub(crate) fn platform_member(config: &Config) -> Result<Session, vocabulary::SessionError> {
    let block = &config.block;
    Session::from_json(json!({
        "sessionId": PLATFORM,
        "operatorId": 999_999_999_999_i64,
        "type": 3,
        "loginId": PLATFORM,
        "block": {"_value": block.code, "_ver": block.version},
        "actor": {"_value": block.actor, "_ver": block.actor_version},
    }))
}
