//! `pxr block add`.

use std::{collections::BTreeMap, path::PathBuf};

use clap::Args;
use vocabulary::BlockKind;

use crate::{
    cli::{Failure, login::Login},
    config::Config,
    remote::{
        Member, To,
        blocks::{BlockItem, NewBlock},
    },
    template::Template,
};

/// Adds a block to a platform: its item in the root's catalog, and a folder with its configuration and its secrets.
///
/// A member of the root runs it. It can be repeated: what is there already stays as it is.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  pxr block add application000004 --kind app --title 歩数アプリのブロック --out app4 \\\n    \
                        --url https://root.example.org --login-id root --password-file root.password\n\n\
                        Next: pxr block assign --help"
)]
pub(in crate::cli) struct Add {
    /// The block's id: the first part of its host name, e.g. application000004.
    name: String,
    /// region-root or app.
    #[arg(long)]
    kind: BlockKind,
    /// Folder for the configuration and the secrets.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Name of the block in the catalog; default: from its id.
    #[arg(long)]
    title: Option<String>,
    /// Description in the catalog; default: the title.
    #[arg(long)]
    description: Option<String>,
    /// The block's own name in the address books of other blocks; default: its id and `-service`.
    #[arg(long)]
    service_name: Option<String>,
    /// Host name for people; default: the block's id in the domain of the root.
    #[arg(long)]
    base_url: Option<String>,
    /// Public listener in the configuration.
    #[arg(long, value_name = "ADDRESS", default_value = "0.0.0.0:8080")]
    public: String,
    /// Blocks listener in the configuration.
    #[arg(long, value_name = "ADDRESS", default_value = "0.0.0.0:8443")]
    blocks: String,
    /// Where the block keeps its data; a password in it is better set later, by `PXR_STORE__URL`.
    #[arg(long, value_name = "URL", default_value = "sqlite:data")]
    store: String,
    /// Where another block is reached, e.g. root-service=10.0.0.5:8443; may be repeated. Default: by its name, port 443.
    #[arg(long = "peer", value_name = "NAME=HOST:PORT")]
    peers: Vec<String>,
    #[command(flatten)]
    login: Login,
}

impl Add {
    pub(super) async fn run(self) -> Result<(), Failure> {
        if self.kind == BlockKind::Root {
            return Err(Failure::Other(
                "a platform has one root; `pxr init --kind root` writes its files".to_owned(),
            ));
        }
        let peers = self.peers()?;
        let mut root = self.login.member().await?;
        let item = match root.blocks().await?.into_iter().find(|block| block.is(&self.name)) {
            Some(item) => self.there(item)?,
            None => self.create(&mut root).await?,
        };
        self.write(&mut root, &item, peers).await?;
        let (folder, code) = (self.out.display(), item.code());
        println!("next: pxr block assign {} --to ORGANISATION --out {folder}   (block {code})", self.name);
        Ok(())
    }

    fn peers(&self) -> Result<BTreeMap<String, String>, Failure> {
        let pair = |text: &String| {
            let pair = text.split_once('=').filter(|(_, address)| address.contains(':'));
            let pair = pair.map(|(name, address)| (name.to_owned(), address.to_owned()));
            pair.ok_or_else(|| Failure::Other(format!("--peer {text}: write NAME=HOST:PORT")))
        };
        self.peers.iter().map(pair).collect()
    }

    fn there(&self, item: BlockItem) -> Result<BlockItem, Failure> {
        if item.kind != self.kind {
            let (name, kind) = (&self.name, item.kind.as_str());
            return Err(Failure::Other(format!("there is a block {name} already, of kind {kind}")));
        }
        println!("catalog: {} is there already, with code {}", self.name, item.code());
        Ok(item)
    }

    async fn create(&self, root: &mut Member) -> Result<BlockItem, Failure> {
        let ext = root.ext_name().await?;
        let model = root.model("block", self.kind).await?;
        let title = self.title.clone().unwrap_or_else(|| format!("{}のブロック", self.name));
        let new = NewBlock {
            kind: self.kind,
            description: self.description.clone().unwrap_or_else(|| format!("{title}です。")),
            title,
            host: self.name.clone(),
            service_name: self.service_name(),
            base_url: self.base_url(root).await?,
        };
        let document = new.document(&format!("catalog/ext/{ext}/block/{}", self.kind.as_str()), model);
        let what = "adding the block to the catalog";
        let made = root.ask(what, (To::Root, "POST", "/catalog/ext"), Some(document)).await?;
        let item = serde_json::from_value(made)
            .map_err(|error| Failure::Other(format!("{what}: the answer is no catalog item ({error})")))?;
        let item = BlockItem { kind: self.kind, item };
        println!("catalog: {} is added, with code {}", self.name, item.code());
        Ok(item)
    }

    fn service_name(&self) -> String {
        self.service_name.clone().unwrap_or_else(|| format!("{}-service", self.name))
    }

    async fn base_url(&self, root: &mut Member) -> Result<String, Failure> {
        if let Some(base_url) = &self.base_url {
            return Ok(base_url.clone());
        }
        let code = root.block()?;
        let own = root.item(code).await?;
        let domain = own.text("base-url").and_then(domain);
        let domain = domain.ok_or_else(|| {
            Failure::Other(
                "the root's own item names no domain; say with --base-url what the host is".to_owned(),
            )
        })?;
        Ok(format!("{}.{domain}", self.name))
    }

    /// Writes the folder; one that is this block's already stays as it is.
    async fn write(
        &self,
        root: &mut Member,
        item: &BlockItem,
        peers: BTreeMap<String, String>,
    ) -> Result<(), Failure> {
        let file = self.out.join("block.toml");
        if file.exists() {
            let config = Config::read(&file)?;
            if config.block.code == item.code() {
                println!("folder: {} is there already", file.display());
                return Ok(());
            }
            let (file, code) = (file.display(), config.block.code);
            return Err(Failure::Other(format!(
                "{file} is of the block {code}; choose another folder with --out"
            )));
        }
        let code = root.block()?;
        let name = root.item(code).await?.text("service-name").unwrap_or("root-service").to_owned();
        let template = Template {
            root: (code, name),
            ext_name: root.ext_name().await?,
            public: self.public.clone(),
            blocks: self.blocks.clone(),
            store: self.store.clone(),
            password: self.login.hash(),
            peers,
            ..Template::new(self.kind, item.code(), item.service_name().to_owned())
        };
        template.write(&self.out)?;
        println!("folder: {} and secrets/seal.key are written; keep a safe copy of the key", file.display());
        Ok(())
    }
}

/// The domain of a root: its `base-url` is a host, or, at one of the reference, the URL of its portal.
fn domain(base_url: &str) -> Option<&str> {
    let host = base_url.split_once("://").map_or(base_url, |(_, rest)| rest);
    let host = host.split(['/', ':']).next()?;
    host.split_once('.').map(|(_, domain)| domain).filter(|domain| !domain.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_domain_is_read_of_a_host_and_of_a_url() {
        for base_url in
            ["root.pxr.example.org", "root.pxr.example.org/", "https://root.pxr.example.org:443/portal/login"]
        {
            assert_eq!(domain(base_url), Some("pxr.example.org"), "{base_url}");
        }
        for nothing in ["root", "https://localhost/a.b", "root.", ""] {
            assert_eq!(domain(nothing), None, "{nothing}");
        }
    }
}
