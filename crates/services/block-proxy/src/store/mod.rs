//! The log of proxied calls.

pub(crate) mod log_called_api;

use std::{
    borrow::Cow,
    mem, slice,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use platform::{Author, Store, new_row};
use sea_orm::{DbErr, EntityTrait};
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
    pub(crate) url: Cow<'a, str>,
}

/// Rows a statement; databases limit its parameters.
const ROWS: usize = 500;

/// The log of one process. Calls that end at the same time are written together: a commit waits for the disk, and one
/// wait serves them all.
#[derive(Debug, Default)]
pub(crate) struct Log {
    waiting: Mutex<Vec<log_called_api::ActiveModel>>,
    writing: tokio::sync::Mutex<()>,
}

impl Log {
    /// Comes back when the rows are in the database, or are known not to get there.
    async fn write(&self, store: &Store, rows: Vec<log_called_api::ActiveModel>) {
        self.waiting().extend(rows);
        let _turn = self.writing.lock().await;
        // Whoever had the turn before may have written these rows, too.
        let rows = mem::take(&mut *self.waiting());
        for rows in rows.chunks(ROWS) {
            if insert(store, rows).await.is_ok() {
                continue;
            }
            // What cannot be written takes nothing else along.
            for row in rows {
                if let Err(error) = insert(store, slice::from_ref(row)).await {
                    tracing::error!(%error, "a proxied call cannot be logged");
                }
            }
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<log_called_api::ActiveModel>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn insert(store: &Store, rows: &[log_called_api::ActiveModel]) -> Result<(), DbErr> {
    log_called_api::Entity::insert_many(rows.iter().cloned()).exec_without_returning(store.read()).await?;
    Ok(())
}

impl Proxy {
    /// Writes the log. A call that went well does not fail because of its log.
    pub(crate) async fn log(&self, session: &Session, calls: impl IntoIterator<Item = Called<'_>>) {
        let author = Author::new(&self.ground, session);
        let row = |called: Called<'_>| {
            new_row!(
                author,
                log_called_api {
                    kind: called.face as i16,
                    api_method: called.method.to_owned(),
                    caller_block_catalog_code: called.caller.0.0,
                    caller_block_catalog_version: called.caller.1.0,
                    caller_api_url: called.caller_url,
                    destination_block_catalog_code: called.callee.0.0,
                    destination_block_catalog_version: called.callee.1.0,
                    destination_api_url: called.url.into_owned(),
                }
            )
        };
        let rows: Vec<_> = calls.into_iter().map(row).collect();
        let (log, store) = (Arc::clone(&self.log), self.ground.store.clone());
        // On its own: a client that goes away takes neither its rows along nor those of others.
        let written = tokio::spawn(async move { log.write(&store, rows).await });
        if let Err(error) = written.await {
            tracing::error!(%error, "the log of proxied calls broke off");
        }
    }
}
