//! The configuration of a block: one TOML file, each key replaceable by the environment
//! (`PXR_STORE__URL=…`). An unknown key, a wrong type or a missing secret ends the start with a message that
//! names the key and the file.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use figment::{
    Figment,
    providers::{Env, Format, Toml},
};
use platform::listen::ClientCertificates;
use serde::Deserialize;
use vocabulary::{BlockKind, Code, CodeVersion, ServiceName, TimeZone, Version, password::ClientHash};

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("there is no configuration file {0}; `pxr init` writes one")]
    Missing(PathBuf),
    #[error("{file}: {reason}")]
    Wrong { file: PathBuf, reason: String },
    #[error("{file}: `{key}` names {path}, which cannot be read: {source}")]
    File { file: PathBuf, key: &'static str, path: PathBuf, source: std::io::Error },
}

/// Everything a block needs to know about itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub block: BlockConfig,
    pub listen: Listen,
    #[serde(default)]
    pub services: Services,
    #[serde(default)]
    pub blocks: Blocks,
    pub store: StoreConfig,
    pub secrets: Secrets,
    #[serde(default)]
    pub cache: Cache,
    #[serde(default)]
    pub password: ClientHash,
    #[serde(default)]
    pub log: Log,

    #[serde(default)]
    pub batches: batches::Settings,

    #[serde(default)]
    pub operator: operator::Settings,
    #[serde(default)]
    pub catalog: catalog::Settings,
    #[serde(default)]
    pub catalog_update: catalog_update::Settings,
    #[serde(default)]
    pub block_proxy: block_proxy::Settings,
    #[serde(default)]
    pub notification: notification::Settings,
    #[serde(default)]
    pub book_manage: book_manage::Settings,
    #[serde(default)]
    pub book_operate: book_operate::Settings,
    #[serde(default)]
    pub identity_verificate: identity_verificate::Settings,
    #[serde(default)]
    pub binary_manage: binary_manage::Settings,
    #[serde(default)]
    pub ctoken_ledger: ctoken_ledger::Settings,
    #[serde(default)]
    pub local_ctoken: local_ctoken::Settings,
    #[serde(default)]
    pub certification_authority: certification_authority::Settings,
    #[serde(default)]
    pub certificate_manage: certificate_manage::Settings,
    #[serde(default)]
    pub access_control: access_control::Settings,
    #[serde(default)]
    pub access_control_manage: access_control_manage::Settings,

    /// The file this came from; relative paths start at its folder.
    #[serde(skip)]
    pub file: PathBuf,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlockConfig {
    pub kind: BlockKind,
    /// Catalog code of the block.
    pub code: i64,
    #[serde(default = "one")]
    pub version: i64,
    /// Catalog code of the actor that runs the block, once it is certified.
    pub actor: Option<i64>,
    #[serde(default = "one")]
    pub actor_version: i64,
    /// The block's own name in the catalog, and in the address books of the other blocks.
    pub service_name: String,
    pub ext_name: String,
    #[serde(default)]
    pub time_zone: TimeZone,
    /// The root block of the platform; the root itself leaves it out.
    pub root: Option<RootConfig>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RootConfig {
    pub code: i64,
    pub service_name: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Listen {
    /// People and applications.
    pub public: Option<String>,
    /// Other blocks, over mutual TLS.
    pub blocks: Option<String>,
    /// The services themselves, for the other processes of a split block.
    pub internal: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Services {
    /// Which services run in this process; default: all of the block's kind.
    pub run: Option<Vec<ServiceName>>,
    /// Where a service answers that does not run here: its URL up to, not including, its own prefix.
    pub peers: HashMap<ServiceName, String>,
}

/// Files and addresses for the calls between blocks.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Blocks {
    /// PEM: certificate and key of the blocks listener.
    pub server: PathBuf,
    /// PEM: key and certificate that this block shows to others until certificate-manage holds a newer one.
    pub client: PathBuf,
    /// PEM: the platform's certificate authority.
    pub authority: PathBuf,
    /// Address book: service-name → `host:port`. Default: the name itself, port 443.
    pub peers: HashMap<String, String>,
    /// How many days before a certificate expires the doctor says so.
    pub expiry_warning_days: i64,
    /// Whether other blocks must show a certificate of the platform: `required` or `optional`.
    pub client_certificates: ClientCertificates,
    /// Catalog codes of blocks that run the reference: what they say of their operators need not be signed.
    pub reference: Vec<i64>,
    /// How often the list of revoked certificates is fetched from the root.
    pub revocation_seconds: u64,
}

impl Default for Blocks {
    fn default() -> Self {
        Self {
            server: "certificates/server.pem".into(),
            client: "certificates/client.pem".into(),
            authority: "certificates/authority.pem".into(),
            peers: HashMap::new(),
            expiry_warning_days: 30,
            client_certificates: ClientCertificates::Required,
            reference: Vec::new(),
            revocation_seconds: 30,
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreConfig {
    /// `sqlite:<directory>` or `postgres://user:password@host/database`.
    pub url: String,
    /// Zone of the zone-less columns; an adopted database may need `Asia/Tokyo`.
    #[serde(default = "utc")]
    pub time_zone: TimeZone,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secrets {
    /// File with the key that encrypts private keys at rest (64 hexadecimal digits).
    pub seal_key: PathBuf,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cache {
    pub enabled: bool,
}

impl Default for Cache {
    fn default() -> Self {
        Self { enabled: true }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    pub format: LogFormat,
    /// What is logged, e.g. `info` or `warn,catalog=debug`.
    pub filter: String,
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Text, filter: "info,sea_orm_migration=warn".to_owned() }
    }
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}

const fn one() -> i64 {
    1
}

const fn utc() -> TimeZone {
    TimeZone::UTC
}

/// What the environment says to the log and to the tests, not to a block.
const NOT_SETTINGS: &[&str] = &["log", "shared", "test_postgres", "test_demand_postgres", "bench_store"];

impl Config {
    /// Reads a file and what the environment replaces of it.
    pub fn read(file: &Path) -> Result<Self, ConfigError> {
        if !file.is_file() {
            return Err(ConfigError::Missing(file.to_owned()));
        }
        let wrong = |reason: String| ConfigError::Wrong { file: file.to_owned(), reason };
        let figment = Figment::new()
            .merge(Toml::file_exact(file))
            .merge(Env::prefixed("PXR_").ignore(NOT_SETTINGS).split("__"));
        let mut config: Self = figment.extract().map_err(|error| wrong(explain(error)))?;
        config.file = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
        config.check().map_err(wrong)?;
        Ok(config)
    }

    /// Rules between keys.
    fn check(&self) -> Result<(), String> {
        if self.block.kind != BlockKind::Root && self.block.root.is_none() {
            return Err("`block.root` is missing: a block that is not the root must know the root".to_owned());
        }
        let listens = [&self.listen.public, &self.listen.blocks, &self.listen.internal];
        if listens.iter().all(|address| address.is_none()) {
            return Err(
                "`listen` names no listener: set `listen.public`, `listen.blocks` or `listen.internal`"
                    .to_owned(),
            );
        }
        for service in self.services() {
            if !service.runs_on(self.block.kind) {
                return Err(format!("`services.run`: {service} does not belong to a block of this kind"));
            }
        }
        Ok(())
    }

    /// The services that run in this process.
    #[must_use]
    pub fn services(&self) -> Vec<ServiceName> {
        let all =
            || ServiceName::ALL.into_iter().filter(|service| service.runs_on(self.block.kind)).collect();
        self.services.run.clone().unwrap_or_else(all)
    }

    /// A path of this configuration, starting at the folder of its file.
    #[must_use]
    pub fn path(&self, path: &Path) -> PathBuf {
        self.file.parent().map_or_else(|| path.to_owned(), |folder| folder.join(path))
    }

    /// The content of a file that a key names.
    pub fn content(&self, key: &'static str, path: &Path) -> Result<String, ConfigError> {
        let path = self.path(path);
        std::fs::read_to_string(&path).map_err(|source| ConfigError::File {
            file: self.file.clone(),
            key,
            path,
            source,
        })
    }

    /// The store's URL, a relative SQLite directory starting at the folder of the file.
    #[must_use]
    pub fn store_url(&self) -> String {
        match self.store.url.strip_prefix("sqlite:") {
            Some(directory) => format!("sqlite:{}", self.path(Path::new(directory)).display()),
            None => self.store.url.clone(),
        }
    }

    /// Whether the root is one of the reference, which has no routes of our own.
    #[must_use]
    pub fn has_reference_root(&self) -> bool {
        self.block.root.as_ref().is_some_and(|root| self.blocks.reference.contains(&root.code))
    }

    /// Who this block is, as services see it.
    #[must_use]
    pub fn identity(&self) -> platform::Block {
        let block = &self.block;
        let root = block.root.as_ref();
        platform::Block {
            kind: block.kind,
            code: CodeVersion::new(block.code, block.version),
            actor: block
                .actor
                .map(|actor| CodeVersion { value: Code(actor), ver: Version(block.actor_version) }),
            service_name: block.service_name.clone(),
            ext_name: block.ext_name.clone(),
            root: platform::RootBlock {
                code: Code(root.map_or(block.code, |root| root.code)),
                service_name: root
                    .map_or_else(|| block.service_name.clone(), |root| root.service_name.clone()),
            },
        }
    }
}

/// All that is wrong, each with its key.
fn explain(error: figment::Error) -> String {
    let lines: Vec<_> = error
        .into_iter()
        .map(|error| {
            let key = error.path.join(".");
            if key.is_empty() { error.kind.to_string() } else { format!("`{key}`: {}", error.kind) }
        })
        .collect();
    lines.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("block.toml");
        std::fs::write(&file, text).unwrap();
        Config::read(&file).map_err(|error| error.to_string())
    }

    const ROOT: &str = r#"
        [block]
        kind = "root"
        code = 1000401
        service_name = "root-service"
        ext_name = "pxross1"
        [listen]
        public = "127.0.0.1:0"
        [store]
        url = "sqlite:data"
        [secrets]
        seal_key = "secrets/seal.key"
    "#;

    #[test]
    fn a_small_file_is_enough() {
        let config = read(ROOT).unwrap();
        assert_eq!(config.identity().root.code, Code(1000401));
        assert!(config.services().contains(&ServiceName::Catalog));
    }

    #[test]
    fn an_unknown_key_is_named_with_its_file() {
        let error = read(&ROOT.replace("ext_name", "extname = 1\next_name")).unwrap_err();
        assert!(error.contains("extname") && error.contains("block.toml"), "{error}");
    }

    #[test]
    fn a_wrong_type_is_named() {
        let error = read(&ROOT.replace("1000401", "\"abc\"")).unwrap_err();
        assert!(error.contains("block.code"), "{error}");
    }

    #[test]
    fn a_missing_secret_is_named() {
        let error = read(&ROOT.replace("seal_key = \"secrets/seal.key\"", "")).unwrap_err();
        assert!(error.contains("seal_key"), "{error}");
    }

    #[test]
    fn a_block_that_is_not_the_root_must_know_the_root() {
        let error = read(&ROOT.replace("\"root\"", "\"app\"")).unwrap_err();
        assert!(error.contains("block.root"), "{error}");
    }

    #[test]
    fn a_service_of_another_kind_of_block_cannot_run() {
        let error = read(&format!("{ROOT}\n[services]\nrun = [\"book-operate\"]")).unwrap_err();
        assert!(error.contains("book-operate"), "{error}");
    }
}
