//! The application that stores or receives data, and the regions it takes part in.

use platform::ApiError;
use vocabulary::{Code, Session};

use crate::{
    Offices,
    refusal::{Refusal, failure},
};

/// An application of at least one region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Application {
    pub(crate) code: Code,
    pub(crate) regions: Vec<Code>,
}

/// Finds an application; one that is in no region neither stores nor receives (spec: access-control-manage 4.4 rule 2).
pub(crate) async fn in_a_region(
    service: &Offices,
    session: &Session,
    code: Code,
) -> Result<Application, ApiError> {
    let item = service.catalog.item(session, code).await.map_err(|e| failure(&e, Refusal::NoRegion))?;
    let regions: Vec<_> = item.codes("region-alliance").into_iter().map(|region| region.value).collect();
    if regions.is_empty() { Err(Refusal::NoRegion.into()) } else { Ok(Application { code, regions }) }
}
