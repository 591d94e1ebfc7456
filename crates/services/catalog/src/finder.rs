//! The search index of this process, brought up to what is stored whenever somebody searches.
//!
//! It is built at the first search, so that starting takes no time and who never searches pays nothing. After that, a
//! search asks the store for the newest revision, and reads only the items that changed since; so what one process
//! writes is found at the next search in every other one, too.

use std::sync::Arc;

use platform::{ApiError, Store};
use tantivy::TantivyError;
use tokio::{sync::Mutex, task};

use crate::{
    search::{Document, Hit, Question, SearchIndex},
    store,
};

/// Items that are read at once.
const PAGE: usize = 2000;

#[derive(Clone, Debug, Default)]
pub(crate) struct Finder(Arc<Mutex<Option<Current>>>);

#[derive(Clone, Debug)]
struct Current {
    index: Arc<SearchIndex>,
    /// All changes up to here are in the index.
    revision: i64,
}

impl Finder {
    pub(crate) async fn find(
        &self,
        store: &Store,
        question: Question,
        most: usize,
    ) -> Result<Vec<Hit>, ApiError> {
        let newest = store::newest_revision(store.read()).await?;
        // On its own: somebody who goes away does not stop what the next one would have to begin again.
        let (finder, store) = (self.clone(), store.clone());
        let index = task::spawn(async move { finder.at_least(&store, newest).await });
        let index = index.await.map_err(ApiError::unexpected)??;
        aside(move || index.find(&question, most)).await
    }

    /// The index with everything up to a revision in it. Who comes meanwhile waits for the same.
    async fn at_least(&self, store: &Store, revision: i64) -> Result<Arc<SearchIndex>, ApiError> {
        let mut current = self.0.lock().await;
        let now = match &*current {
            None => Current::build(store).await?,
            Some(now) if now.revision < revision => now.clone().followed(store).await?,
            Some(now) => now.clone(),
        };
        let index = Arc::clone(&now.index);
        *current = Some(now);
        Ok(index)
    }
}

impl Current {
    async fn build(store: &Store) -> Result<Self, ApiError> {
        // Read first: what changes while the items are read is read again at the next search.
        let revision = store::newest_revision(store.read()).await?;
        let index = Arc::new(SearchIndex::new().map_err(ApiError::unexpected)?);
        let mut last = i64::MIN;
        loop {
            let documents = store::searchable_after(store.read(), last, PAGE as u64).await?;
            let Some(end) = documents.last() else { break };
            last = end.code;
            replace(&index, Vec::new(), documents).await?;
        }
        Ok(Self { index, revision })
    }

    async fn followed(self, store: &Store) -> Result<Self, ApiError> {
        let (codes, revision) = store::changes_since(store.read(), self.revision).await?;
        for codes in codes.chunks(PAGE) {
            let documents = store::searchable(store.read(), codes).await?;
            replace(&self.index, codes.to_vec(), documents).await?;
        }
        Ok(Self { revision, ..self })
    }
}

async fn replace(
    index: &Arc<SearchIndex>,
    codes: Vec<i64>,
    documents: Vec<Document>,
) -> Result<(), ApiError> {
    let index = Arc::clone(index);
    aside(move || index.replace(&codes, &documents)).await
}

/// Work that takes the processor for a while.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, TantivyError> + Send + 'static,
) -> Result<T, ApiError> {
    task::spawn_blocking(work).await.map_err(ApiError::unexpected)?.map_err(ApiError::unexpected)
}
