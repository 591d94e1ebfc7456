//! What the batches that end something have in common.

use contract::{
    CallFailure,
    data_output::{NewOutput, OutputCode, OutputQuery, OutputType},
    endings::{LinkedBook, RegionUser},
    linking::FoundLink,
};
use vocabulary::CodeVersion;

use crate::{
    error::told,
    run::{Run, truthy},
};

/// Of all links, those that a predicate wants: the user id of the last one that has one.
pub(crate) fn user_id(books: &[LinkedBook], wanted: impl Fn(&FoundLink) -> bool) -> Option<&str> {
    let links = books.iter().flat_map(|book| book.cooperation.iter().flatten());
    links.filter(|link| wanted(link)).filter_map(|link| link.user_id.as_deref()).last()
}

/// Whether a link is one with this actor's region.
pub(crate) fn is_with(link: &FoundLink, actor: CodeVersion, region: CodeVersion) -> bool {
    link.actor.value == actor.value && link.region.is_some_and(|linked| linked.value == region.value)
}

impl Run<'_> {
    /// Whether what a region's residents had stored is deleted physically when they leave: its terms of use say so.
    pub(crate) async fn region_deletes(&self, region: CodeVersion) -> Result<bool, CallFailure> {
        let catalog = self.catalog();
        let region = catalog.item(&self.session, region.value).await?;
        let Some(terms) = region.code("terms-of-use") else { return Ok(false) };
        let terms = catalog.item(&self.session, terms.value).await?;
        Ok(terms.get("deleting-data-flag").is_some_and(truthy))
    }

    /// The same for a resident who leaves the platform.
    pub(crate) async fn platform_deletes(&self) -> Result<bool, CallFailure> {
        let ns = format!("catalog/ext/{}/terms-of-use/platform", self.block().ext_name);
        let terms = self.catalog().in_namespace(&self.session, &ns).await?;
        Ok(terms.first().and_then(|terms| terms.get("deleting-data-flag")).is_some_and(truthy))
    }

    /// Gives an output back that was not finished.
    pub(crate) async fn unlock(&mut self, output: &OutputCode) {
        if let Err(failure) = self.books().lock_output(&self.session, output.id, false).await {
            let why = format!("it stays locked until the next run: {}", told(&failure));
            self.failed(format!("output {}", output.id), why);
        }
    }

    /// Begins the end of a resident's use of a region, unless it has begun.
    pub(crate) async fn begin_end_of_use(
        &self,
        kind: OutputType,
        query: OutputQuery<'_>,
        user: &RegionUser,
    ) -> Result<(), CallFailure> {
        let books = self.books();
        let query = OutputQuery { kind: Some(kind), region: Some(user.region), ..query };
        if !books.outputs(&self.session, &query, 0).await?.is_empty() {
            return Ok(());
        }
        let new = NewOutput {
            kind,
            pxr_id: &user.pxr_id,
            actor: Some(user.actor),
            region: Some(user.region),
            cooperation_release: Some(true),
            returnable: true,
        };
        books.prepare_output(&self.session, &new).await
    }
}
