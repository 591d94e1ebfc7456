//! The log of proxied calls.

pub(crate) mod log_called_api;

use platform::{Author, new_row};
use sea_orm::ActiveModelTrait;
use vocabulary::{Code, Session, Version};

use crate::Proxy;

/// Which face logs.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Face {
    Forward = 0,
    Reverse = 1,
}

/// A call that was answered.
#[derive(Debug)]
pub(crate) struct Called<'a> {
    pub(crate) face: Face,
    pub(crate) method: &'a str,
    pub(crate) caller: (Code, Version),
    pub(crate) caller_url: Option<String>,
    pub(crate) callee: (Code, Version),
    pub(crate) url: &'a str,
}

impl Proxy {
    /// Writes the log. A call that went well does not fail because of its log.
    pub(crate) async fn log(&self, session: &Session, called: Called<'_>) {
        let author = Author::new(&self.ground, session);
        let row = new_row!(
            author,
            log_called_api {
                kind: called.face as i16,
                api_method: called.method.to_owned(),
                caller_block_catalog_code: called.caller.0.0,
                caller_block_catalog_version: called.caller.1.0,
                caller_api_url: called.caller_url,
                destination_block_catalog_code: called.callee.0.0,
                destination_block_catalog_version: called.callee.1.0,
                destination_api_url: called.url.to_owned(),
            }
        );
        if let Err(error) = row.insert(self.ground.store.read()).await {
            tracing::error!(%error, "a proxied call cannot be logged");
        }
    }
}
