//! What the consent engine decides on: the agreements of a resident with the definitions they reach, and what the
//! storing actors forbid (spec: book-manage 4.1, E1 and E2). Read anew for every question, so that a withdrawal
//! counts at once; only the catalogs that a question needs are asked for.

use contract::CallFailure;
use futures_util::future::try_join_all;
use http::StatusCode;
use platform::ApiError;
use vocabulary::{Code, CodeVersion, Session};

use crate::{
    Books,
    consent::{self, Asset, Definition, Destination, Purpose, Restriction},
    neighbours::of_item,
    refusal::Refusal,
    store::agreements::{self, Application},
};

impl Books {
    /// The standing agreements of a book for a purpose, each with the version of its definition that counts.
    pub(crate) async fn agreements(
        &self,
        session: &Session,
        book: i64,
        purpose: Purpose,
        about: Option<Application>,
    ) -> Result<Vec<Asset>, ApiError> {
        self.agreements_where(session, book, purpose, about, |_| true).await
    }

    /// The same, where not every version of a definition may count.
    pub(crate) async fn agreements_where(
        &self,
        session: &Session,
        book: i64,
        purpose: Purpose,
        about: Option<Application>,
        counts: impl Fn(CodeVersion) -> bool + Copy,
    ) -> Result<Vec<Asset>, ApiError> {
        let operations = agreements::standing(self.ground.store.read(), book, purpose, about).await?;
        let mut assets = consent::agreements(purpose, &operations);
        let standing = assets.iter_mut().flat_map(|asset| &mut asset.agreements);
        try_join_all(standing.map(|agreement| async move {
            let versions = self.versions(session, purpose, agreement.agreed).await?;
            agreement.reach(&versions, counts);
            if agreement.effective.is_none() {
                let definition = agreement.agreed.value.0;
                tracing::debug!(
                    agreement = agreement.id,
                    definition,
                    "an agreed definition has no version that counts"
                );
            }
            Ok::<_, ApiError>(())
        }))
        .await?;
        Ok(assets)
    }

    /// All versions of a definition from one on; none when the catalog does not know it any more.
    async fn versions(
        &self,
        session: &Session,
        purpose: Purpose,
        from: CodeVersion,
    ) -> Result<Vec<Definition>, ApiError> {
        match self.catalog.history(session, from.value, from.ver).await {
            Ok(items) => Ok(items.iter().filter_map(|item| Definition::read(item, purpose)).collect()),
            Err(failure) if is_missing(&failure) => Ok(Vec::new()),
            Err(failure) => Err(of_item(failure)),
        }
    }

    /// What every actor forbids that the resident ever let store data.
    pub(crate) async fn restrictions(
        &self,
        session: &Session,
        book: i64,
    ) -> Result<Vec<(Code, Vec<Restriction>)>, ApiError> {
        let actors = agreements::storing_actors(self.ground.store.read(), book).await?;
        try_join_all(actors.into_iter().map(|actor| async move {
            let ext = self.ext_segment();
            let ns = format!("catalog/ext/{ext}/actor/app/actor_{actor}/sharing-restriction");
            let items = match self.catalog.in_namespace(session, &ns).await {
                Ok(items) => items,
                Err(failure) if is_missing(&failure) => Vec::new(),
                Err(failure) => return Err(of_item(failure)),
            };
            let restrictions = items.iter().map(Restriction::read).collect::<Result<_, _>>();
            let restrictions = restrictions.map_err(|contradiction| {
                tracing::warn!(%contradiction, "a sharing restriction cannot be kept");
                Refusal::Contradiction
            })?;
            Ok((actor, restrictions))
        }))
        .await
    }

    /// An application as a place where data would go.
    pub(crate) async fn destination(&self, session: &Session, asset: Code) -> Result<Destination, ApiError> {
        let application = self.catalog.item(session, asset).await.map_err(of_item)?;
        Ok(Destination { asset, regions: consent::regions_of(&application) })
    }
}

fn is_missing(failure: &CallFailure) -> bool {
    failure.status() == Some(StatusCode::NOT_FOUND)
}
