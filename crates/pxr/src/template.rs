//! The configuration file and the secrets of a new block.

use std::{collections::BTreeMap, fmt::Write, path::Path};

use platform::Seal;
use vocabulary::{BlockKind, password::ClientHash};

use crate::files::{self, FileError};

/// What a new block's configuration says.
#[derive(Clone, Debug)]
pub struct Template {
    pub kind: BlockKind,
    pub code: i64,
    pub actor: Option<i64>,
    pub service_name: String,
    pub ext_name: String,
    /// Code and service-name of the root block.
    pub root: (i64, String),
    pub public: String,
    pub blocks: String,
    pub store: String,
    pub password: ClientHash,
    /// Address book of the other blocks.
    pub peers: BTreeMap<String, String>,
}

impl Template {
    #[must_use]
    pub fn new(kind: BlockKind, code: i64, service_name: String) -> Self {
        Self {
            kind,
            code,
            actor: (kind == BlockKind::Root).then_some(1_000_431),
            service_name,
            ext_name: "pxross1".to_owned(),
            root: (1_000_401, "root-service".to_owned()),
            public: "0.0.0.0:8080".to_owned(),
            blocks: "0.0.0.0:8443".to_owned(),
            store: "sqlite:data".to_owned(),
            password: ClientHash::default(),
            peers: BTreeMap::new(),
        }
    }

    /// Writes `block.toml` and, unless it is there, the key `secrets/seal.key`.
    pub fn write(&self, folder: &Path) -> Result<(), FileError> {
        let key = folder.join("secrets/seal.key");
        if files::read_if_there(&key)?.is_none() {
            files::write_secret(&key, &Seal::new_key())?;
        }
        // The store's URL may hold a password.
        files::write_secret(&folder.join("block.toml"), &self.text())
    }

    fn text(&self) -> String {
        let actor = self.actor.map_or_else(
            || {
                "# actor = 1000786                # once the actor is certified: its catalog code\n"
                    .to_owned()
            },
            |actor| format!("actor = {actor}\n"),
        );
        let root = match self.kind {
            BlockKind::Root => String::new(),
            _ => format!("root = {{ code = {}, service_name = {} }}\n", self.root.0, quoted(&self.root.1)),
        };
        let mut peers = String::new();
        for (name, address) in &self.peers {
            // Writing into a String cannot fail.
            let _ = writeln!(peers, "{} = {}", quoted(name), quoted(address));
        }
        format!(
            r#"# Configuration of a PxR block. Every key may come from the environment instead, e.g.
# PXR_STORE__URL=postgres://…  Relative paths start at the folder of this file.

[block]
kind = "{kind}"                      # root | region-root | app
code = {code}                       # catalog code of the block
{actor}service_name = {service_name}      # own name in the catalog and in the address books of other blocks
ext_name = {ext_name}               # the installation's name: catalog/ext/<ext_name>/…
time_zone = "Asia/Tokyo"             # of the API
{root}
[listen]
public = {public}                    # people and applications; put HTTPS in front of it
blocks = {blocks}                    # other blocks, mutual TLS
# internal = "127.0.0.1:9080"        # the services themselves, only if the block is split over processes

# [services]
# run = ["catalog"]                  # default: all services of this kind of block
# [services.peers]                   # where a service answers that does not run here
# operator = "http://operator.internal:9080"

[blocks]                             # written by `pxr enroll` at the root; the root makes its own
server = "certificates/server.pem"
client = "certificates/client.pem"
authority = "certificates/authority.pem"
# expiry_warning_days = 30           # when `pxr doctor` begins to warn; `pxr cert renew` renews
# client_certificates = "required"   # optional: blocks of the reference may come without one
# reference = [1000450]              # codes of blocks of the reference, which sign nothing

[blocks.peers]                       # address book: service-name = "host:port"; default: the name itself, port 443
{peers}
[store]
url = {store}                        # a folder, or postgres://user:password@host/database
time_zone = "UTC"                    # zone of the columns without zone; an adopted database may need Asia/Tokyo

[secrets]
seal_key = "secrets/seal.key"        # encrypts private keys at rest; keep a copy in a safe place

[password]                           # every client must know these; they are no secrets
salt = {salt}
stretch = {stretch}

[cache]
enabled = true

[batches]
scheduled = false                    # true: this process runs the block's batches by time (`pxr batch list`)
# [batches.schedule]                 # other times: minute, hour, day, month, weekday; or "never"
# cooperate-region = "*/5 * * * *"

[log]
format = "text"                      # text | json
filter = "info,sea_orm_migration=warn"
"#,
            kind = self.kind.as_str(),
            code = self.code,
            service_name = quoted(&self.service_name),
            ext_name = quoted(&self.ext_name),
            public = quoted(&self.public),
            blocks = quoted(&self.blocks),
            store = quoted(&self.store),
            salt = quoted(&self.password.salt),
            stretch = self.password.stretch,
        )
    }
}

/// A text as a TOML string.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn what_init_writes_can_be_read() {
        for kind in [BlockKind::Root, BlockKind::RegionRoot, BlockKind::App] {
            let folder = tempfile::tempdir().unwrap();
            let mut template = Template::new(kind, 1_000_785, "a \"b\"".to_owned());
            template.peers.insert("root-service".to_owned(), "127.0.0.1:8900".to_owned());
            template.write(folder.path()).unwrap();
            let config = Config::read(&folder.path().join("block.toml")).unwrap();
            assert_eq!(config.block.service_name, "a \"b\"");
            assert_eq!(config.blocks.peers["root-service"], "127.0.0.1:8900");
        }
    }

    #[test]
    fn the_secrets_are_for_their_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        Template::new(BlockKind::Root, 1, "root-service".to_owned()).write(folder.path()).unwrap();
        for file in ["block.toml", "secrets/seal.key"] {
            let mode = std::fs::metadata(folder.path().join(file)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{file}");
        }
    }
}
