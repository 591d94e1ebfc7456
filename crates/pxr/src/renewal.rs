//! A running block takes new certificates, and other addresses of blocks, without a restart: whether a command wrote
//! them into its files, or another process of the block into its store.

use std::time::Duration;

use platform::{
    Peers, Seal, Store,
    listen::{BlocksTls, Shutdown},
};
use tokio::task::JoinHandle;

use crate::{
    certificates::{self, Held},
    config::Config,
};

/// How often the block looks.
const EVERY: Duration = Duration::from_secs(3);

/// What is renewed, and out of what.
#[derive(Clone, Debug)]
pub(crate) struct Renewal {
    /// What is shown now.
    pub(crate) held: Held,
    /// The store of certificate-manage, where it runs in this process.
    pub(crate) store: Option<Store>,
    pub(crate) seal: Seal,
    pub(crate) peers: Peers,
    pub(crate) tls: Option<BlocksTls>,
}

impl Renewal {
    /// Looks for something new until the block ends. What cannot be used changes nothing.
    pub(crate) fn watch(mut self, config: Config, shutdown: Shutdown) -> JoinHandle<()> {
        let mut peers = config.blocks.peers.clone();
        let watch = async move {
            loop {
                tokio::time::sleep(EVERY).await;
                match certificates::held(&config, self.store.as_ref(), &self.seal).await {
                    Ok(held) if held != self.held => self.take(held),
                    Ok(_) => {}
                    Err(error) => tracing::warn!(%error, "the block's certificates cannot be read"),
                }
                match Config::read(&config.file) {
                    Ok(now) if now.blocks.peers != peers => {
                        peers = now.blocks.peers;
                        self.peers.readdress(peers.clone());
                        tracing::info!("the address book of other blocks is renewed");
                    }
                    Ok(_) => {}
                    Err(error) => tracing::debug!(%error, "the address book cannot be read anew"),
                }
            }
        };
        tokio::spawn(async move {
            shutdown.run_until_cancelled(watch).await;
        })
    }

    fn take(&mut self, held: Held) {
        if held.client != self.held.client
            && let Some(client) = &held.client
        {
            match self.peers.renew(client) {
                Ok(()) => {
                    tracing::info!(target: "audit", what = "the certificate for other blocks is renewed");
                }
                Err(error) => tracing::warn!(%error, "the new certificate for other blocks cannot be used"),
            }
        }
        if let (Some(tls), Some(files)) = (&self.tls, held.listener()) {
            match tls.renew(&files) {
                Ok(()) => {
                    tracing::info!(target: "audit", what = "the certificate of the blocks listener is renewed");
                }
                Err(error) => {
                    tracing::warn!(%error, "the new certificate of the blocks listener cannot be used");
                }
            }
        }
        self.held = held;
    }
}
